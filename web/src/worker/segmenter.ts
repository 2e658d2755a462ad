/* The segmenter: the network, and nothing else. Input and mask are copies; no camera frame ever gets here. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { Assets } from '../assets.js';
import { ModelError, toWire } from '../errors.js';
import {
  unreachable,
  type ComposerToSegmenter,
  type GateToSegmenter,
  type SegmenterToComposer,
  type SegmenterToGate,
} from '../protocol.js';
import { describeModel, type ModelContract } from './model.js';
import { workerScope } from './scope.js';

const MODEL = 'segmenter.onnx';
const DESCRIPTION = 'segmenter.json';
const WASM = 'ort-wasm-simd-threaded.wasm';
/** All that is fetched; from then on starting is computing. */
const FILES = [MODEL, DESCRIPTION, WASM];
/** WebAssembly runs slowly until the engine has optimised it; let that happen behind the veil. */
const WARM_UP_RUNS = 5;

type Start = Extract<GateToSegmenter, { type: 'start' }>;

const scope = workerScope<GateToSegmenter, SegmenterToGate>();

class Segmenter {
  readonly #session: InferenceSession;
  readonly #contract: ModelContract;

  private constructor(session: InferenceSession, contract: ModelContract) {
    this.#session = session;
    this.#contract = contract;
  }

  get description(): string {
    return this.#contract.text;
  }

  static async start({ assetBase, files }: Start): Promise<Segmenter> {
    const missing = new Set(FILES);
    const assets = new Assets(assetBase, files, (name) => {
      scope.postMessage({ type: 'loaded', name });
      if (missing.delete(name) && missing.size === 0) scope.postMessage({ type: 'starting' });
    });
    const failed = assets.guardGlobalFetch();
    assets.fetchEarly(WASM);
    const [model, description] = await Promise.all([assets.bytes(MODEL), assets.text(DESCRIPTION)]);
    env.wasm.numThreads = 1;
    env.wasm.proxy = false;
    env.wasm.wasmPaths = { wasm: assets.url(WASM) };
    const contract = describeModel(description);
    const session = await Promise.race([failed, openSession(model)]);
    contract.checkSession(session);
    const segmenter = new Segmenter(session, contract);
    const blank = new Float32Array(contract.inputLength);
    for (let run = 0; run < WARM_UP_RUNS; run += 1) contract.checkValues(await segmenter.run(blank));
    return segmenter;
  }

  /** One run; the mask is a new array. Raises ModelError. */
  async run(input: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { inputName, inputShape, inputLength, outputName } = this.#contract;
    if (input.length !== inputLength) {
      throw new ModelError('model-input', `The input has ${input.length} values, not ${inputLength}`);
    }
    const feeds = { [inputName]: new Tensor('float32', input, inputShape) };
    const output = (await this.#session.run(feeds))[outputName];
    this.#contract.checkOutput(output);
    const values = output.data as Float32Array<ArrayBuffer>;
    return values.byteLength === values.buffer.byteLength ? values : values.slice();
  }
}

async function openSession(model: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, { executionProviders: ['wasm'] });
  } catch (error) {
    throw new ModelError(
      'model-unloadable',
      `${MODEL} cannot be loaded (${(error as Error).message}): convert the model again`,
    );
  }
}

let segmenter: Segmenter | null = null;
let composer: MessagePort | null = null;

/** A composer, the first or a new one, is at the other end of this port. */
function join(port: MessagePort): void {
  composer?.close();
  composer = port;
  port.onmessage = (event: MessageEvent<ComposerToSegmenter>) => void run(port, event.data);
  greet();
}

function greet(): void {
  if (segmenter !== null) send(composer, { type: 'ready', model: segmenter.description });
}

async function run(port: MessagePort, { request, input }: ComposerToSegmenter): Promise<void> {
  const startMs = performance.now();
  try {
    if (segmenter === null)
      throw new ModelError('model-not-ready', 'The model was asked before it was ready');
    const mask = await segmenter.run(new Float32Array(input));
    send(port, { type: 'mask', request, mask, input, modelMs: performance.now() - startMs }, [
      mask.buffer,
      input,
    ]);
  } catch (error) {
    send(port, { type: 'model-error', request, error: toWire(error, 'model-run-failed'), input }, [input]);
  }
}

function send(port: MessagePort | null, message: SegmenterToComposer, transfer: Transferable[] = []): void {
  port?.postMessage(message, transfer);
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'start':
      join(data.port);
      Segmenter.start(data)
        .then((started) => {
          segmenter = started;
          scope.postMessage({ type: 'ready' });
          greet();
        })
        .catch((error: unknown) =>
          scope.postMessage({ type: 'failed', error: toWire(error, 'segmenter-failed') }),
        );
      return;
    case 'composer-joined':
      return join(data.port);
    default:
      return unreachable(data);
  }
};
