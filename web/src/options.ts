import { AbortError, OptionsError } from './errors.js';

/** Named strengths; each is a fraction of the frame's height, so it looks the same at every resolution. */
export type BlurStrength = 'light' | 'medium' | 'private' | number;

/**
 * What is blurred. `'sealed'`: one sample of each place, taken again only when the place really changes, so that
 * nobody can average many; it costs the least bandwidth. `'fresh'`: every frame's own, livelier, and easier to
 * learn from.
 */
export type BlurBackground = 'sealed' | 'fresh';

/** Blurs everything that is not the person. */
export interface BlurEffect {
  readonly type: 'blur';
  /** A name, or 0..1. @defaultValue `'private'`: nothing behind the person can be recognised. */
  readonly strength?: BlurStrength;
  /** @defaultValue `'sealed'` */
  readonly background?: BlurBackground;
}

export type Effect = BlurEffect;

/** What loading has come to; `totalBytes` is the size of all files on disk, before compression. */
export interface Progress {
  readonly phase: 'download' | 'start' | 'ready';
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface PreloadOptions {
  /** The folder that holds `assets/`, or `assets/` itself. @defaultValue the folder of the script */
  readonly assetBase?: string | URL;
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

/** What Python is asked for. @internal */
export interface Settings {
  readonly effect: Required<BlurEffect>;
  readonly denoise: boolean;
}

/** Options after validation: nothing optional is left except the signal. @internal */
export interface ParsedOptions {
  readonly settings: Settings;
  readonly assetBase: string;
  readonly signal: AbortSignal | null;
  readonly onProgress: (progress: Progress) => void;
}

const STRENGTHS = ['light', 'medium', 'private'];
const BACKGROUNDS = ['sealed', 'fresh'];
const CHANGE_NAMES = ['effect', 'denoise'];
const OPTION_NAMES = [...CHANGE_NAMES, 'assetBase', 'signal', 'onProgress'];
const EFFECT_NAMES = ['type', 'strength', 'background'];
const DEFAULTS: Settings = {
  effect: { type: 'blur', strength: 'private', background: 'sealed' },
  denoise: true,
};

/**
 * Validates the options of `blurStream`. Raises OptionsError, and AbortError if the signal has fired.
 * @internal
 */
export function parseOptions(options: unknown, scriptUrl: string | null): ParsedOptions {
  const given = asRecord('options', options === undefined ? {} : options);
  refuseUnknown('options', given, OPTION_NAMES);
  const { signal, onProgress } = given;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalid('signal', signal, 'pass the signal of an AbortController');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalid('onProgress', onProgress, 'pass a function');
  }
  const parsed: ParsedOptions = {
    settings: merged(DEFAULTS, given),
    assetBase: parseAssetBase(given['assetBase'], scriptUrl),
    signal: signal ?? null,
    onProgress: (onProgress as ParsedOptions['onProgress'] | undefined) ?? (() => undefined),
  };
  if (parsed.signal?.aborted) throw aborted(parsed.signal);
  return parsed;
}

/** Validates what `update` was given, and adds what stays as it is. Raises OptionsError. @internal */
export function parseChanges(changes: unknown, present: Settings): Settings {
  const given = asRecord('changes', changes);
  refuseUnknown('changes', given, CHANGE_NAMES);
  if (given['effect'] === undefined && given['denoise'] === undefined) {
    throw invalid('changes', changes, 'name an effect, denoise or both');
  }
  return merged(present, given);
}

function merged(present: Settings, given: Record<string, unknown>): Settings {
  const { effect, denoise = present.denoise } = given;
  if (typeof denoise !== 'boolean') throw invalid('denoise', denoise, 'use true or false');
  return { effect: effect === undefined ? present.effect : parseEffect(effect), denoise };
}

/** Every member of the result is there. */
function parseEffect(effect: unknown): Required<BlurEffect> {
  const given = asRecord('effect', effect);
  if (given['type'] !== 'blur') throw invalid('effect.type', given['type'], "the effect is {type: 'blur'}");
  refuseUnknown('effect', given, EFFECT_NAMES);
  const { strength = DEFAULTS.effect.strength, background = DEFAULTS.effect.background } = given;
  const known =
    typeof strength === 'number' ? strength >= 0 && strength <= 1 : STRENGTHS.includes(strength as string);
  if (!known) {
    throw invalid('effect.strength', strength, "use 'light', 'medium', 'private' or a number from 0 to 1");
  }
  if (!BACKGROUNDS.includes(background as string)) {
    throw invalid('effect.background', background, "use 'sealed' or 'fresh'");
  }
  return { type: 'blur', strength: strength as BlurStrength, background: background as BlurBackground };
}

/** The typed error of an aborted signal; the signal's own reason goes along in the details. @internal */
export function aborted(signal: AbortSignal): AbortError {
  return new AbortError('aborted', 'BlurStream was aborted by the signal it was given', {
    reason: String((signal.reason as Error | undefined)?.message ?? signal.reason),
  });
}

function parseAssetBase(assetBase: unknown, scriptUrl: string | null): string {
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
  if (url.origin !== location.origin) {
    // A worker's script must come from the page's own origin; no blob: detour, a strict CSP forbids it.
    throw new OptionsError(
      'asset-base-origin',
      `assetBase ${url.href} is not on this page's origin ` +
        `${location.origin}: serve the asset files from the same origin`,
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

function asRecord(option: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(option, value, 'pass an object');
}

function refuseUnknown(option: string, given: Record<string, unknown>, names: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      throw new OptionsError('unknown-option', `${option} has no '${name}': known are ${names.join(', ')}`, {
        option: `${option}.${name}`,
      });
    }
  }
}

function invalid(option: string, value: unknown, fix: string): OptionsError {
  return new OptionsError('invalid-option', `${option} is ${show(value)}: ${fix}`, {
    option,
    value: show(value),
  });
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) {
    try {
      return JSON.stringify(value).slice(0, 80);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }
  return String(value);
}
