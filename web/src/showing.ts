import { placeEffect, type PlacedEffect } from './backdrop.js';
import type { ParsedEffect } from './effects.js';
import { aborted, AbortError, type BlurStreamError } from './errors.js';

/** The effect that is shown, and the one that is being loaded to take its place. */
export class Showing {
  #shown: PlacedEffect;
  #loading = new AbortController();

  constructor(shown: PlacedEffect) {
    this.#shown = shown;
  }

  /** Loads an effect and lets go of the one before. Rejects when a newer one is asked for meanwhile, or at the end. */
  async place(effect: ParsedEffect): Promise<PlacedEffect> {
    this.#loading.abort(
      new AbortError('superseded', 'Another effect was asked for before this one was loaded'),
    );
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const placed = await placeEffect(effect, signal, this.#shown);
    if (signal.aborted) {
      placed.release(this.#shown);
      throw aborted(signal);
    }
    this.#shown.release(placed);
    this.#shown = placed;
    return placed;
  }

  end(error: BlurStreamError): void {
    this.#loading.abort(error);
    this.#shown.release();
  }
}
