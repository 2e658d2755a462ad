import { unreadable } from './streams.js';

/** A video that shows nothing new for so long, or whose page is hidden, may have stopped to tell of its pictures. */
const SILENT_MS = 500;
/** A call that was refused is tried again as often as this. */
const RETRY_MS = 1000;

/** A track as a <video> in no document plays it, from which its newest picture is taken. */
export class Playback {
  readonly video = document.createElement('video');
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

  /** The newest picture as a frame with the time of now; null if there is none, or none that is new. */
  take(): VideoFrame | null {
    this.#fresh = false;
    if (this.#closed || this.video.readyState < this.video.HAVE_CURRENT_DATA) return null;
    const timestamp = Math.max(Math.round(performance.now() * 1000), this.#lastUs + 1);
    let newest: VideoFrame | undefined;
    try {
      newest = new VideoFrame(this.video);
      if (!this.#since.isNew(newest, this.video)) return null;
      this.#lastUs = timestamp;
      return new VideoFrame(newest, { timestamp });
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

/**
 * Tells the pictures of a <video> apart: by their own timestamp, or by where the video is in browsers that give whole
 * seconds there (Firefox 153).
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
