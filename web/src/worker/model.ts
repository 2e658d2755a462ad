import type { Tensor } from 'onnxruntime-web/wasm';
import { ModelError } from '../errors.js';

interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The model's description, and the checks that the network keeps to it. */
export interface ModelContract {
  /** the description as it was read, for Python */
  readonly text: string;
  readonly inputName: string;
  readonly inputShape: readonly number[];
  readonly inputLength: number;
  readonly outputName: string;
  checkSession(inputs: readonly string[], outputs: readonly string[]): void;
  checkOutput(output: Tensor | undefined): asserts output is Tensor;
}

/** Reads segmenter.json. Raises ModelError. */
export function describeModel(text: string): ModelContract {
  const { input, output } = JSON.parse(text) as { input?: Port; output?: Port };
  if (!isPort(input) || !isPort(output)) {
    throw new ModelError(
      'model-description',
      'The description of the model lacks input or output with name and shape',
    );
  }
  return {
    text,
    inputName: input.name,
    inputShape: input.shape,
    inputLength: input.shape.reduce((product, size) => product * size, 1),
    outputName: output.name,
    checkSession(inputs, outputs) {
      if (inputs.includes(input.name) && outputs.includes(output.name)) return;
      throw new ModelError(
        'model-names',
        `The network has inputs ${inputs.join(', ')} and outputs ` +
          `${outputs.join(', ')}, its description says ${input.name} and ${output.name}: convert the model again`,
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
  };
}

function isPort(value: Port | undefined): value is Port {
  return typeof value?.name === 'string' && Array.isArray(value.shape) && value.shape.every(Number.isInteger);
}
