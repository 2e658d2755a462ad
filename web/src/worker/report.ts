import type { ComposerStats } from '../protocol.js';
import type { Stats, StreamState } from '../stats.js';
import { NO_COMPOSER_STATS, Totals } from './activity.js';
import { Meter } from './meter.js';
import type { FrameShape } from './shape.js';

/** What a stream tells of itself once a second: what the gate sees, and what the composer said last. */
export class Report {
  readonly meter = new Meter();
  readonly #totals = new Totals();
  #composer: ComposerStats = NO_COMPOSER_STATS;

  hear(stats: ComposerStats): void {
    this.#composer = this.#totals.add(stats);
  }

  composerLost(): void {
    this.hear(NO_COMPOSER_STATS);
  }

  /** `shape`: of the newest camera frame. */
  make(state: StreamState, shape: FrameShape | undefined, restarts: number): Stats {
    return {
      state,
      ...this.meter.read(performance.now()),
      ...this.#composer,
      frameWidth: shape?.width ?? 0,
      frameHeight: shape?.height ?? 0,
      frameFormat: shape?.format ?? null,
      restarts,
    };
  }
}
