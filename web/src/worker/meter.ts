import type { Stats } from '../stats.js';
import type { SafeKind } from './safewriter.js';

type Counts = Pick<
  Stats,
  'inputFrames' | 'composedFrames' | 'rawFrames' | 'concealedFrames' | 'veiledFrames' | 'droppedFrames'
>;
type Rates = Pick<Stats, 'inputFps' | 'outputFps' | 'latencyMs'>;

const COUNT_OF: Record<SafeKind, Exclude<keyof Counts, 'inputFrames' | 'droppedFrames'>> = {
  composed: 'composedFrames',
  raw: 'rawFrames',
  concealed: 'concealedFrames',
  veil: 'veiledFrames',
};

/** Counts frames since the start, and rates and latencies since the last reading. */
export class Meter {
  readonly #counts = {
    inputFrames: 0,
    composedFrames: 0,
    rawFrames: 0,
    concealedFrames: 0,
    veiledFrames: 0,
    droppedFrames: 0,
  };
  #latenciesMs: number[] = [];
  #windowStartMs = performance.now();
  #inputs = 0;

  input(): void {
    this.#counts.inputFrames += 1;
    this.#inputs += 1;
  }

  dropped(frames = 1): void {
    this.#counts.droppedFrames += frames;
  }

  written(kind: SafeKind, latencyMs: number): void {
    this.#counts[COUNT_OF[kind]] += 1;
    this.#latenciesMs.push(latencyMs);
  }

  /** Reads, and begins a new window. */
  read(nowMs: number): Counts & Rates {
    const seconds = Math.max(nowMs - this.#windowStartMs, 1) / 1000;
    const sorted = this.#latenciesMs.sort((a, b) => a - b);
    const at = (share: number) =>
      round(sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0);
    const reading = {
      ...this.#counts,
      inputFps: round(this.#inputs / seconds),
      outputFps: round(sorted.length / seconds),
      latencyMs: sorted.length === 0 ? null : { median: at(0.5), p95: at(0.95) },
    };
    this.#latenciesMs = [];
    this.#inputs = 0;
    this.#windowStartMs = nowMs;
    return reading;
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
