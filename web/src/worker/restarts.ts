const MAX_RESTARTS = 5;
/**
 * What ran for so long was sound. Longer than any hang is waited for: by a clock alone, a worker that takes long to fail
 * could do so for ever.
 */
export const SOUND_MS = 30_000;
const FIRST_DELAY_MS = 250;

/** How often a worker may be started again: a broken one must not eat the battery for ever. */
export class RestartBudget {
  #inARow = 0;
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /**
   * The delay before the next start, growing with each in a row; null when there have been too many. `ranMs`: from
   * when the worker was ready till it was lost. After one that was sound, what was before it is forgotten.
   */
  take(ranMs: number): number | null {
    if (ranMs >= SOUND_MS) this.#inARow = 0;
    if (this.#inARow >= MAX_RESTARTS) return null;
    const delayMs = this.#inARow === 0 ? 0 : FIRST_DELAY_MS * 2 ** this.#inARow;
    this.#inARow += 1;
    this.#total += 1;
    return delayMs;
  }
}
