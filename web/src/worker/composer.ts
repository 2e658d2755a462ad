/*
 * The composer: Python on one side, the gate and the segmenter on the other. It decides nothing about
 * pixels; it moves them in and out, one step at a time, because no Python may run while copyTo writes into
 * Python's memory.
 */
import { Assets } from '../assets.js';
import { toWire, UnsupportedError } from '../errors.js';
import { unreachable, type ComposerToGate, type GateToComposer } from '../protocol.js';
import type { QualityChange } from '../stats.js';
import { workerReasons } from '../support.js';
import { activityOf, type PythonStats } from './activity.js';
import { Backdrop } from './backdrop.js';
import { SegmenterLink } from './link.js';
import { copyPixels, pictureFrom, pixelKindOf } from './picture.js';
import { PYTHON_FILES, startEngine, type Engine, type EngineCallbacks } from './python.js';
import { workerScope } from './scope.js';
import { shapeOf, type FrameShape } from './shape.js';

type Start = Extract<GateToComposer, { type: 'start' }>;
type Update = Extract<GateToComposer, { type: 'update' }>;

const scope = workerScope<GateToComposer, ComposerToGate>();

class Composer {
  readonly #link: SegmenterLink;
  readonly #inSlot = new Map<number, { sequence: number; shape: FrameShape }>();
  readonly #backdrop = new Backdrop();
  #engine: Engine | null = null;
  #copyMs = 0;
  #copies = 0;
  #pictureMs = 0;
  #pictures = 0;
  /** Every step waits for the one before it. */
  #steps: Promise<void>;

  constructor(start: Start) {
    this.#link = new SegmenterLink({
      ready: (description) => this.#step((engine) => engine.openModel(description)),
      mask: (request, mask) => this.#step((engine) => engine.onMask(request, mask, performance.now())),
      failed: (error) =>
        this.#step((engine) => engine.onModelError(error.code, error.message, performance.now())),
      broken: (error) => scope.postMessage({ type: 'segmenter-broken', error: toWire(error, error.code) }),
    });
    this.#link.join(start.port);
    this.#steps = this.#start(start).catch(fail);
  }

  handle(message: Exclude<GateToComposer, Start>): void {
    switch (message.type) {
      case 'frame':
        if (this.#engine === null) return message.frame.close();
        return this.#step((engine) => this.#take(engine, message.sequence, message.frame));
      case 'update':
        return this.#step((engine) => this.#update(engine, message));
      case 'segmenter-lost':
        this.#link.leave();
        return this.#step((engine) => engine.modelLost(performance.now()));
      case 'segmenter-joined':
        return this.#link.join(message.port);
      case 'measure':
        return this.#step((engine) => this.#measure(engine));
      default:
        return unreachable(message);
    }
  }

  async #start({ assetBase, files, settings, picture }: Start): Promise<void> {
    const reasons = workerReasons();
    if (reasons.length > 0) throw new UnsupportedError('unsupported', reasons.join('; '), { reasons });
    const missing = new Set(PYTHON_FILES);
    const assets = new Assets(assetBase, files, (name) => {
      scope.postMessage({ type: 'loaded', name });
      if (missing.delete(name) && missing.size === 0) scope.postMessage({ type: 'starting' });
    });
    const callbacks: EngineCallbacks = {
      postInput: (request, address, bytes) => this.#link.run(request, this.#memory(address, bytes)),
      emit: (...args) => this.#emit(...args),
      report: ({ type, code, message, details }) =>
        scope.postMessage(
          type === 'quality'
            ? { type, change: details as unknown as QualityChange }
            : { type: 'notice', level: type, error: { name: 'BlurStreamError', code, message, details } },
        ),
    };
    const engine = await startEngine(assets, callbacks);
    engine.configure(JSON.stringify(settings));
    this.#backdrop.set(settings.effect, picture);
    this.#engine = engine;
    scope.postMessage({ type: 'ready' });
  }

  /**
   * An exception that leaves Python here is one the pipeline did not foresee: its state is not to be
   * trusted.
   */
  #step(step: (engine: Engine) => void | Promise<void>): void {
    this.#steps = this.#steps
      .then(() => (this.#engine === null ? undefined : step(this.#engine)))
      .catch(fail);
  }

  async #update(engine: Engine, { id, settings, picture }: Update): Promise<void> {
    let own = picture;
    try {
      engine.configure(JSON.stringify(settings));
      this.#backdrop.set(settings.effect, picture);
      own = null; // the backdrop's from here on, which draws it again for the next frame if it fails now
      // Those on their way are shown with the new picture, too.
      for (const { shape } of this.#inSlot.values()) await this.#backdrop.supply(engine, shape);
      scope.postMessage({ type: 'updated', id, error: null });
    } catch (error) {
      own?.close();
      scope.postMessage({ type: 'updated', id, error: toWire(error, 'settings-refused') });
    }
  }

  /** Python's slot, the pixels into it, and on. Owns the frame. */
  async #take(engine: Engine, sequence: number, frame: VideoFrame): Promise<void> {
    const startMs = performance.now();
    let slot: number | null = null;
    try {
      const shape = shapeOf(frame);
      const kind = pixelKindOf(shape);
      const layout = engine.begin(
        kind.format,
        shape.width,
        shape.height,
        shape.timestamp,
        kind.matrix,
        kind.fullRange,
        startMs,
      );
      slot = layout[0];
      this.#inSlot.set(slot, { sequence, shape });
      await this.#backdrop.supply(engine, shape);
      await copyPixels(frame, kind, engine.memory(layout[1], layout[2]), layout.slice(3));
    } catch (error) {
      if (slot !== null) engine.abandon(slot, String(error));
      if (slot !== null) this.#inSlot.delete(slot);
      scope.postMessage({ type: 'faulted', sequence, error: toWire(error, 'frame-unreadable') });
      return;
    } finally {
      frame.close();
    }
    this.#copyMs += performance.now() - startMs;
    this.#copies += 1;
    engine.submit(slot, performance.now());
  }

  #emit(
    ...[slot, kind, reason, address, bytes, width, height, , layout]: Parameters<EngineCallbacks['emit']>
  ): void {
    const startMs = performance.now();
    const taken = this.#inSlot.get(slot);
    this.#inSlot.delete(slot);
    if (taken === undefined) return;
    const { sequence, shape } = taken;
    try {
      const frame = pictureFrom(this.#memory(address, bytes), width, height, layout, shape);
      scope.postMessage({ type: 'made', sequence, kind, reason, frame }, [frame]);
    } catch (error) {
      scope.postMessage({ type: 'faulted', sequence, error: toWire(error, 'frame-unwritable') });
    }
    this.#pictureMs += performance.now() - startMs;
    this.#pictures += 1;
  }

  #memory(address: number, bytes: number): Uint8Array<ArrayBuffer> {
    if (this.#engine === null) throw new TypeError('Python called back before it was started');
    return this.#engine.memory(address, bytes);
  }

  #measure(engine: Engine): void {
    const python = JSON.parse(engine.stats(performance.now())) as PythonStats;
    const modelMs = this.#link.readModelMs();
    scope.postMessage({
      type: 'measured',
      stats: {
        stageMs: {
          copy: round(this.#copyMs / Math.max(this.#copies, 1)),
          ...python.stageMs,
          picture: round(this.#pictureMs / Math.max(this.#pictures, 1)),
        },
        modelMs: modelMs === null ? null : round(modelMs),
        heapBytes: engine.heapBytes,
        ...activityOf(python),
      },
    });
    this.#copyMs = this.#copies = this.#pictureMs = this.#pictures = 0;
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

let failed = false;

/** Tells the gate once; it will end this worker. */
function fail(error: unknown): void {
  if (failed) return;
  failed = true;
  scope.postMessage({ type: 'failed', error: toWire(error, 'composer-failed') });
}

let composer: Composer | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === 'start') composer = new Composer(data);
  else if (composer !== null) composer.handle(data);
  else if (data.type === 'frame') data.frame.close();
};
