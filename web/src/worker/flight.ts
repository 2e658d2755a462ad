import type { FrameShape } from './shape.js';

/** One frame is prepared while another waits for its mask; more would only be older when they are shown. */
const COMPOSER_CREDIT = 2;

/** What the gate remembers of a camera frame: enough to put a veil in its place. */
export interface Ticket {
  readonly sequence: number;
  readonly shape: FrameShape;
  readonly readMs: number;
}

interface Departure {
  readonly ticket: Ticket;
  readonly frame: VideoFrame;
  /** The first of another camera. */
  readonly renewed: boolean;
}

/** A frame inside the composer. */
interface Inside {
  readonly ticket: Ticket;
  sentMs: number;
}

export interface FlightEvents {
  /** Owns the frame from now on. */
  depart(departure: Departure): void;
  /** So many frames will not be shown. */
  dropped(count: number): void;
}

/** The frames of a stream that are inside the composer, oldest first, and the newest of those that wait for it. */
export class Flight {
  readonly #events: FlightEvents;
  readonly #tickets = new Map<number, Inside>();
  #waiting: Departure | null = null;
  #renewed = false;

  constructor(events: FlightEvents) {
    this.#events = events;
  }

  /** Inside the composer. */
  get size(): number {
    return this.#tickets.size;
  }

  /** The next frame is another camera's. */
  renew(): void {
    this.drop();
    this.#renewed = true;
  }

  /** Sends a frame, or lets it wait in the place of the one before. Owns it. */
  admit(ticket: Ticket, frame: VideoFrame, nowMs: number): void {
    this.drop();
    const departure = { ticket, frame, renewed: this.#renewed };
    this.#renewed = false;
    if (this.#tickets.size < COMPOSER_CREDIT) this.#depart(departure, nowMs);
    else this.#waiting = departure;
  }

  /** The ticket of a frame that came back; undefined if it is not awaited. */
  land(sequence: number): Ticket | undefined {
    const entry = this.#tickets.get(sequence);
    this.#tickets.delete(sequence);
    return entry?.ticket;
  }

  /** The same of one that Python made: it makes them in order, so that those before it are lost. */
  landMade(sequence: number): Ticket | undefined {
    const ticket = this.land(sequence);
    if (ticket === undefined) return undefined;
    for (const older of [...this.#tickets.keys()].filter((number) => number < sequence)) {
      this.#tickets.delete(older);
      this.#events.dropped(1);
    }
    return ticket;
  }

  /** Sends the frame that waits, if there is room for it. */
  goOn(nowMs: number): void {
    if (this.#waiting === null || this.#tickets.size >= COMPOSER_CREDIT) return;
    const departure = this.#waiting;
    this.#waiting = null;
    this.#depart(departure, nowMs);
  }

  #depart(departure: Departure, nowMs: number): void {
    const { ticket } = departure;
    this.#tickets.set(ticket.sequence, { ticket, sentMs: nowMs });
    try {
      this.#events.depart(departure);
    } catch (error) {
      this.#tickets.delete(ticket.sequence); // nothing comes back
      throw error;
    }
  }

  /** Nothing waits any more. If it was the first of another camera the next one is. */
  drop(): void {
    if (this.#waiting === null) return;
    this.#waiting.frame.close();
    this.#renewed ||= this.#waiting.renewed;
    this.#waiting = null;
    this.#events.dropped(1);
  }

  /** The frame that is the longest inside the composer. */
  get oldest(): Readonly<Inside> | undefined {
    return this.#tickets.values().next().value;
  }

  oldestAgeMs(nowMs: number): number {
    return nowMs - (this.oldest?.sentMs ?? nowMs);
  }

  /** The clock jumped (the machine slept): what looks old may not be. */
  forgive(nowMs: number): void {
    for (const entry of this.#tickets.values()) entry.sentMs = nowMs;
  }

  /** The composer is gone, and what was in it. */
  clear(): void {
    this.#events.dropped(this.#tickets.size);
    this.#tickets.clear();
    this.drop();
  }
}
