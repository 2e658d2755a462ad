const MAX_RESTARTS = 5;
const WINDOW_MS = 60_000;
const FIRST_DELAY_MS = 250;

/** How often a worker may be started again: a broken one must not eat the battery for ever. */
export class RestartBudget {
  #times: number[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** The delay before the next start, growing with each recent one; null when there have been too many. */
  take(nowMs: number): number | null {
    this.#times = this.#times.filter((time) => nowMs - time < WINDOW_MS);
    if (this.#times.length >= MAX_RESTARTS) return null;
    const delayMs = this.#times.length === 0 ? 0 : FIRST_DELAY_MS * 2 ** this.#times.length;
    this.#times.push(nowMs);
    this.#total += 1;
    return delayMs;
  }
}
