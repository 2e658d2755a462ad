/** How many bits a second a loopback sends, from its counts. */
import type { Sent } from './demo-loopback.js';

const SPAN_MS = 10_000; // long enough for a steady figure

export interface Rate {
  readonly bitsPerSecond: number;
  readonly fps: number;
  /** mean quantiser: the smaller, the better the picture; each codec has a scale of its own */
  readonly quantiser: number | null;
}

export class RateMeter {
  #counts: Sent[] = [];

  /** Of the last second; null until there are two counts. */
  add(sent: Sent | null): Rate | null {
    if (sent === null) return null;
    const before = this.#counts.at(-1);
    this.#counts = [...this.#counts.filter(({ atMs }) => sent.atMs - atMs <= SPAN_MS), sent];
    return between(before, sent);
  }

  /** Of the last ten seconds. */
  get mean(): Rate | null {
    return between(this.#counts[0], this.#counts.at(-1));
  }
}

function between(first: Sent | undefined, last: Sent | undefined): Rate | null {
  const seconds = first && last ? (last.atMs - first.atMs) / 1000 : 0;
  if (!first || !last || seconds <= 0) return null;
  const encoded = last.encodedFrames - first.encodedFrames;
  return {
    bitsPerSecond: 8 * (last.bytes - first.bytes) / seconds,
    fps: (last.frames - first.frames) / seconds,
    quantiser: encoded > 0 ? (last.quantisers - first.quantisers) / encoded : null,
  };
}
