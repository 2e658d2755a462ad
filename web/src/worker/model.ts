import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { ModelError } from '../errors.js';

interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly range?: readonly [number, number];
}

/** What rounding may add to a probability. */
const SLACK = 1e-3;
/** Share of a black picture that may be taken for a person. */
const MOST_IN_THE_DARK = 0.5;
/** Far more than any network that keeps up with a camera takes in or gives. */
const MAX_VALUES = 2 ** 24;

/** The model's description, and the checks that the network keeps to it. */
export interface ModelContract {
  /** the description as it was read, for Python */
  readonly text: string;
  readonly inputName: string;
  readonly inputShape: readonly number[];
  readonly inputLength: number;
  readonly outputName: string;
  checkSession(session: InferenceSession): void;
  checkOutput(output: Tensor | undefined): asserts output is Tensor;
  /** Before the first camera frame: a network that is damaged inside answers with anything. */
  checkValues(mask: Float32Array): void;
}

/** Reads segmenter.json. Raises ModelError. */
export function describeModel(text: string): ModelContract {
  const { input, output } = (parsed(text) ?? {}) as { input?: Port; output?: Port };
  if (!isPort(input) || !isPort(output)) {
    throw new ModelError(
      'model-description',
      'The description of the model lacks input or output with name, shape and range: convert the model again',
    );
  }
  return {
    text,
    inputName: input.name,
    inputShape: input.shape,
    inputLength: input.shape.reduce((product, size) => product * size, 1),
    outputName: output.name,
    checkSession({ inputNames, outputNames, inputMetadata }) {
      if (!inputNames.includes(input.name) || !outputNames.includes(output.name)) {
        throw new ModelError(
          'model-names',
          `The network has inputs ${inputNames.join(', ')} and outputs ${outputNames.join(', ')}, ` +
            `its description says ${input.name} and ${output.name}: convert the model again`,
        );
      }
      const found = inputMetadata.find(({ name }) => name === input.name);
      if (found?.isTensor && found.type === 'float32' && String(found.shape) === String(input.shape)) return;
      throw new ModelError(
        'model-shape',
        `The network takes ${found?.isTensor ? `${found.type} of shape ${found.shape}` : 'no tensor'}, ` +
          `its description says float32 of shape ${input.shape}: convert the model again`,
      );
    },
    checkOutput(tensor) {
      if (tensor?.type === 'float32' && String(tensor.dims) === String(output.shape)) return;
      throw new ModelError(
        'model-output',
        `The network's output is ${tensor?.type} of shape ${tensor?.dims}, its ` +
          `description says float32 of shape ${output.shape}: convert the model again`,
      );
    },
    checkValues(mask) {
      const [least, most] = output.range ?? [0, 1];
      const wrong = mask.find((value) => !(value >= least - SLACK && value <= most + SLACK));
      if (wrong === undefined) return checkNobody(mask, (least + most) / 2);
      throw new ModelError(
        'model-values',
        `The network answers ${wrong} to a black picture, its description says ${least} to ${most}: ` +
          'convert the model again',
      );
    },
  };
}

/** One that finds somebody in the dark, finds them everywhere: it would show the room. */
function checkNobody(mask: Float32Array, person: number): void {
  const share = mask.filter((value) => value > person).length / mask.length;
  if (share <= MOST_IN_THE_DARK) return;
  throw new ModelError(
    'model-values',
    `The network takes ${Math.round(100 * share)} % of a black picture for a person, at most ` +
      `${100 * MOST_IN_THE_DARK} % is expected: convert the model again`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isPort(value: Port | null | undefined): value is Port {
  if (typeof value?.name !== 'string' || !isShape(value.shape)) return false;
  const { range = [0, 1] } = value as { range?: unknown };
  return Array.isArray(range) && range.length === 2 && range.every(Number.isFinite);
}

function isShape(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every((size) => Number.isInteger(size) && size > 0)) return false;
  return value.reduce((product: number, size: number) => product * size, 1) <= MAX_VALUES;
}
