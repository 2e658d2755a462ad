import type { Ticket } from './flight.js';
import type { FrameShape } from './shape.js';

/** A frame older than a veil by less came late; one older by more is of a source that counts anew. */
const OVERTAKEN_US = 1_000_000;

/** A VideoFrame takes no other timestamps. */
function taken(timestamp: number): number {
  return Math.min(Math.max(timestamp, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

/** Timestamps of the output: they go on when another camera counts from somewhere else. */
export class Timeline {
  #offsetUs = 0;
  #renewed = false;
  #last: { timestamp: number; readMs: number } | null = null;
  #veilUs = -Infinity;

  /** Another camera's frames come from now on. */
  renew(): void {
    this.#renewed = this.#last !== null;
  }

  /** The shape of a camera frame read at `nowMs`, with its place in the output's time. */
  place(shape: FrameShape, nowMs: number): FrameShape {
    if (this.#renewed && this.#last !== null) {
      const due = this.#last.timestamp + Math.round((nowMs - this.#last.readMs) * 1000);
      this.#offsetUs = Math.max(due, this.#veilUs + 1, this.#last.timestamp + 1) - shape.timestamp;
    }
    this.#renewed = false;
    const timestamp = taken(shape.timestamp + this.#offsetUs);
    this.#last = { timestamp, readMs: nowMs };
    return { ...shape, timestamp };
  }

  /** A veil that kept time by itself is out already. */
  wasOvertaken(timestamp: number): boolean {
    const overtakenUs = this.#veilUs - timestamp;
    return overtakenUs >= 0 && overtakenUs < OVERTAKEN_US;
  }

  /** The shape of a frame that is due at `nowMs`, though none came since `newest`. */
  goOn({ shape, readMs }: Ticket, nowMs: number): FrameShape {
    const dueUs = shape.timestamp + Math.round((nowMs - readMs) * 1000);
    this.#veilUs = taken(Math.max(dueUs, this.#veilUs + 1));
    return { ...shape, timestamp: this.#veilUs };
  }
}
