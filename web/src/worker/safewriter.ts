import type { MadeFrame } from '../protocol.js';
import { refused, whatIsWrong, type FrameSize } from './fitting.js';
import type { FrameShape } from './shape.js';
import type { VeilMaker } from './veil.js';

export type SafeKind = MadeFrame['kind'] | 'veil';

/** The sink of a track takes a frame at once; what it has not taken yet is held open, so there must be few. */
const MAX_UNTAKEN = 8;

let pictureOf: (safe: SafeFrame) => VideoFrame;

/**
 * A frame that may be shown to others. There are two ways to one, both here: Python made it, or it is a veil.
 * The camera's own picture is one only if Python says that it is, and the effect in force is 'none'.
 */
export class SafeFrame {
  readonly sequence: number;
  readonly kind: SafeKind;
  readonly #picture: VideoFrame;

  private constructor(picture: VideoFrame, sequence: number, kind: SafeKind) {
    this.#picture = picture;
    this.sequence = sequence;
    this.kind = kind;
  }

  /**
   * Null if it is raw and must not be: then it is closed. `size`: what it has to have, null if that is its own affair.
   * Raises WorkerError for what Python cannot have made of the frame that `shape` is of, and leaves it to the caller.
   */
  static made(message: MadeFrame, shape: FrameShape, size: FrameSize | null, mayBeRaw: boolean): SafeFrame | null {
    const wrong = whatIsWrong(message, shape, size);
    if (wrong !== null) throw refused(wrong);
    if (message.kind === 'raw' && !mayBeRaw) {
      message.frame.close();
      return null;
    }
    return new SafeFrame(message.frame, message.sequence, message.kind);
  }

  static veil(maker: VeilMaker, sequence: number, shape: FrameShape): SafeFrame {
    return new SafeFrame(maker.make(shape), sequence, 'veil');
  }

  static {
    pictureOf = (safe) => safe.#picture;
  }
}

/** The one writer of the output track. Owns every SafeFrame handed to it, and closes it exactly once. */
export class SafeWriter {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #onClosed: () => void;
  #lastSequence = -1;
  readonly #untaken = new Set<VideoFrame>();
  #untakenSinceMs = 0;
  #ended = false;

  /** `onClosed`: the output track was stopped by the page, so nobody can see anything any more. */
  constructor(writable: WritableStream<VideoFrame>, onClosed: () => void) {
    this.#writer = writable.getWriter();
    this.#onClosed = onClosed;
    this.#writer.closed.catch(() => undefined);
  }

  /** Writes unless a newer frame is out already; says whether it did. */
  write(safe: SafeFrame): boolean {
    const picture = pictureOf(safe);
    if (this.#ended || safe.sequence <= this.#lastSequence || this.#untaken.size === MAX_UNTAKEN) {
      picture.close();
      return false;
    }
    this.#lastSequence = safe.sequence;
    if (this.#untaken.size === 0) this.#untakenSinceMs = performance.now();
    this.#untaken.add(picture);
    this.#writer
      .write(picture)
      .catch(() => this.#lost())
      .finally(() => {
        picture.close();
        this.#untaken.delete(picture);
        this.#untakenSinceMs = performance.now();
      });
    return true;
  }

  /** How long the track has taken none of the frames that were written to it. */
  stuckMs(nowMs: number): number {
    return this.#untaken.size === 0 ? 0 : nowMs - this.#untakenSinceMs;
  }

  /** The clock jumped (the machine slept): what looks old may not be. */
  forgive(nowMs: number): void {
    this.#untakenSinceMs = nowMs;
  }

  /**
   * Ends the output track; one that takes no frame any more is the page's to end. Settles when it has, or after
   * `patienceMs`.
   */
  async close(patienceMs: number): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closed = this.#writer.close().catch(() => undefined);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    for (const picture of this.#untaken) picture.close();
  }

  #lost(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onClosed();
  }
}
