import { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { ModelError } from '../errors.js';
import { describeModel, type ModelContract } from './model.js';

/** WebAssembly runs slowly until the engine has optimised it; let that happen behind the veil. */
const WARM_UP_RUNS = 5;

/** Many times what a network that keeps up with a camera needs. */
const MAX_MEMORY_BYTES = 512 * 2 ** 20;
const PAGE_BYTES = 65_536;

// A damaged network may ask for gigabytes: it is to fail at once, not when the machine is full.
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function growWithin(pages: number): number {
  const wanted = this.buffer.byteLength + pages * PAGE_BYTES;
  if (wanted > MAX_MEMORY_BYTES) throw new RangeError(`${wanted} bytes are more than a network may have`);
  return grow.call(this, pages);
};

/** A network that keeps to its description. */
export class Network {
  readonly #session: InferenceSession;
  readonly #contract: ModelContract;

  private constructor(session: InferenceSession, contract: ModelContract) {
    this.#session = session;
    this.#contract = contract;
  }

  get description(): string {
    return this.#contract.text;
  }

  /** `description`: the text of segmenter.json. Raises ModelError, whatever the two hold. */
  static async open(model: Uint8Array, description: string): Promise<Network> {
    const contract = describeModel(description);
    const session = await openSession(model);
    contract.checkSession(session);
    const network = new Network(session, contract);
    const blank = new Float32Array(contract.inputLength);
    for (let run = 0; run < WARM_UP_RUNS; run += 1) contract.checkValues(await network.run(blank));
    return network;
  }

  /** One run; the mask is a new array. Raises ModelError. */
  async run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { inputName, inputShape, inputLength, outputName } = this.#contract;
    if (input.length !== inputLength) {
      throw new ModelError('model-input', `The input has ${input.length} values, not ${inputLength}`);
    }
    const output = (await this.#answer({ [inputName]: new Tensor('float32', input, inputShape) }))[outputName];
    this.#contract.checkOutput(output);
    const values = output.data as Float32Array<ArrayBuffer>;
    return values.byteLength === values.buffer.byteLength ? values : values.slice();
  }

  async #answer(feeds: InferenceSession.FeedsType): Promise<InferenceSession.ReturnType> {
    try {
      return await this.#session.run(feeds);
    } catch (error) {
      // Not all that WebAssembly throws is an Error.
      throw new ModelError(
        'model-run-failed',
        `The network cannot be run (${messageOf(error)}): convert the model again`,
      );
    }
  }
}

async function openSession(model: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, { executionProviders: ['wasm'] });
  } catch (error) {
    throw new ModelError(
      'model-unloadable',
      `segmenter.onnx cannot be loaded (${messageOf(error)}): convert the model again`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
