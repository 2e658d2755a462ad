import { AbortError, toWire, type WireError } from '../errors.js';

/**
 * What the page waits for: an update until a frame shows it, another camera until its first frame is shown. Where no
 * frame comes there is nothing to wait for, and nothing to be seen.
 */
export class Awaited {
  readonly #updates = new Set<number>();
  /** by id: the number of its first frame */
  readonly #sources = new Map<number, number>();
  readonly #settle: (id: number, error: WireError | null) => void;

  constructor(settle: (id: number, error: WireError | null) => void) {
    this.#settle = settle;
  }

  update(id: number): void {
    this.#updates.add(id);
  }

  /** `sequence`: of its first frame. */
  source(id: number, sequence: number): void {
    const superseded = new AbortError('superseded', 'Another source was given before this one was shown');
    for (const older of this.#sources.keys()) this.end(older, toWire(superseded, superseded.code));
    this.#sources.set(id, sequence);
  }

  /** A frame is out: made with all updates up to `update`. */
  shown(update: number, sequence: number): void {
    for (const id of this.#updates) if (id <= update) this.end(id, null);
    for (const [id, first] of this.#sources) if (sequence >= first) this.end(id, null);
  }

  /** All of them: no frame comes, or none will ever be shown because of `error`. */
  endAll(error: WireError | null): void {
    for (const id of [...this.#updates, ...this.#sources.keys()]) this.end(id, error);
  }

  end(id: number, error: WireError | null): void {
    if (this.#updates.delete(id) || this.#sources.delete(id)) this.#settle(id, error);
  }
}
