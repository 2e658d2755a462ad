/** What is not done because nothing changed: tiles left as they are, runs of the model not made, bits not needed. */
import type { Stats } from '../src/stats.js';
import { put } from './demo-page.js';

const SPAN_MS = 3000; // long enough for a steady figure, short enough to follow

export class Savings {
  /** Runs since the start, when they were read. */
  #runs: { readonly atMs: number; readonly count: number }[] = [];

  show({ tiles, modelRuns, suggestedMaxBitrate, quality }: Stats, nowMs = performance.now()): void {
    const all = tiles === null ? 0 : tiles.person + tiles.background + tiles.boundary;
    put('written', tiles === null || all === 0 ? '–' : `${(100 * tiles.written / all).toFixed(1)} %`);
    put('tiles', all === 0 ? 'of the picture' : `of ${Math.round(all)}, a frame`);
    put('model-runs', this.#rate(modelRuns, nowMs));
    put('bitrate', suggestedMaxBitrate === null ? '–' : bitrate(suggestedMaxBitrate));
    put('quality', quality?.name ?? '–');
    put('quality-level', quality === null ? '0 is best, 3 cheapest' : `level ${quality.level} of 0 to 3${quality.reason && `: ${quality.reason}`}`);
  }

  /** A new stream counts from 0. */
  forget(): void {
    this.#runs = [];
  }

  #rate(count: number | null, nowMs: number): string {
    if (count === null) return '–';
    this.#runs = [...this.#runs.filter(({ atMs }) => nowMs - atMs <= SPAN_MS), { atMs: nowMs, count }];
    const [first] = this.#runs;
    if (first === undefined || first.atMs === nowMs) return '–';
    return (1000 * (count - first.count) / (nowMs - first.atMs)).toFixed(1);
  }
}

export function bitrate(bitsPerSecond: number): string {
  return bitsPerSecond < 1e6 ? `${Math.round(bitsPerSecond / 1e3)} kbit/s` : `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`;
}
