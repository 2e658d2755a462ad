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
const FIRST_FRAME_WAIT_MS = 1000;

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
    const player = shownBy(option, source, video, true);
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
  const player = shownBy(option, video, video, false);
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
  await Promise.race([
    loaded(video, signal).catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, FIRST_FRAME_WAIT_MS)),
  ]);
  const player = takenFrom(option, source, video, true);
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
function isIdle({ error, networkState, srcObject, NETWORK_EMPTY, NETWORK_IDLE }: HTMLVideoElement): boolean {
  if (error !== null) return true;
  return srcObject === null && (networkState === NETWORK_EMPTY || networkState === NETWORK_IDLE);
}

class MediaFailure extends Error {}

/** Until it has a frame to show. */
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
    on(video, 'loadeddata', resolve);
    on(video, 'error', () => reject(new MediaFailure(video.error?.message || 'it is no video')));
    on(signal, 'abort', () => reject(new MediaFailure('it was not waited for')));
  });
}

function shownBy(option: string, source: AnySource, video: HTMLVideoElement, own: boolean): Player {
  if (video.videoWidth === 0) throw withoutVideo(option, source);
  return takenFrom(option, source, video, own);
}

function takenFrom(
  option: string,
  source: AnySource,
  video: HTMLVideoElement,
  own: boolean,
): Player & { readonly port: MessagePort } {
  const newness = new Newness();
  const first = firstFrame(option, source, video);
  if (first !== null) newness.isNew(first, video);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    // A tab that comes to the front again may find it paused.
    if (own && video.paused) video.play().catch(() => undefined);
    const frame = frameOf(video);
    if (frame === null || !newness.isNew(frame, video)) {
      frame?.close();
      return port1.postMessage(null);
    }
    port1.postMessage(frame, [frame]);
  };
  return { moving: { type: 'player', first, port: port2 }, port: port1, release: () => port1.close() };
}

/** Null if it has been loaded only just now: one comes soon. */
function firstFrame(option: string, source: AnySource, video: HTMLVideoElement): VideoFrame | null {
  try {
    return new VideoFrame(video);
  } catch (error) {
    if ((error as Error).name === 'SecurityError') throw crossOrigin(option, source);
    return null;
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
