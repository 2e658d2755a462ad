import type { ComposerStats } from '../protocol.js';
import type { Activity } from '../stats.js';

/** The composer's figures while there is no composer. */
export const NO_COMPOSER_STATS: ComposerStats = {
  stageMs: {},
  modelMs: null,
  heapBytes: 0,
  tiles: null,
  modelRuns: null,
  maskReuses: null,
  plateSeals: null,
  quality: null,
  cameraNoiseLevels: null,
  suggestedMaxBitrate: null,
};

/** What bridge.Engine.stats answers, of the time since it was asked last. */
export interface PythonStats extends Partial<Omit<Activity, 'cameraNoiseLevels'>> {
  readonly stageMs?: Readonly<Record<string, number>>;
  readonly noise?: number | null;
}

export function activityOf(python: PythonStats): Activity {
  return {
    tiles: python.tiles ?? null,
    modelRuns: python.modelRuns ?? null,
    maskReuses: python.maskReuses ?? null,
    plateSeals: python.plateSeals ?? null,
    quality: python.quality ?? null,
    cameraNoiseLevels: python.noise ?? null,
    suggestedMaxBitrate: python.suggestedMaxBitrate ?? null,
  };
}

const COUNTED = ['modelRuns', 'maskReuses', 'plateSeals'] as const;

/** Turns counts of a window into counts since the start, over every composer there has been. */
export class Totals {
  readonly #totals: Partial<Record<(typeof COUNTED)[number], number>> = {};

  add(stats: ComposerStats): ComposerStats {
    for (const name of COUNTED) {
      const count = stats[name];
      if (count !== null) this.#totals[name] = (this.#totals[name] ?? 0) + count;
    }
    return { ...stats, ...this.#totals };
  }
}
