import type { WireError } from '../errors.js';

/** A fault that every frame has is told once in this time. */
const INTERVAL_MS = 5000;

/** Tells what is new from what has just been told. */
export class Notices {
  readonly #toldMs = new Map<string, number>();

  isNews({ code }: WireError, nowMs: number): boolean {
    if (nowMs - (this.#toldMs.get(code) ?? -Infinity) < INTERVAL_MS) return false;
    this.#toldMs.set(code, nowMs);
    return true;
  }
}
