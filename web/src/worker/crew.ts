import { Assets } from '../assets.js';
import { fromWire, WorkerError, type BlurStreamError } from '../errors.js';
import type { Settings } from '../options.js';
import {
  unreachable,
  type ComposerToGate,
  type GateToComposer,
  type GateToSegmenter,
  type SegmenterToGate,
  type WorkerStart,
} from '../protocol.js';
import { Child } from './child.js';

/** What of the composer's messages is about frames and effects, not about its life. */
export type ComposerNews = Extract<
  ComposerToGate,
  { type: 'made' | 'faulted' | 'notice' | 'quality' | 'measured' | 'updated' }
>;

export interface CrewEvents {
  news(message: ComposerNews): void;
  loaded(name: string): void;
  /** Both workers are ready, for the first time or again. */
  complete(): void;
  /** A worker is gone. With `final` the crew is at its end, and all of it has been stopped. */
  lost(error: BlurStreamError, final: boolean, wasComposer: boolean): void;
}

/**
 * The two workers below the gate, and the channel between them: whichever is started again, the other gets
 * a new port. Nothing here touches a frame's picture.
 */
export class Crew {
  readonly #common: WorkerStart;
  readonly #events: CrewEvents;
  readonly #composer: Child<GateToComposer, ComposerToGate>;
  readonly #segmenter: Child<GateToSegmenter, SegmenterToGate>;
  readonly #updates = new Set<number>();
  #settings: Settings;
  /** Kept for the next composer, which gets a copy as this one did. */
  #picture: ImageBitmap | null;
  /** The segmenter's end of the channel, while there is no segmenter to take it. */
  #vacantPort: MessagePort | null = null;

  constructor(common: WorkerStart, settings: Settings, picture: ImageBitmap | null, events: CrewEvents) {
    this.#common = common;
    this.#settings = settings;
    this.#picture = picture;
    this.#events = events;
    const assets = new Assets(common.assetBase, common.files, (name) => events.loaded(name));
    this.#composer = new Child('composer', assets, {
      begin: (worker) => this.#beginComposer(worker),
      hear: (message) => this.#hearComposer(message),
      hearLate: (message) => {
        if (message.type === 'made') message.frame.close();
      },
      lost: (error, final) => this.#lose(error, final, true),
    });
    this.#segmenter = new Child('segmenter', assets, {
      begin: (worker) => this.#beginSegmenter(worker),
      hear: (message) => {
        if (message.type === 'loaded') this.#events.loaded(message.name);
        if (message.type === 'ready') this.#checkComplete();
      },
      hearLate: () => undefined,
      lost: (error, final) => this.#lose(error, final, false),
    });
  }

  get composing(): boolean {
    return this.#composer.ready;
  }
  get restarts(): number {
    return this.#composer.restarts + this.#segmenter.restarts;
  }

  start(): void {
    this.#composer.start();
    this.#segmenter.start();
  }

  stop(): void {
    this.#composer.stop();
    this.#segmenter.stop();
    this.#vacantPort?.close();
    this.#vacantPort = null;
  }

  /** transfers frame */
  compose(sequence: number, frame: VideoFrame): void {
    this.#composer.post({ type: 'frame', sequence, frame }, [frame]);
  }

  measure(): void {
    if (this.#composer.ready) this.#composer.post({ type: 'measure' });
  }

  /** Is answered by 'updated', if need be by the next composer. */
  update(id: number, settings: Settings, picture: ImageBitmap | null): void {
    if (picture !== null || settings.effect.type !== 'image') {
      this.#picture?.close();
      this.#picture = picture;
    }
    this.#settings = settings;
    this.#updates.add(id);
    this.#composer.post({ type: 'update', id, settings, picture });
  }

  get openUpdates(): readonly number[] {
    return [...this.#updates];
  }

  composerHung(waitedMs: number): void {
    this.#composer.replace(
      new WorkerError(
        'composer-hung',
        `The composer worker has not answered for ${Math.round(waitedMs)} ms; it is started again`,
        { waitedMs },
      ),
    );
  }

  check(nowMs: number): void {
    this.#composer.check(nowMs);
    this.#segmenter.check(nowMs);
  }

  forgive(nowMs: number): void {
    this.#composer.forgive(nowMs);
    this.#segmenter.forgive(nowMs);
  }

  #beginComposer(worker: Worker): void {
    const { port1, port2 } = new MessageChannel();
    const settings = this.#settings;
    const message: GateToComposer = {
      type: 'start',
      ...this.#common,
      settings,
      picture: this.#picture,
      port: port1,
    };
    worker.postMessage(message, [port1]);
    for (const id of this.#updates) this.#composer.post({ type: 'update', id, settings, picture: null });
    if (this.#segmenter.running) this.#segmenter.post({ type: 'composer-joined', port: port2 }, [port2]);
    else this.#vacantPort = port2;
  }

  #beginSegmenter(worker: Worker): void {
    let port = this.#vacantPort;
    this.#vacantPort = null;
    if (port === null) {
      const { port1, port2 } = new MessageChannel();
      this.#composer.post({ type: 'segmenter-joined', port: port1 }, [port1]);
      port = port2;
    }
    const message: GateToSegmenter = { type: 'start', ...this.#common, port };
    worker.postMessage(message, [port]);
  }

  #hearComposer(message: ComposerToGate): void {
    switch (message.type) {
      case 'loaded':
        return this.#events.loaded(message.name);
      case 'ready':
        return this.#checkComplete();
      case 'segmenter-broken':
        return this.#segmenter.replace(fromWire(message.error));
      case 'starting':
      case 'failed':
        return; // Child has seen to it
      case 'updated':
        this.#updates.delete(message.id);
        return this.#events.news(message);
      case 'made':
      case 'faulted':
      case 'notice':
      case 'quality':
      case 'measured':
        return this.#events.news(message);
      default:
        return unreachable(message);
    }
  }

  #checkComplete(): void {
    if (this.#composer.ready && this.#segmenter.ready) this.#events.complete();
  }

  #lose(error: BlurStreamError, final: boolean, wasComposer: boolean): void {
    if (final) this.stop();
    else if (!wasComposer) this.#composer.post({ type: 'segmenter-lost', reason: error.code });
    this.#events.lost(error, final, wasComposer);
  }
}
