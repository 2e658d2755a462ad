import { unreadable } from './streams.js';

/** A video that shows nothing new for so long, or whose page is hidden, may have stopped to tell of its pictures. */
const SILENT_MS = 500;
/** A call that was refused is tried again as often as this. */
const RETRY_MS = 1000;

/** A track as a <video> in no document plays it, from which its newest picture is taken. */
export class Playback {
  readonly video = document.createElement('video');
  readonly #track: MediaStreamTrack;
  readonly #onPicture: () => void;
  readonly #onRefused: (why: unknown) => void;
  readonly #since = new Newness();
  /** There is a picture that nobody has taken. */
  #fresh = false;
  #toldMs = performance.now();
  #triedMs = -Infinity;
  #lastUs = -Infinity;
  #closed = false;

  /**
   * `onPicture` hears of each while the page is visible; `onRefused`, once, that the browser does not play it, as a
   * policy or its user may want it: it is tried again. Raises SourceError.
   */
  constructor(track: MediaStreamTrack, onPicture: () => void, onRefused: (why: unknown) => void = () => undefined) {
    this.#track = track;
    this.#onPicture = onPicture;
    this.#onRefused = onRefused;
    const { video } = this;
    video.muted = video.playsInline = true;
    try {
      video.srcObject = new MediaStream([track]);
    } catch (error) {
      throw unreadable(error);
    }
    this.#play();
    this.#listen();
  }

  /** Whether there is a picture to take. Where none are told of, as in a hidden page, it has to be looked for. */
  get fresh(): boolean {
    return this.#fresh;
  }

  /** To be called now and then: takes notice of what is not told. */
  look(): void {
    const nowMs = performance.now();
    if (this.video.paused && nowMs - this.#triedMs > RETRY_MS) this.#play();
    if (document.hidden || nowMs - this.#toldMs > SILENT_MS) this.#fresh = true;
  }

  /**
   * The newest picture as a frame with the time of now; null if there is none, or none that is new. Its sides are even:
   * Firefox 153 makes no other I420 frames.
   */
  take(): VideoFrame | null {
    this.#fresh = false;
    if (this.#closed || this.video.readyState < this.video.HAVE_CURRENT_DATA) return null;
    if (!this.#track.enabled) return null; // nothing, or black in any size
    const timestamp = Math.max(Math.round(performance.now() * 1000), this.#lastUs + 1);
    let newest: VideoFrame | undefined;
    try {
      newest = new VideoFrame(this.video);
      const { visibleRect } = newest;
      const [width, height] = [even(visibleRect?.width), even(visibleRect?.height)];
      if (visibleRect === null || width === 0 || height === 0 || !this.#since.isNew(newest, this.video)) return null;
      this.#lastUs = timestamp;
      if (width === visibleRect.width && height === visibleRect.height) return new VideoFrame(newest, { timestamp });
      const { x, y } = visibleRect;
      return new VideoFrame(newest, { timestamp, visibleRect: { x, y, width, height } });
    } catch {
      return null; // no picture yet, or it changes just now
    } finally {
      newest?.close();
    }
  }

  /** The track goes on. */
  close(): void {
    this.#closed = true;
    this.video.pause();
    this.video.srcObject = null;
  }

  #play(): void {
    const first = this.#triedMs === -Infinity;
    this.#triedMs = performance.now();
    this.video.play().catch((why: unknown) => {
      if (first && !this.#closed && (why as Error).name === 'NotAllowedError') this.#onRefused(why);
    });
  }

  #listen(): void {
    const { video } = this;
    if (!('requestVideoFrameCallback' in video)) return;
    const told = (): void => {
      if (this.#closed) return;
      this.#fresh = true;
      this.#toldMs = performance.now();
      video.requestVideoFrameCallback(told);
      this.#onPicture();
    };
    video.requestVideoFrameCallback(told);
  }
}

function even(side = 0): number {
  return side - (side % 2);
}

/**
 * Tells the pictures of a <video> apart: by their own timestamp, or by where the video is in browsers that give no time
 * there, or whole seconds (Firefox 153, WebKitGTK 2.50 for some tracks).
 */
export class Newness {
  #taken = NaN;

  isNew(frame: VideoFrame, video: HTMLVideoElement): boolean {
    const playedUs = video.currentTime * 1e6;
    const coarse = Math.abs(frame.timestamp - playedUs) > playedUs / 2 && frame.timestamp <= video.currentTime;
    const at = coarse ? playedUs : frame.timestamp;
    const isNew = at !== this.#taken;
    this.#taken = at;
    return isNew;
  }
}
