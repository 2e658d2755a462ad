/*
 * The picture that an effect shows, loaded before anything changes, and let go of when it is shown no more.
 */
import { aborted } from './errors.js';
import type {
  ImageEffect,
  ParsedEffect,
  PlacedImage,
  PlacedVideo,
  VideoEffect,
  WireEffect,
} from './effects.js';
import { loadPicture, wantedBy, type LoadedPicture, type Wanted } from './pictures/load.js';
import { discard, type MovingSource } from './pictures/moving.js';

/** An effect as the workers take it, and the picture that goes beside it if it is a new one. */
export interface PlacedEffect {
  readonly effect: WireEffect;
  readonly picture: ImageBitmap | null;
  readonly moving: MovingSource | null;
  /** Ends what the picture is made from, unless `next` shows the same one. */
  release(next?: PlacedEffect): void;
  /** @internal what is shown, to be known again */
  readonly shown: Shown | null;
}

interface Shown {
  readonly number: number;
  readonly kind: Wanted['kind'];
  readonly origin: unknown;
  release(): void;
}

let nextPicture = 0;

/**
 * Loads what the effect needs. `before`: the effect that it takes the place of; a picture that both show goes
 * on, as when only a position changes. Raises OptionsError, and AbortError if the signal fires meanwhile.
 */
export async function placeEffect(
  effect: ParsedEffect,
  signal: AbortSignal | null,
  before: PlacedEffect | null = null,
): Promise<PlacedEffect> {
  const wanted = wantedBy(effect);
  if (wanted === null) return placed(effect, null, null);
  const origin = originOf(wanted);
  const shown = before?.shown;
  if (shown && origin !== null && shown.origin === origin && shown.kind === wanted.kind) {
    return placed(effect, shown, null);
  }
  const loading = new AbortController();
  const picture = await orAborted(loadPicture(wanted, loading.signal), signal, loading);
  const { release } = picture;
  return placed(effect, { number: nextPicture++, kind: wanted.kind, origin, release }, picture);
}

function placed(effect: ParsedEffect, shown: Shown | null, picture: LoadedPicture | null): PlacedEffect {
  return {
    effect: wire(effect, shown?.number ?? 0),
    picture: picture?.still ?? null,
    moving: picture?.moving ?? null,
    shown,
    release: (next) => {
      if (shown === null || shown === next?.shown) return;
      if (picture !== null) letGo(picture);
      else shown.release();
    },
  };
}

function wire(effect: ParsedEffect, picture: number): WireEffect {
  switch (effect.type) {
    case 'image':
    case 'video':
      return numbered(effect, picture);
    case 'greenscreen': {
      const { background } = effect;
      return {
        ...effect,
        background: background.type === 'color' ? background : numbered(background, picture),
      };
    }
    case 'presenter': {
      const { source: _, ...rest } = effect;
      return { ...rest, picture };
    }
    case 'blur':
    case 'color':
    case 'none':
      return effect;
  }
}

function numbered(
  { type, fit, position }: Required<ImageEffect> | Required<VideoEffect>,
  picture: number,
): PlacedImage | PlacedVideo {
  return { type, picture, fit, position };
}

/**
 * What tells that two effects show the same picture; null if that cannot be known, as of an <img> with
 * another src.
 */
function originOf({ source }: Wanted): unknown {
  if (source instanceof URL) return source.href;
  if (source instanceof HTMLImageElement) return null;
  return typeof source === 'object' && 'getVideoTracks' in source ? source.getVideoTracks()[0] : source;
}

/** A server that never answers must not hold up an abort; what comes too late is let go. */
async function orAborted(
  loading: Promise<LoadedPicture>,
  signal: AbortSignal | null,
  ending: AbortController,
): Promise<LoadedPicture> {
  if (signal === null) return loading;
  let onAbort = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(aborted(signal));
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([loading, ended]);
  } catch (error) {
    ending.abort();
    loading.then(letGo).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Closing what was handed over does nothing. */
function letGo({ still, moving, release }: LoadedPicture): void {
  still?.close();
  discard(moving);
  release();
}
