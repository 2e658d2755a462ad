/*
 * A <video>, of the library's own or of the application's, from which the gate takes frames. It is asked for
 * each, by a message: that goes on in a hidden tab, where timers are slowed down and animation frames stop,
 * and a video that is looked at is not paused there. Its frames are taken as they were decoded, without a
 * canvas.
 */
import { whenEnded } from '../transport/ending.js';
import { Newness } from '../transport/playback.js';
import { crossOrigin, unloadable, withoutVideo, type AnySource } from './refusals.js';
import type { MovingSource } from './moving.js';

/** So that the effect begins with a picture, and not with what stands in for one. */
export const FIRST_FRAME_WAIT_MS = 1000;
const FIRST_FRAME_STEP_MS = 10;

export interface Player {
  readonly moving: Extract<MovingSource, { type: 'player' }>;
  /** Ends it; an element of the application's own goes on. */
  release(): void;
}

/** Plays an address or a Blob: silent, in a loop, in no document. Raises OptionsError. */
export async function playerOf(
  option: string,
  source: string | URL | Blob,
  signal: AbortSignal,
): Promise<Player> {
  const address = source instanceof Blob ? URL.createObjectURL(source) : String(source);
  const video = document.createElement('video');
  const release = (): void => {
    video.pause();
    video.removeAttribute('src');
    video.load();
    if (source instanceof Blob) URL.revokeObjectURL(address);
  };
  try {
    video.crossOrigin = 'anonymous';
    video.muted = video.loop = video.playsInline = true;
    video.preload = 'auto';
    video.src = address;
    await loaded(video, signal);
    await video.play();
    if (video.videoWidth === 0) throw withoutVideo(option, source);
    const player = await takenFrom(option, source, video, signal);
    return { ...player, release: () => (player.release(), release()) };
  } catch (error) {
    release();
    throw error instanceof MediaFailure || error instanceof DOMException
      ? unloadable(option, source, 'media-src', error)
      : error;
  }
}

/** Frames of the application's own element, as it plays, pauses and seeks. Raises OptionsError. */
export async function watched(option: string, video: HTMLVideoElement, signal: AbortSignal): Promise<Player> {
  try {
    if (video.readyState < video.HAVE_CURRENT_DATA && isIdle(video)) {
      throw new MediaFailure(video.error?.message || 'it loads nothing: give it a source, or call play()');
    }
    await loaded(video, signal);
  } catch (error) {
    throw unloadable(option, video, 'media-src', error);
  }
  if (video.videoWidth === 0) throw withoutVideo(option, video);
  const player = await takenFrom(option, video, video, signal);
  if (player.moving.first !== null || !video.paused) return player;
  player.release();
  const why = "it stands still before its first picture: call play(), or set preload to 'auto'";
  throw unloadable(option, video, 'media-src', why);
}

/** Frames of a track, for browsers in which it has no stream. One without a picture yet begins when it has. */
export async function playerOfTrack(
  option: string,
  source: MediaStream,
  track: MediaStreamTrack,
  signal: AbortSignal,
): Promise<Player> {
  const video = document.createElement('video');
  video.muted = video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  void video.play().catch(() => undefined);
  const player = await takenFrom(option, source, video, signal);
  const leave = whenEnded(track, () => player.port.postMessage('ended'));
  return {
    moving: player.moving,
    release: () => {
      leave();
      player.release();
      video.srcObject = null;
    },
  };
}

/** Nothing will come by itself. */
function isIdle(video: HTMLVideoElement): boolean {
  const { error, seeking, networkState, srcObject, NETWORK_EMPTY, NETWORK_IDLE } = video;
  if (error !== null) return true;
  return !seeking && srcObject === null && (networkState === NETWORK_EMPTY || networkState === NETWORK_IDLE);
}

class MediaFailure extends Error {}

/** Until it has a frame to show: while it seeks, as at the seam of its loop, it has none either. */
async function loaded(video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  if (video.readyState >= video.HAVE_CURRENT_DATA) return;
  await new Promise<void>((resolve, reject) => {
    const listening = new AbortController();
    const on = (target: EventTarget, type: string, settle: () => void): void =>
      target.addEventListener(
        type,
        () => {
          listening.abort();
          settle();
        },
        { signal: listening.signal },
      );
    for (const type of ['loadeddata', 'seeked', 'canplay']) on(video, type, resolve);
    on(video, 'error', () => reject(new MediaFailure(video.error?.message || 'it is no video')));
    on(signal, 'abort', () => reject(new MediaFailure('it was not waited for')));
  });
}

async function takenFrom(
  option: string,
  source: AnySource,
  video: HTMLVideoElement,
  signal: AbortSignal,
): Promise<Player & { readonly port: MessagePort }> {
  const newness = new Newness();
  const first = await firstFrame(option, source, video, signal);
  if (first !== null) newness.isNew(first, video);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    // A tab that comes to the front again may find one of the library's own paused.
    if (video !== source && video.paused) video.play().catch(() => undefined);
    const frame = frameOf(video);
    if (frame === null || !newness.isNew(frame, video)) {
      frame?.close();
      return port1.postMessage(null);
    }
    port1.postMessage(frame, [frame]);
  };
  return { moving: { type: 'player', first, port: port2 }, port: port1, release: () => port1.close() };
}

/** A video that has begun to play only just now may have none yet, nor one that seeks. Null if none comes for a while. */
async function firstFrame(
  option: string,
  source: AnySource,
  video: HTMLVideoElement,
  signal: AbortSignal,
): Promise<VideoFrame | null> {
  const endMs = performance.now() + FIRST_FRAME_WAIT_MS;
  for (;;) {
    try {
      return new VideoFrame(video);
    } catch (error) {
      if ((error as Error).name === 'SecurityError') throw crossOrigin(option, source);
      if (signal.aborted || performance.now() > endMs) return null;
    }
    await new Promise((resolve) => setTimeout(resolve, FIRST_FRAME_STEP_MS));
  }
}

/** Null while it seeks, as at the seam of its loop. */
function frameOf(video: HTMLVideoElement): VideoFrame | null {
  try {
    return new VideoFrame(video);
  } catch {
    return null;
  }
}
