import type { Assets } from '../assets.js';
import { fromWire, toWire, WorkerError, type BlurStreamError, type WireError } from '../errors.js';
import { scriptOf, startWorker, type WorkerScripts } from '../scripts.js';
import { RestartBudget } from './restarts.js';

// One file of 2.5 MB over a poor line; a step of starting Python or the model on a slow machine.
const DOWNLOAD_STALL_MS = 180_000;
const START_STALL_MS = 45_000;

type Report = { type: string; error?: WireError | null };

export interface ChildEvents<In> {
  /** The worker runs: hand it its first message. */
  begin(worker: Worker): void;
  hear(message: In): void;
  /** From a worker that was replaced meanwhile: to be ignored, but for what it carries. */
  hearLate(message: In): void;
  /**
   * It is gone. With `final` nothing will come back: the fault is not one that goes away, or came too
   * often.
   */
  lost(error: BlurStreamError, final: boolean): void;
}

/** A nested worker that is started again when it dies, hangs or fails, a bounded number of times. */
export class Child<Out, In extends Report> {
  readonly #name: string;
  readonly #assets: Assets;
  readonly #from: WorkerScripts;
  readonly #events: ChildEvents<In>;
  readonly #budget = new RestartBudget();
  #worker: Worker | null = null;
  #readyMs: number | null = null;
  #aliveMs = 0;
  #stallMs = DOWNLOAD_STALL_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wanted = false;

  constructor(name: string, assets: Assets, from: WorkerScripts, events: ChildEvents<In>) {
    this.#name = name;
    this.#assets = assets;
    this.#from = from;
    this.#events = events;
  }

  get ready(): boolean {
    return this.#readyMs !== null;
  }
  get running(): boolean {
    return this.#worker !== null;
  }
  get restarts(): number {
    return this.#budget.total;
  }

  start(): void {
    this.#wanted = true;
    scriptOf(this.#assets, `${this.#name}.mjs`, this.#from)
      .then((url) => {
        if (this.#wanted) this.#spawn(url);
      })
      .catch((error: unknown) => this.replace(fromWire(toWire(error, `${this.#name}-unreachable`))));
  }

  post(message: Out, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  /** Ends the worker and, as far as the budget goes and the fault can pass, starts another one. */
  replace(error: BlurStreamError): void {
    if (!this.#wanted) return;
    const ranMs = this.#readyMs === null ? 0 : performance.now() - this.#readyMs;
    this.stop();
    const delayMs = isLasting(error) ? null : this.#budget.take(ranMs);
    if (delayMs !== null) this.#timer = setTimeout(() => this.start(), delayMs);
    this.#events.lost(error, delayMs === null);
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.#readyMs = null;
  }

  /** To be called now and then: notices a start that does not get on. */
  check(nowMs: number): void {
    if (this.#worker === null || this.ready || nowMs - this.#aliveMs < this.#stallMs) return;
    this.replace(
      new WorkerError(
        `${this.#name}-start-timeout`,
        `The ${this.#name} worker did not get on with ` + `starting for ${this.#stallMs / 1000} s`,
        { waitedMs: nowMs - this.#aliveMs },
      ),
    );
  }

  /** The clock jumped (the machine slept): what looks old may not be. */
  forgive(nowMs: number): void {
    this.#aliveMs = nowMs;
  }

  #spawn(url: string): void {
    const worker = startWorker(url, this.#name);
    this.#worker = worker;
    this.#stallMs = DOWNLOAD_STALL_MS;
    this.#aliveMs = performance.now();
    worker.onmessage = (event: MessageEvent<In>) => {
      if (worker !== this.#worker) return this.#events.hearLate(event.data);
      try {
        this.#hear(event.data);
      } catch (error) {
        this.replace(
          new WorkerError(
            `${this.#name}-garbled`,
            `The ${this.#name} worker said what nobody understands (${String(error)}); it is started again`,
          ),
        );
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      this.replace(
        new WorkerError(
          `${this.#name}-died`,
          `The ${this.#name} worker died: ` +
            `${event.message || `${url} could not be run as a module script`}`,
          { url },
        ),
      );
    };
    this.#events.begin(worker);
  }

  #hear(message: In): void {
    this.#aliveMs = performance.now();
    if (message.type === 'starting') this.#stallMs = START_STALL_MS;
    if (message.type === 'ready') this.#readyMs = this.#aliveMs;
    if (message.type === 'failed' && message.error) {
      this.replace(fromWire(message.error));
    } else {
      this.#events.hear(message);
    }
  }
}

/** Faults that a new start would only meet again. */
function isLasting(error: BlurStreamError): boolean {
  if (error.name === 'AssetError') return error.code !== 'asset-unreachable';
  return error.name === 'UnsupportedError' || error.name === 'ModelError' || error.name === 'OptionsError';
}
