/** What an application hears of its stream, handed to the boards that show it. */
import type { SafeStream } from '../src/safestream.js';
import type { BlurStreamError } from '../src/errors.js';
import { Events } from './demo-events.js';
import { Figures } from './demo-figures.js';
import { Savings } from './demo-savings.js';
import type { Stats } from '../src/stats.js';

export interface Hearer {
  onState(): void;
  onStats(stats: Stats): void;
  onError(error: BlurStreamError): void;
}

export class Listening {
  readonly #figures = new Figures();
  readonly #savings = new Savings();
  readonly #events = new Events();

  /** Until the signal fires. */
  start(safe: SafeStream, signal: AbortSignal, hearer: Hearer): void {
    const on: SafeStream['addEventListener'] = (type: string, listener: EventListenerOrEventListenerObject) =>
      safe.addEventListener(type, listener, { signal });
    on('statechange', ({ detail: { state, reason } }) => {
      this.#events.add('statechange', reason ? `${state}, ${reason}` : state);
      hearer.onState();
    });
    on('stats', ({ detail }) => {
      this.#figures.show(detail);
      this.#figures.countHidden(detail);
      this.#savings.show(detail);
      hearer.onStats(detail);
    });
    on('quality', ({ detail: { level, name, reason, previousLevel } }) =>
      this.#events.add('quality', `${previousLevel} to ${level}, ${name}: ${reason}`));
    on('warning', ({ detail }) => this.#events.add('warning', `${detail.code}: ${detail.message}`));
    on('error', ({ detail }) => {
      this.#events.add('error', `${detail.code}: ${detail.message}`);
      hearer.onError(detail);
    });
    this.#events.add('opened', safe.reason ? `${safe.state}, ${safe.reason}` : safe.state);
  }

  note(type: string, text: string): void {
    this.#events.add(type, text);
  }

  /** A new stream counts from 0. */
  forget(): void {
    this.#figures.forget();
    this.#savings.forget();
  }
}
