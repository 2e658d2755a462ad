/* The segmenter: the network, and nothing else. Input and mask are copies; no camera frame ever gets here. */
import { env } from 'onnxruntime-web/wasm';
import { Assets } from '../assets.js';
import { ModelError, toWire } from '../errors.js';
import {
  unreachable,
  type ComposerToSegmenter,
  type GateToSegmenter,
  type SegmenterToComposer,
  type SegmenterToGate,
} from '../protocol.js';
import { Network } from './network.js';
import { workerScope } from './scope.js';

const MODEL = 'segmenter.onnx';
const DESCRIPTION = 'segmenter.json';
const WASM = 'ort-wasm-simd-threaded.wasm';
/** All that is fetched; from then on starting is computing. */
const FILES = [MODEL, DESCRIPTION, WASM];

type Start = Extract<GateToSegmenter, { type: 'start' }>;

const scope = workerScope<GateToSegmenter, SegmenterToGate>();

/** Raises ModelError and AssetError. */
async function start({ assetBase, files }: Start): Promise<Network> {
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
  return Promise.race([failed, Network.open(model, description)]);
}

let network: Network | null = null;
let composer: MessagePort | null = null;

/** A composer, the first or a new one, is at the other end of this port. */
function join(port: MessagePort): void {
  composer?.close();
  composer = port;
  port.onmessage = (event: MessageEvent<ComposerToSegmenter>) => void run(port, event.data);
  greet();
}

function greet(): void {
  if (network !== null) send(composer, { type: 'ready', model: network.description });
}

async function run(port: MessagePort, { request, input }: ComposerToSegmenter): Promise<void> {
  const startMs = performance.now();
  try {
    if (network === null)
      throw new ModelError('model-not-ready', 'The model was asked before it was ready');
    const mask = await network.run(new Float32Array(input));
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
      start(data)
        .then((started) => {
          network = started;
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
