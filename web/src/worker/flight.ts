import type { FrameShape } from './shape.js';

/** What the gate remembers of a camera frame: enough to put a veil in its place. */
export interface Ticket {
  readonly sequence: number;
  readonly shape: FrameShape;
  readonly readMs: number;
}

/** The frames that are inside the composer, oldest first. */
export class Flight {
  readonly #tickets = new Map<number, { ticket: Ticket; sentMs: number }>();

  get size(): number {
    return this.#tickets.size;
  }

  depart(ticket: Ticket, nowMs: number): void {
    this.#tickets.set(ticket.sequence, { ticket, sentMs: nowMs });
  }

  /** The ticket of a frame that came back; undefined if it is not awaited. */
  land(sequence: number): Ticket | undefined {
    const entry = this.#tickets.get(sequence);
    this.#tickets.delete(sequence);
    return entry?.ticket;
  }

  oldestAgeMs(nowMs: number): number {
    for (const { sentMs } of this.#tickets.values()) return nowMs - sentMs;
    return 0;
  }

  /** The clock jumped (the machine slept): what looks old may not be. */
  forgive(nowMs: number): void {
    for (const entry of this.#tickets.values()) entry.sentMs = nowMs;
  }

  /** Gives all of them up, and says how many they were. */
  clear(): number {
    const lost = this.#tickets.size;
    this.#tickets.clear();
    return lost;
  }
}
