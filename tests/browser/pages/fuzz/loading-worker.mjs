/*
 * The product's own loading of a network, its description and the list of files, one case a message; bundled by
 * web/build/test-workers.mjs.
 */
import { env, InferenceSession } from 'onnxruntime-web/wasm';
import { Assets } from '../../../../web/src/assets.ts';
import { BlurStreamError } from '../../../../web/src/errors.ts';
import { parseManifest } from '../../../../web/src/manifest.ts';
import { describeModel } from '../../../../web/src/worker/model.ts';
import { Network } from '../../../../web/src/worker/network.ts';

const BASE = new URL('/assets/', location.href).href;
env.wasm.numThreads = 1;
env.wasm.proxy = false;
env.wasm.wasmPaths = { wasm: `${BASE}ort-wasm-simd-threaded.wasm` };

// Sessions live as long as their worker; here thousands share one.
const sessions = [];
const { create } = InferenceSession;
InferenceSession.create = async (...args) => {
  sessions.push(await create.apply(InferenceSession, args));
  return sessions.at(-1);
};

// Of the size that the network takes: none of them is the black picture that it is tried with.
const LENGTH = 144 * 256 * 3;
const PICTURES = [new Float32Array(LENGTH).fill(1), Float32Array.from({ length: LENGTH }, (_, index) => ((index * 2654435761) % 1009) / 1009)];

async function tryModel({ model, description }) {
  const network = await Network.open(new Uint8Array(model), description);
  const answers = [];
  for (const picture of PICTURES) {
    const mask = await network.run(picture);
    answers.push({ least: mask.reduce((a, b) => Math.min(a, b)), most: mask.reduce((a, b) => Math.max(a, b)) });
  }
  return { answers };
}

/** Addresses of all that would be fetched. */
function tryManifest({ text }) {
  const { files } = parseManifest(`${BASE}manifest.json`, text);
  const assets = new Assets(BASE, files);
  return { urls: Object.keys(files).map((name) => assets.url(name)) };
}

function tryDescription({ text }) {
  const { inputLength } = describeModel(text);
  return { inputLength: new Float32Array(inputLength).length };
}

/** A list that was never checked, as a worker is given it: what each name leads to. */
async function tryFiles({ files }) {
  const assets = new Assets(BASE, files);
  for (const name of Object.keys(files)) await assets.fetch(name);
  return {};
}

const TRIES = { model: tryModel, manifest: tryManifest, description: tryDescription, files: tryFiles };

onmessage = async ({ data }) => {
  const startMs = performance.now();
  let outcome;
  try {
    outcome = await TRIES[data.kind](data);
  } catch (error) {
    const typed = error instanceof BlurStreamError;
    outcome = { typed, name: error?.name, code: error?.code, message: String(error?.message ?? error).slice(0, 300) };
  }
  const ms = performance.now() - startMs;
  for (const session of sessions.splice(0)) await session.release().catch(() => undefined);
  postMessage({ ...outcome, ms });
};
