/* A picture, still or moving, from whatever it was given as. */
import { isMediaStream, type PictureSource, type VideoSource } from '../effects/sources.js';
import type { ParsedEffect } from '../effects.js';
import { hasStreams, openReadable } from '../transport/streams.js';
import { animationOf, isAnimated } from './animation.js';
import type { MovingSource } from './moving.js';
import { FIRST_FRAME_WAIT_MS, playerOf, playerOfTrack, watched } from './player.js';
import { over, unloadable, withoutVideo } from './refusals.js';
import { stillPicture } from './still.js';

/** One of the two is there. */
export interface LoadedPicture {
  readonly still: ImageBitmap | null;
  readonly moving: MovingSource | null;
  /** Ends what of the page's it is made from; what the application gave goes on. */
  release(): void;
}

/** The picture that an effect asks for; `option` is its name in errors. */
export type Wanted =
  | { readonly kind: 'still'; readonly option: string; readonly source: PictureSource }
  | { readonly kind: 'moving'; readonly option: string; readonly source: VideoSource }
  | { readonly kind: 'either'; readonly option: string; readonly source: PictureSource | VideoSource };

/** Null if the effect shows no picture. */
export function wantedBy(effect: ParsedEffect): Wanted | null {
  switch (effect.type) {
    case 'image':
      return { kind: 'still', option: 'effect.source', source: effect.source };
    case 'video':
      return { kind: 'moving', option: 'effect.source', source: effect.source };
    case 'presenter':
      return { kind: 'either', option: 'effect.source', source: effect.source };
    case 'greenscreen': {
      const wanted = wantedBy(effect.background);
      return wanted && { ...wanted, option: `effect.background.source` };
    }
    case 'blur':
    case 'color':
    case 'none':
      return null;
  }
}

/** Raises OptionsError; what is loading ends when the signal fires. */
export async function loadPicture(wanted: Wanted, signal: AbortSignal): Promise<LoadedPicture> {
  const { option, source } = wanted;
  if (source instanceof HTMLVideoElement) return asMoving(await watched(option, source, signal));
  if (isMediaStream(source)) return asMoving(await shared(option, source, signal));
  if (source instanceof HTMLImageElement || source instanceof ImageBitmap) return asStill(option, source);
  switch (wanted.kind) {
    case 'still':
      return asStill(option, source);
    case 'moving':
      return playedOrAnimated(option, source, signal);
    case 'either':
      return slides(option, source, signal);
  }
}

/** Of a Blob the type says what it is; an address is tried, as a picture first. */
async function slides(
  option: string,
  source: string | URL | Blob,
  signal: AbortSignal,
): Promise<LoadedPicture> {
  if (source instanceof Blob) {
    const moves = source.type.startsWith('video/') || (await isAnimated(source));
    return moves ? playedOrAnimated(option, source, signal) : asStill(option, source);
  }
  try {
    return await asStill(option, source);
  } catch (refusal) {
    signal.throwIfAborted();
    return playerOf(option, source, signal).then(asMoving, () => {
      throw refusal;
    });
  }
}

async function playedOrAnimated(
  option: string,
  source: string | URL | Blob,
  signal: AbortSignal,
): Promise<LoadedPicture> {
  if (source instanceof Blob && source.type.startsWith('image/')) {
    const moving = await animationOf(source);
    if (moving === null) throw unloadable(option, source, 'img-src', 'the browser cannot decode it');
    return { still: null, moving, release: () => undefined };
  }
  try {
    return asMoving(await playerOf(option, source, signal));
  } catch (refusal) {
    if (source instanceof Blob || signal.aborted) throw refusal;
    const moving = await animationAt(source, signal);
    if (moving === null) throw refusal;
    return { still: null, moving, release: () => undefined };
  }
}

async function animationAt(address: string | URL, signal: AbortSignal): Promise<MovingSource | null> {
  try {
    const response = await fetch(address, { signal });
    return response.ok ? await animationOf(await response.blob()) : null;
  } catch {
    return null;
  }
}

/** The track is the application's: nothing stops it here. */
async function shared(
  option: string,
  stream: MediaStream,
  signal: AbortSignal,
): Promise<{ moving: MovingSource; release(): void }> {
  const tracks = stream.getVideoTracks();
  const live = tracks.find(({ readyState }) => readyState === 'live');
  if (live === undefined) throw tracks.length === 0 ? withoutVideo(option, stream) : over(option, stream);
  if (!hasStreams()) return playerOfTrack(option, stream, live, signal);
  const readable = openReadable(live);
  const first = await firstFrame(readable, signal);
  return { moving: { type: 'track', first, readable }, release: () => undefined };
}

/** Null if none comes for a while: of a camera that is muted, say. */
async function firstFrame(
  readable: ReadableStream<VideoFrame>,
  signal: AbortSignal,
): Promise<VideoFrame | null> {
  const reader = readable.getReader();
  try {
    return await new Promise<VideoFrame | null>((resolve, reject) => {
      const giveUp = (): void => resolve(null);
      setTimeout(giveUp, FIRST_FRAME_WAIT_MS);
      signal.addEventListener('abort', giveUp, { once: true });
      reader.read().then(({ value }) => resolve(value ?? null), reject);
    });
  } finally {
    reader.releaseLock();
  }
}

async function asStill(option: string, source: PictureSource): Promise<LoadedPicture> {
  return { still: await stillPicture(option, source), moving: null, release: () => undefined };
}

function asMoving({ moving, release }: { moving: MovingSource; release(): void }): LoadedPicture {
  return { still: null, moving, release };
}
