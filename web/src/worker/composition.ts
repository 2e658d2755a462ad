import { BlurStreamError, toWire } from '../errors.js';
import type { Settings } from '../options.js';
import type { ComposerToGate, GateToComposer } from '../protocol.js';
import type { QualityChange } from '../stats.js';
import { activityOf, type PythonStats } from './activity.js';
import { Backdrop } from './backdrop.js';
import { copyPixels, isUpright, pictureFrom, pixelKindOf, upright } from './picture.js';
import type { Engine, EngineCallbacks, OpenEngine } from './python.js';
import { SOUND_MS } from './restarts.js';
import { shapeOf, type FrameShape } from './shape.js';

type Update = Extract<GateToComposer, { type: 'update' }>;
type Open = Extract<GateToComposer, { type: 'open' }>;
type Shot = Extract<GateToComposer, { type: 'frame' }>;

export interface CompositionEvents {
  tell(message: ComposerToGate, transfer?: Transferable[]): void;
  /** Copy of the model's input is to be sent. */
  run(request: number, input: Uint8Array): void;
}

/** One stream's frames, into Python and out of it. */
export class Composition {
  readonly #stream: number;
  readonly #events: CompositionEvents;
  readonly #open: OpenEngine;
  readonly #inSlot = new Map<number, { sequence: number; shape: FrameShape }>();
  readonly #backdrop = new Backdrop();
  readonly #copy = new Stopwatch();
  readonly #picture = new Stopwatch();
  readonly #model = new Stopwatch();
  #engine: Engine;
  #update: number;
  /** Those that Python has taken. */
  #settings: Settings | null = null;
  /** Requests up to here were asked by engines that are no more: each begins to count at one. */
  #asked = 0;
  #newestRequest = 0;
  #renewedMs = -Infinity;
  /** number of the newest frame taken */
  #newest = -1;
  /** Slides are upright, and so is who is put on them. */
  #presents: boolean;

  /** Raises what Python raises. */
  constructor({ stream, update, settings, picture }: Open, open: OpenEngine, events: CompositionEvents) {
    this.#stream = stream;
    this.#update = update;
    this.#presents = settings.effect.type === 'presenter';
    this.#events = events;
    this.#open = open;
    this.#engine = this.#start();
    try {
      this.#configure(settings);
    } catch (error) {
      events.tell({ type: 'refused', stream, id: update, error: toWire(error, 'settings-refused') });
    }
    this.#backdrop.set(settings.effect, picture);
  }

  #start(): Engine {
    const [stream, events] = [this.#stream, this.#events];
    return this.#open({
      postInput: (request, address, bytes) => {
        const number = this.#asked + request;
        this.#newestRequest = Math.max(this.#newestRequest, number);
        events.run(number, this.#engine.memory(address, bytes));
      },
      emit: (...args) => this.#emit(...args),
      report: ({ type, code, message, details }) =>
        events.tell(
          type === 'quality'
            ? { type, stream, change: details as unknown as QualityChange }
            : { type: 'notice', stream, level: type, error: { name: 'BlurStreamError', code, message, details } },
        ),
    });
  }

  #configure(settings: Settings): void {
    this.#engine.configure(JSON.stringify(settings));
    this.#settings = settings;
  }

  /**
   * Another engine takes the place of one whose state is not to be trusted any more; what was in it is lost. Raises
   * `error` again where that is no help: what Python itself did not survive, or one engine after the other.
   */
  renew(error: unknown, description: string | null): void {
    const nowMs = performance.now();
    if (!(error instanceof BlurStreamError) || nowMs - this.#renewedMs < SOUND_MS) throw error;
    this.#renewedMs = nowMs;
    const stream = this.#stream;
    const fault = toWire(error, error.code);
    const lost = [...this.#inSlot.values()];
    for (const { sequence } of lost) this.#events.tell({ type: 'faulted', stream, sequence, error: fault });
    if (lost.length === 0) this.#events.tell({ type: 'notice', stream, level: 'error', error: fault });
    this.#inSlot.clear();
    this.#engine.close();
    this.#asked = this.#newestRequest;
    this.#engine = this.#start();
    if (this.#settings !== null) this.#configure(this.#settings);
    this.#backdrop.again();
    if (description !== null) this.openModel(description);
  }

  close(): void {
    this.#inSlot.clear();
    this.#backdrop.close();
    this.#engine.close();
  }

  openModel(description: string): void {
    this.#engine.openModel(description);
  }

  modelLost(): void {
    this.#engine.modelLost(performance.now());
  }

  mask(request: number, mask: Float32Array, modelMs: number): void {
    if (request <= this.#asked) return;
    this.#model.add(modelMs);
    this.#engine.onMask(request - this.#asked, mask, performance.now());
  }

  modelFailed(code: string, message: string): void {
    this.#engine.onModelError(code, message, performance.now());
  }

  async update({ id, settings, picture, backdrop }: Update): Promise<void> {
    const stream = this.#stream;
    try {
      this.#configure(settings);
    } catch (error) {
      picture?.close();
      backdrop?.close();
      this.#events.tell({ type: 'refused', stream, id, error: toWire(error, 'settings-refused') });
      return;
    }
    this.#update = id;
    this.#presents = settings.effect.type === 'presenter';
    this.#backdrop.set(settings.effect, picture);
    if (backdrop !== null) this.#backdrop.show(backdrop);
    // Those on their way are shown with the new picture, too. What fails here the next frame meets again, and tells.
    for (const { shape } of this.#inSlot.values()) {
      await this.#backdrop.supply(this.#engine, shape).catch(() => undefined);
    }
  }

  /** Python's slot, the pixels into it, and on. Owns the frame and the backdrop. */
  async take(shot: Shot): Promise<void> {
    const startMs = performance.now();
    const engine = this.#engine;
    const { sequence, renewed, backdrop } = shot;
    if (sequence <= this.#newest) {
      shot.frame.close(); // the gate waits for it no more
      return backdrop?.close();
    }
    this.#newest = sequence;
    let { frame, shape } = shot;
    let slot: number | null = null;
    if (backdrop !== null) this.#backdrop.show(backdrop);
    try {
      if (this.#presents && !isUpright(shape)) {
        frame = upright(shot.frame);
        shot.frame.close();
        shape = { ...shapeOf(frame), timestamp: shape.timestamp, duration: shape.duration };
      }
      if (renewed) engine.renew();
      const { format, matrix, fullRange, converted } = pixelKindOf(shape);
      const { width, height, timestamp } = shape;
      const layout = engine.begin(format, width, height, timestamp, matrix, fullRange, startMs);
      slot = layout[0];
      this.#inSlot.set(slot, { sequence, shape });
      await this.#backdrop.supply(engine, shape);
      await copyPixels(frame, converted, engine.memory(layout[1], layout[2]), layout.slice(3));
    } catch (error) {
      if (slot !== null) engine.abandon(slot, String(error));
      if (slot !== null) this.#inSlot.delete(slot);
      const fault = toWire(error, 'frame-unreadable');
      this.#events.tell({ type: 'faulted', stream: this.#stream, sequence, error: fault });
      return;
    } finally {
      frame.close();
    }
    this.#copy.add(performance.now() - startMs);
    engine.submit(slot, performance.now());
  }

  #emit(
    ...[slot, kind, reason, address, bytes, width, height, , layout]: Parameters<EngineCallbacks['emit']>
  ): void {
    const startMs = performance.now();
    const [stream, update] = [this.#stream, this.#update];
    const taken = this.#inSlot.get(slot);
    this.#inSlot.delete(slot);
    if (taken === undefined) return;
    const { sequence, shape } = taken;
    try {
      const frame = pictureFrom(this.#engine.memory(address, bytes), width, height, layout, shape);
      this.#events.tell({ type: 'made', stream, sequence, kind, reason, frame, update }, [frame]);
    } catch (error) {
      const fault = toWire(error, 'frame-unwritable');
      this.#events.tell({ type: 'faulted', stream, sequence, error: fault });
    }
    this.#picture.add(performance.now() - startMs);
  }

  measure(): void {
    const python = JSON.parse(this.#engine.stats(performance.now())) as PythonStats;
    this.#events.tell({
      type: 'measured',
      stream: this.#stream,
      stats: {
        stageMs: { copy: this.#copy.read() ?? 0, ...python.stageMs, picture: this.#picture.read() ?? 0 },
        modelMs: this.#model.read(),
        heapBytes: this.#engine.heapBytes,
        ...activityOf(python),
      },
    });
  }
}

/** The mean of some times. */
class Stopwatch {
  #sumMs = 0;
  #count = 0;

  add(ms: number): void {
    this.#sumMs += ms;
    this.#count += 1;
  }

  /** In milliseconds, of what was added since the last reading; null if nothing was. */
  read(): number | null {
    const mean = this.#count === 0 ? null : Math.round((this.#sumMs / this.#count) * 1000) / 1000;
    this.#sumMs = this.#count = 0;
    return mean;
  }
}
