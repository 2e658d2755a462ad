import { letGo } from './fitting.js';

/** What a read that is under way gets to come home: a cancelled one may lose its frame. */
const LANDING_MS = 500;

export interface FeedEvents {
  /** Owns the frame from then on, unless it raises. */
  frame(frame: VideoFrame): void;
  /** What was read is no frame that can be shown; it is closed. */
  refused(error: unknown): void;
  /** The source has ended, or `error`. Not called once it is closed. */
  ended(error: unknown): void;
}

/** The frames of one camera. */
export class Feed {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #events: FeedEvents;
  readonly #done: Promise<void>;
  #closed = false;

  constructor(readable: ReadableStream<VideoFrame>, events: FeedEvents) {
    this.#reader = readable.getReader();
    this.#events = events;
    this.#done = this.#run();
  }

  /** Whatever comes yet is let go. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.race([this.#done, new Promise((resolve) => setTimeout(resolve, LANDING_MS))]);
    await this.#reader.cancel().catch(() => undefined);
  }

  async #run(): Promise<void> {
    let problem: unknown = null;
    try {
      while (!this.#closed) {
        const { value, done } = await this.#reader.read();
        if (done) break;
        if (this.#closed) letGo(value);
        else this.#hand(value);
      }
    } catch (error) {
      problem = error;
    }
    if (!this.#closed) this.#events.ended(problem);
  }

  #hand(frame: VideoFrame): void {
    try {
      this.#events.frame(frame);
    } catch (error) {
      letGo(frame);
      this.#events.refused(error);
    }
  }
}
