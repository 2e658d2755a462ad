import { Assets } from '../assets.js';
import { showSame } from '../effects.js';
import { fromWire, WorkerError, type BlurStreamError } from '../errors.js';
import {
  unreachable,
  type ComposerToGate,
  type GateToComposer,
  type GateToSegmenter,
  type Look,
  type SegmenterToGate,
  type WorkerStart,
} from '../protocol.js';
import { Child } from './child.js';
import { letGo } from './fitting.js';
import type { FrameShape } from './shape.js';

/** Longer than a busy machine stalls: a new composer takes seconds, nobody wants one in vain. */
const HUNG_AFTER_MS = 3000;
/** Of the first frame: WebAssembly runs slowly until the engine has optimised it (3.2 s in WebKitGTK on two busy cores). */
const FIRST_HUNG_AFTER_MS = 10_000;

/** What of the composer's messages is about a stream, not about the composer's life. */
export type ComposerNews = Extract<ComposerToGate, { stream: number }>;
/** A camera frame, and what is to be known of it. */
export type Shot = Omit<Extract<GateToComposer, { type: 'frame' }>, 'type' | 'stream'>;

export interface CrewEvents {
  news(message: ComposerNews): void;
  loaded(name: string): void;
  /** Both workers are ready, for the first time or again. */
  complete(): void;
  /** A worker is gone. With `final` the crew is at its end, and all of it has been stopped. */
  lost(error: BlurStreamError, final: boolean, wasComposer: boolean): void;
}

/** What a composer has to know of a stream, kept for the next one. */
interface Ordered {
  look: Look;
  /** number of the newest update in it */
  update: number;
}

/**
 * The two workers below the gate, which all its streams share, and the channel between them: whichever is started
 * again, the other gets a new port. Nothing here touches a frame's picture.
 */
export class Crew {
  readonly #common: WorkerStart;
  readonly #events: CrewEvents;
  readonly #composer: Child<GateToComposer, ComposerToGate>;
  readonly #segmenter: Child<GateToSegmenter, SegmenterToGate>;
  readonly #streams = new Map<number, Ordered>();
  /** The segmenter's end of the channel, while there is no segmenter to take it. */
  #vacantPort: MessagePort | null = null;
  /** The composer has made a frame. */
  #answered = false;

  constructor(common: WorkerStart, events: CrewEvents) {
    this.#common = common;
    this.#events = events;
    const assets = new Assets(common.assetBase, common.files, (name) => events.loaded(name));
    this.#composer = new Child('composer', assets, common.workers, {
      begin: (worker) => this.#beginComposer(worker),
      hear: (message) => this.#hearComposer(message),
      hearLate: (message) => {
        if (message?.type === 'made') letGo(message.frame);
      },
      lost: (error, final) => this.#lose(error, final, true),
    });
    this.#segmenter = new Child('segmenter', assets, common.workers, {
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
  get complete(): boolean {
    return this.#composer.ready && this.#segmenter.ready;
  }
  /** What the composer gets for a frame before it counts as hung. */
  get patienceMs(): number {
    return this.#answered ? HUNG_AFTER_MS : FIRST_HUNG_AFTER_MS;
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

  open(stream: number, look: Look): void {
    this.#streams.set(stream, { look, update: -1 });
    this.#composer.post({ type: 'open', stream, update: -1, ...look });
  }

  close(stream: number): void {
    this.#streams.get(stream)?.look.picture?.close();
    this.#streams.delete(stream);
    this.#composer.post({ type: 'close', stream });
  }

  /** transfers the frame and the backdrop */
  compose(stream: number, shot: Shot): void {
    const { frame, backdrop } = shot;
    this.#composer.post({ type: 'frame', stream, ...shot }, backdrop === null ? [frame] : [frame, backdrop]);
  }

  measure(stream: number): void {
    if (this.#composer.ready) this.#composer.post({ type: 'measure', stream });
  }

  /** If need be for the next composer. transfers the backdrop */
  update(stream: number, id: number, { settings, picture }: Look, backdrop: VideoFrame | null): void {
    const ordered = this.#streams.get(stream);
    if (ordered === undefined) {
      picture?.close();
      return backdrop?.close();
    }
    const stays = picture === null && showSame(settings.effect, ordered.look.settings.effect);
    if (!stays) ordered.look.picture?.close();
    ordered.look = { settings, picture: stays ? ordered.look.picture : picture };
    ordered.update = id;
    const message: GateToComposer = { type: 'update', stream, id, settings, picture, backdrop };
    this.#composer.post(message, backdrop === null ? [] : [backdrop]);
  }

  /** `shape`: of the frame that does not come back. */
  composerHung(waitedMs: number, { format, width, height }: FrameShape): void {
    this.#composer.replace(
      new WorkerError(
        'composer-hung',
        `The composer worker has not answered for ${Math.round(waitedMs)} ms, since a frame of ${width}x${height} ` +
          `in ${format ?? 'no known format'}; it is started again`,
        { waitedMs, format, width, height },
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
    this.#answered = false;
    const message: GateToComposer = { type: 'start', ...this.#common, port: port1 };
    worker.postMessage(message, [port1]);
    for (const [stream, { look, update }] of this.#streams) {
      this.#composer.post({ type: 'open', stream, update, ...look });
    }
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
      case 'made':
        this.#answered = true;
        return this.#events.news(message);
      case 'refused':
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
    if (this.complete) this.#events.complete();
  }

  #lose(error: BlurStreamError, final: boolean, wasComposer: boolean): void {
    if (final) this.stop();
    else if (!wasComposer) this.#composer.post({ type: 'segmenter-lost', reason: error.code });
    this.#events.lost(error, final, wasComposer);
  }
}
