/** safe.stats as figures that keep their place and width. */
import type { Stats } from '../src/stats.js';
import { find, fixed, grouped, made, put } from './demo-page.js';

/** How long Python waits for the model, beside other work; the model's own time is `modelMs`. */
const WAIT = 'model';
/** In the order of a frame's way, each with what it does. */
const MEANING: ReadonlyMap<string, string> = new Map([
  ['copy', 'camera frame to Python'], ['prepare', 'frame to model input'], ['matte', 'mask to soft edge'],
  ['plate', 'blurred room without you'], ['compose', 'you before that room'], ['picture', 'Python to sent frame'],
  ['conceal', 'all of it covered'],
  ['slides', 'slides into their place'], ['present', 'you over the slides'],
]);
const ORDER = [...MEANING.keys()];
/** Those of every effect; the others are listed when they come. */
const ALWAYS = 7;
/** Above it a camera is taken for one of 60 frames a second; in between nothing jumps. */
const FAST_FPS = 45;

export class Figures {
  readonly #rows = new Map<string, { row: HTMLElement; value: HTMLElement; segment: HTMLElement }>();
  readonly #model = made('span', 'segment model');
  #hiddenFrames = 0;
  /** Frames handled when the last report came, if the page was hidden then. */
  #hiddenSince: number | null = null;

  constructor() {
    for (const stage of ORDER.slice(0, ALWAYS)) this.#row(stage);
    find('lane-model', HTMLElement).append(this.#model);
  }

  show(stats: Stats): void {
    const { inputFps, outputFps, latencyMs, modelMs, heapBytes, frameWidth, frameHeight, frameFormat } = stats;
    put('fps', `${inputFps.toFixed(1)} / ${outputFps.toFixed(1)}`);
    put('latency', latencyMs ? `${latencyMs.median.toFixed(1)} ms` : '–');
    put('latency-p95', latencyMs ? `95 % within ${latencyMs.p95.toFixed(0)} ms` : '95 % within –');
    put('model', modelMs === null ? '–' : `${modelMs.toFixed(1)} ms`);
    put('heap', heapBytes === 0 ? '–' : `${(heapBytes / 1e6).toFixed(1)} MB`);
    put('frame-size', frameWidth === 0 ? '–' : `${frameWidth}×${frameHeight}`);
    put('format', frameFormat === null ? 'no frame yet' : `${frameFormat}, as it came`);
    put('restarts', grouped(stats.restarts));
    put('dropped', grouped(stats.droppedFrames));
    put('concealed', grouped(stats.concealedFrames + stats.veiledFrames));
    put('glance', latencyMs && (stats.state === 'running' || stats.state === 'raw')
      ? `${fixed(outputFps, 0, 2)} fps · ${fixed(latencyMs.median, 0, 2)} ms · ${frameWidth}×${frameHeight}` : '');
    this.#lanes(stats);
  }

  /** Counts what went on unseen; between two reports, so rather too few than too many. */
  countHidden(stats: Stats): void {
    const handled = stats.composedFrames + stats.concealedFrames;
    if (document.hidden && this.#hiddenSince !== null) this.#hiddenFrames += Math.max(handled - this.#hiddenSince, 0);
    this.#hiddenSince = document.hidden ? handled : null;
    put('hidden-frames', grouped(this.#hiddenFrames));
  }

  /** A new stream counts from 0. */
  forget(): void {
    this.#hiddenSince = null;
  }

  #lanes({ stageMs, modelMs, inputFps }: Stats): void {
    const budgetMs = 1000 / (inputFps > FAST_FPS ? 60 : 30);
    put('budget', budgetMs.toFixed(1));
    const stages = Object.entries(stageMs).filter(([name]) => name !== WAIT);
    const sumMs = stages.reduce((sum, [, ms]) => sum + ms, 0);
    // The lane is one frame's time; what takes longer fills it and no more.
    const width = (ms: number, whole: number): string => `${100 * ms / Math.max(budgetMs, whole)}%`;
    for (const [name, ms] of stages) this.#row(name, ms, width(ms, sumMs));
    for (const [name, { segment, value }] of this.#rows) {
      if (name in stageMs) continue;
      segment.style.width = '0';
      value.textContent = '–';
    }
    put('sum-python', stages.length === 0 ? '–' : `${sumMs.toFixed(1)} ms`);
    put('sum-model', modelMs === null ? '–' : `${modelMs.toFixed(1)} ms`);
    this.#model.style.width = width(modelMs ?? 0, modelMs ?? 0);
  }

  #row(name: string, ms?: number, width?: string): void {
    let entry = this.#rows.get(name);
    if (entry === undefined) {
      const tone = ORDER.indexOf(name) + 1;
      const value = made('span', 'value', '–');
      const row = made('li', '', made('span', `swatch tone-${tone}`), made('b', '', name),
        made('span', 'meaning', MEANING.get(name) ?? ''), value);
      entry = { row, value, segment: made('span', `segment tone-${tone}`) };
      this.#rows.set(name, entry);
      find('stages', HTMLElement).append(row);
      find('lane-python', HTMLElement).append(entry.segment);
    }
    if (ms === undefined || width === undefined) return;
    entry.value.textContent = `${ms.toFixed(2)} ms`;
    entry.segment.style.width = width;
  }
}
