import type { MadeFrame } from '../protocol.js';
import type { FrameShape } from './shape.js';
import type { VeilMaker } from './veil.js';

export type SafeKind = MadeFrame['kind'] | 'veil';

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

  /** Null if it is raw and must not be: then it is closed. */
  static made(message: MadeFrame, mayBeRaw: boolean): SafeFrame | null {
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
    if (this.#ended || safe.sequence <= this.#lastSequence) {
      picture.close();
      return false;
    }
    this.#lastSequence = safe.sequence;
    this.#writer
      .write(picture)
      .catch(() => this.#lost())
      .finally(() => picture.close());
    return true;
  }

  /** Ends the output track. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#writer.close().catch(() => undefined);
  }

  #lost(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onClosed();
  }
}
