/* The only file that touches Pyodide. */
import { loadPyodide, type PyodideAPI } from 'pyodide';
import type { PyProxy } from 'pyodide/ffi';
import type { Assets } from '../assets.js';
import { fromWire, type WireError } from '../errors.js';
import { importedFor } from '../scripts.js';
import { storedFiles } from './zip.js';

const SCRIPT = 'pyodide.asm.mjs';
const LOCK = 'pyodide-lock.json';
const KERNELS = 'kernels.so';
const KERNELS_PATH = `/lib/blurstream/${KERNELS}`;
const ARCHIVES = ['numpy.zip', 'blurstream.zip'];
/** All that is fetched; from then on starting is computing. */
export const PYTHON_FILES: readonly string[] = [
  SCRIPT,
  LOCK,
  KERNELS,
  ...ARCHIVES,
  'pyodide.asm.wasm',
  'python_stdlib.zip',
];

/** What Python calls. Numbers and strings arrive as they are. */
export interface EngineCallbacks {
  postInput(request: number, address: number, bytes: number): void;
  emit(
    slot: number,
    kind: 'composed' | 'concealed',
    reason: string,
    address: number,
    bytes: number,
    width: number,
    height: number,
    timestamp: number,
    layout: readonly number[],
  ): void;
  report(event: { type: 'warning' | 'error' | 'quality' } & Omit<WireError, 'name'>): void;
}

/** Where a frame's planes go: slot, address, bytes, then offset and stride of each plane. */
export type SlotLayout = readonly [slot: number, address: number, bytes: number, ...planes: number[]];

/** The same of a picture: address, bytes, then offset and stride of each plane. */
export type PictureLayout = readonly [address: number, bytes: number, ...planes: number[]];

/** blurstream.bridge.Engine, see ARCHITECTURE.md. Every method may raise a BlurStreamError. */
export interface Engine {
  openModel(description: string): void;
  configure(settings: string): void;
  /** Where picture `number` is to be put, RGBA, in the size of a frame: address and stride. */
  placePicture(number: number, width: number, height: number): readonly [address: number, stride: number];
  /**
   * Where the next frame of moving picture `number` goes, in its own size: as of `begin`, but without a slot.
   */
  beginPicture(
    number: number,
    format: string,
    width: number,
    height: number,
    matrix: string,
    fullRange: boolean,
  ): PictureLayout;
  /** Its pixels are in place. */
  endPicture(number: number): void;
  begin(
    format: string,
    width: number,
    height: number,
    timestamp: number,
    matrix: string,
    fullRange: boolean,
    nowMs: number,
  ): SlotLayout;
  submit(slot: number, nowMs: number): void;
  abandon(slot: number, reason: string): void;
  onMask(request: number, mask: Float32Array, nowMs: number): void;
  onModelError(code: string, message: string, nowMs: number): void;
  modelLost(nowMs: number): void;
  /** Another camera: nothing of what was seen before is used again. */
  renew(): void;
  stats(nowMs: number): string;
  /** A view on Python's memory. Take a new one for every use: memory growth detaches it. */
  memory(address: number, bytes: number): Uint8Array<ArrayBuffer>;
  readonly heapBytes: number;
  /** Lets go of its memory; it is not to be used any more. */
  close(): void;
}

/** Opens an engine: one for each stream. */
export type OpenEngine = (callbacks: EngineCallbacks) => Engine;

/** Starts Python with NumPy, the kernels and the package. */
export async function startPython(assets: Assets): Promise<OpenEngine> {
  // Pyodide swallows some failures of its start and then never settles, so they are heard of here.
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const onUnhandled = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    fail(event.reason);
  };
  globalThis.addEventListener('unhandledrejection', onUnhandled);
  assets.guardGlobalFetch().catch(fail);
  const script = assets.script(SCRIPT);
  const kernels = assets.bytes(KERNELS);
  const archives = Promise.all(ARCHIVES.map((name) => assets.bytes(name)));
  Promise.all([script, kernels, archives]).catch(fail);
  // Called at once: Pyodide fetches its other two files by itself, side by side with these.
  const loading = loadPyodide({
    indexURL: assets.url(''),
    packageBaseUrl: assets.url(''),
    lockFileContents: assets.text(LOCK),
    env: { BLURSTREAM_KERNELS: KERNELS_PATH },
    createPyodideModule: (async (settings: unknown) => {
      const address = await script;
      const module = (importedFor(SCRIPT) ?? (await import(address))) as PythonModule;
      return module.default(settings);
    }) as never,
    fsInit: async (files, { sitePackages }) => {
      try {
        (await archives).forEach((archive, index) =>
          unpack(files, sitePackages, ARCHIVES[index] ?? '', archive),
        );
        writeFile(files, KERNELS_PATH, await kernels);
      } catch (error) {
        fail(error);
      }
    },
  });
  const python = await Promise.race([failed, loading]);
  globalThis.removeEventListener('unhandledrejection', onUnhandled);
  return (callbacks) => bind(python, callbacks);
}

interface PythonModule {
  default(settings: unknown): Promise<never>;
}

type Files = PyodideAPI['FS'];

function unpack(files: Files, folder: string, name: string, archive: Uint8Array): void {
  for (const [path, content] of storedFiles(name, archive)) writeFile(files, `${folder}/${path}`, content);
}

function writeFile(files: Files, path: string, content: Uint8Array): void {
  files.mkdirTree(path.slice(0, path.lastIndexOf('/')));
  files.writeFile(path, content, { canOwn: true });
}

type Callable = (...args: unknown[]) => unknown;

function bind(python: PyodideAPI, callbacks: EngineCallbacks): Engine {
  const { _module: module } = python as unknown as {
    _module: { HEAPU8: Uint8Array<ArrayBuffer> };
  };
  let engine: (PyProxy & Record<string, Callable>) | undefined;
  const typed = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof python.ffi.PythonError)) throw error;
      // What crosses is the text of a traceback; the engine keeps the exception itself.
      const kept = engine?.['last_error']?.() as string | undefined;
      throw fromWire(
        kept === undefined
          ? asWire(error as { type: string; message: string })
          : (JSON.parse(kept) as WireError),
      );
    }
  };
  engine = typed(
    () =>
      python.pyimport('blurstream.bridge').Engine(
        callbacks.postInput,
        (...[slot, kind, reason, address, bytes, width, height, timestamp, layout]: EmitArguments) =>
          callbacks.emit(slot, kind, reason, address, bytes, width, height, timestamp, toArray(layout)),
        (event: string) => callbacks.report(JSON.parse(event)),
      ) as PyProxy & Record<string, Callable>,
  );
  const bound = engine;
  // Each access to a method makes a proxy: once is enough.
  const proxies: PyProxy[] = [];
  const method = (name: string): Callable => {
    const call = bound[name] as Callable & PyProxy;
    proxies.push(call);
    return (...args) => typed(() => call(...args));
  };
  const begin = method('begin');
  const place = method('place_picture');
  const beginPicture = method('begin_picture');
  const stats = method('stats');
  const close = method('close');
  return {
    openModel: method('open_model'),
    configure: method('configure'),
    placePicture: (...args) => toArray(place(...args)) as unknown as [number, number],
    beginPicture: (...args) => toArray(beginPicture(...args)) as unknown as PictureLayout,
    endPicture: method('end_picture'),
    begin: (...args) => toArray(begin(...args)) as unknown as SlotLayout,
    submit: method('submit'),
    abandon: method('abandon'),
    onMask: method('on_mask'),
    onModelError: method('on_model_error'),
    modelLost: method('model_lost'),
    renew: method('renew'),
    stats: (nowMs) => stats(nowMs) as string,
    memory: (address, bytes) => new Uint8Array(module.HEAPU8.buffer, address, bytes),
    get heapBytes() {
      return module.HEAPU8.buffer.byteLength;
    },
    close: () => {
      close();
      for (const proxy of proxies) proxy.destroy();
      bound.destroy();
    },
  };
}

type EmitArguments = [
  number,
  'composed' | 'concealed',
  string,
  number,
  number,
  number,
  number,
  number,
  unknown,
];

/** A Python list arrives as a proxy, which has to be given back. */
function toArray(list: unknown): number[] {
  if (Array.isArray(list)) return list as number[];
  const proxy = list as PyProxy & { toJs(): number[] };
  const array = proxy.toJs();
  proxy.destroy();
  return array;
}

/** Before there is an engine: the last line of the traceback says what went wrong. */
function asWire(error: { type: string; message: string }): WireError {
  const message = error.message.trimEnd().split('\n').at(-1) ?? error.type;
  return {
    name: 'WorkerError',
    code: 'python-failed',
    message,
    details: { type: error.type, traceback: error.message },
  };
}
