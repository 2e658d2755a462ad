import { DEFAULT_EFFECT, parseEffect, type Effect, type ParsedEffect, type WireEffect } from './effects.js';
import { aborted, OptionsError } from './errors.js';
import type { WorkerScripts } from './scripts.js';
import { asRecord, attempt, invalid, oneOf, refuseUnknown, switchOf } from './validation.js';

/** What loading has come to; `totalBytes` is the size of all files on disk, before compression. */
export interface Progress {
  readonly phase: 'download' | 'start' | 'ready';
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface PreloadOptions {
  /** The folder that holds `assets/`, or `assets/` itself. @defaultValue the folder of the script */
  readonly assetBase?: string | URL;
  /**
   * `'address'`: workers are loaded from `assetBase`, which has to be on the page's own origin. `'blob'`: they get the
   * bytes that were checked, from any origin that sends CORS headers; the Content-Security-Policy needs
   * `worker-src blob:`. @defaultValue `'address'`
   */
  readonly workers?: 'address' | 'blob';
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface BlurStreamOptions extends PreloadOptions {
  /** @defaultValue `{type: 'blur', strength: 'private'}` */
  readonly effect?: Effect;
  /**
   * Parts of the person that rest are averaged over time and then held, which saves bandwidth; `false` leaves
   * every pixel of the person as the camera gave it. @defaultValue `true`
   */
  readonly denoise?: boolean;
}

/** What `update` changes; at least one. What is left out stays, but an effect is given as a whole. */
export interface Changes {
  readonly effect?: Effect;
  readonly denoise?: boolean;
}

/** What the workers are asked for. @internal */
export interface Settings {
  readonly effect: WireEffect;
  readonly denoise: boolean;
  readonly paused: boolean;
}

/** What was asked for, after validation; an effect's picture is still to be loaded. @internal */
export interface ParsedChanges {
  readonly effect?: ParsedEffect;
  readonly denoise?: boolean;
}

/** Options after validation: nothing optional is left except the signal. @internal */
export interface ParsedOptions {
  readonly effect: ParsedEffect;
  readonly denoise: boolean;
  readonly assetBase: string;
  readonly workers: WorkerScripts;
  readonly signal: AbortSignal | null;
  readonly onProgress: (progress: Progress) => void;
}

const CHANGE_NAMES = ['effect', 'denoise'];
const OPTION_NAMES = [...CHANGE_NAMES, 'assetBase', 'workers', 'signal', 'onProgress'];

/**
 * Validates the options of `blurStream`. Raises OptionsError, and AbortError if the signal has fired.
 * @internal
 */
export function parseOptions(options: unknown, scriptUrl: string | null): ParsedOptions {
  return attempt('options', options, () => read(options, scriptUrl));
}

function read(options: unknown, scriptUrl: string | null): ParsedOptions {
  const given = asRecord('options', options === undefined ? {} : options);
  refuseUnknown('options', given, OPTION_NAMES);
  const { workers = 'address', signal, onProgress } = given;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalid('signal', signal, 'pass the signal of an AbortController');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalid('onProgress', onProgress, 'pass a function');
  }
  const from = oneOf<WorkerScripts>('workers', workers, ['address', 'blob']);
  const parsed: ParsedOptions = {
    effect: DEFAULT_EFFECT,
    denoise: true,
    ...changesOf(given),
    assetBase: parseAssetBase(given['assetBase'], scriptUrl, from),
    workers: from,
    signal: signal ?? null,
    onProgress: (onProgress as ParsedOptions['onProgress'] | undefined) ?? (() => undefined),
  };
  if (parsed.signal?.aborted) throw aborted(parsed.signal);
  return parsed;
}

/** Validates what `update` was given. Raises OptionsError. @internal */
export function parseChanges(changes: unknown): ParsedChanges {
  const given = asRecord('changes', changes);
  refuseUnknown('changes', given, CHANGE_NAMES);
  const parsed = attempt('changes', changes, () => changesOf(given));
  if (Object.keys(parsed).length === 0) throw invalid('changes', changes, 'name an effect, denoise or both');
  return parsed;
}

/** Validates what `stop` and `replaceSource` were given. Raises OptionsError. @internal */
export function parseStopSource(options: unknown = {}): boolean {
  const given = asRecord('options', options);
  refuseUnknown('options', given, ['stopSource']);
  const { stopSource = false } = given;
  return switchOf('stopSource', stopSource);
}

function changesOf({ effect, denoise }: Record<string, unknown>): ParsedChanges {
  return {
    ...(effect === undefined ? {} : { effect: parseEffect(effect) }),
    ...(denoise === undefined ? {} : { denoise: switchOf('denoise', denoise) }),
  };
}

function parseAssetBase(assetBase: unknown, scriptUrl: string | null, workers: WorkerScripts): string {
  if (assetBase === undefined && scriptUrl === null) {
    throw new OptionsError(
      'asset-base-unknown',
      'The address of the script is unknown here: pass assetBase, the folder that holds assets/',
      { option: 'assetBase' },
    );
  }
  let url: URL;
  try {
    url =
      assetBase === undefined
        ? new URL('.', scriptUrl ?? undefined)
        : new URL(checkedBase(assetBase), document.baseURI);
  } catch (error) {
    if (error instanceof OptionsError) throw error;
    throw invalid('assetBase', assetBase, 'pass the address of the folder that holds assets/');
  }
  if (url.origin !== location.origin && workers !== 'blob') {
    // A worker's script must come from the page's own origin. The detour is asked for: a strict CSP forbids it.
    throw new OptionsError(
      'asset-base-origin',
      `assetBase ${url.href} is not on this page's origin ` +
        `${location.origin}: serve the asset files from the same origin, or pass workers: 'blob'`,
      { option: 'assetBase', value: url.href },
    );
  }
  url.search = url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  if (!url.pathname.endsWith('/assets/')) url.pathname += 'assets/';
  return url.href;
}

function checkedBase(assetBase: unknown): string {
  if (typeof assetBase === 'string' && assetBase !== '') return assetBase;
  if (assetBase instanceof URL) return assetBase.href;
  throw invalid('assetBase', assetBase, 'pass a non-empty string or a URL');
}
