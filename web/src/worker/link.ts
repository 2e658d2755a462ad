import type { ComposerToSegmenter, SegmenterToComposer } from '../protocol.js';
import { fromWire, type BlurStreamError } from '../errors.js';
import { unreachable } from '../protocol.js';

/** Many times what the network takes, on any machine that can run it at all. */
const MODEL_TIMEOUT_MS = 2000;

export interface LinkEvents {
  ready(description: string): void;
  mask(request: number, mask: Float32Array): void;
  failed(error: BlurStreamError): void;
  hung(waitedMs: number): void;
}

/** The composer's end of the channel to the segmenter: one run at a time, its input buffer used again and again. */
export class SegmenterLink {
  readonly #events: LinkEvents;
  #port: MessagePort | null = null;
  #spare: ArrayBuffer | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #modelMs = 0;
  #runs = 0;

  constructor(events: LinkEvents) {
    this.#events = events;
  }

  /** A segmenter, the first or a new one, is at the other end of this port. */
  join(port: MessagePort): void {
    this.leave();
    this.#port = port;
    port.onmessage = (event: MessageEvent<SegmenterToComposer>) => this.#hear(event.data);
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#port?.close();
    this.#port = null;
  }

  /** Copies `input` and sends the copy. */
  run(request: number, input: Uint8Array): void {
    if (this.#port === null) return;
    const buffer = this.#spare?.byteLength === input.byteLength ? this.#spare : new ArrayBuffer(input.byteLength);
    this.#spare = null;
    new Uint8Array(buffer).set(input);
    const message: ComposerToSegmenter = { type: 'run', request, input: buffer };
    this.#port.postMessage(message, [buffer]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#events.hung(MODEL_TIMEOUT_MS), MODEL_TIMEOUT_MS);
  }

  /** Mean time of a run since the last reading; null if there was none. */
  readModelMs(): number | null {
    const mean = this.#runs === 0 ? null : this.#modelMs / this.#runs;
    this.#modelMs = this.#runs = 0;
    return mean;
  }

  #hear(message: SegmenterToComposer): void {
    switch (message.type) {
      case 'ready': return this.#events.ready(message.model);
      case 'mask':
        clearTimeout(this.#timer);
        this.#spare = message.input;
        this.#modelMs += message.modelMs;
        this.#runs += 1;
        return this.#events.mask(message.request, message.mask);
      case 'model-error':
        clearTimeout(this.#timer);
        this.#spare = message.input;
        return this.#events.failed(fromWire(message.error));
      default: return unreachable(message);
    }
  }
}
