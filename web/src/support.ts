import { trusted } from './scripts.js';
import { transportsHere } from './transport/choice.js';
import type { TransportName } from './transport/ends.js';

/** What `blurStream.isSupported()` found. */
export interface SupportReport {
  readonly supported: boolean;
  /** How frames get in and out; null when there is no way. */
  readonly transport: TransportName | null;
  /** WebAssembly SIMD */
  readonly simd: boolean;
  /** The output goes on while the tab is hidden. */
  readonly hiddenTabSafe: boolean;
  /** What is missing and what to do; empty when supported. */
  readonly reasons: readonly string[];
}

/** A module of one function that uses a SIMD instruction (i8x16.splat, drop). */
const SIMD_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

/** @internal */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_MODULE);
}

/** What the page's side lacks. Feature tests only: the browser's name says nothing. @internal */
export function pageReasons(): string[] {
  const reasons: string[] = [];
  if (typeof document === 'undefined') return ['there is no document: call it in a page'];
  if (!globalThis.isSecureContext)
    reasons.push('the page is not a secure context: serve it over https or from localhost');
  if (transportsHere().length === 0)
    reasons.push(
      'a track can be written to neither by MediaStreamTrackGenerator nor by captureStream of a canvas: update the ' +
        'browser',
    );
  if (!('VideoFrame' in globalThis)) reasons.push('VideoFrame (WebCodecs) is missing: update the browser');
  if (!hasSimd()) reasons.push('WebAssembly SIMD is missing: update the browser, or allow WebAssembly');
  if (!hasModuleWorkers()) reasons.push('module workers are missing: update the browser');
  return reasons;
}

/** What a worker below the page lacks; a worker has a policy of its own, sent with its script. @internal */
export function workerReasons(): string[] {
  const reasons: string[] = [];
  if (typeof Worker === 'undefined') reasons.push('a worker cannot start workers here: update the browser');
  if (!('VideoFrame' in globalThis))
    reasons.push('VideoFrame (WebCodecs) is missing in workers: update the browser');
  try {
    new WebAssembly.Module(SIMD_MODULE);
  } catch (error) {
    reasons.push(
      `WebAssembly cannot be compiled (${(error as Error).message}): add 'wasm-unsafe-eval' to ` +
        'script-src of the Content-Security-Policy that the asset files are served with',
    );
  }
  return reasons;
}

function hasModuleWorkers(): boolean {
  let asked = false;
  try {
    // Options are read before the address is found to be none, so nothing is fetched and no policy is hurt.
    new Worker(trusted('https://['), {
      get type(): WorkerType {
        asked = true;
        return 'module';
      },
    });
  } catch {
    /* as intended */
  }
  return asked;
}
