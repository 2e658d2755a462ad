import { fromWire, ModelError, WorkerError, type BlurStreamError } from '../errors.js';
import { unreachable, type ComposerToSegmenter, type SegmenterToComposer } from '../protocol.js';

/** Many times what the network takes, on any machine that can run it at all. */
const MODEL_TIMEOUT_MS = 2000;
/** A run may fail; a session that has lost its memory fails always. */
const MAX_FAILURES_IN_A_ROW = 5;

export interface LinkEvents {
  ready(description: string): void;
  mask(request: number, mask: Float32Array): void;
  failed(error: BlurStreamError): void;
  /** It hangs, or fails again and again; what it was asked has been reported as failed. */
  broken(error: BlurStreamError): void;
}

/**
 * The composer's end of the channel to the segmenter: one run at a time, its input buffer used again and
 * again.
 */
export class SegmenterLink {
  readonly #events: LinkEvents;
  #port: MessagePort | null = null;
  #spare: ArrayBuffer | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #modelMs = 0;
  #runs = 0;
  #failures = 0;

  constructor(events: LinkEvents) {
    this.#events = events;
  }

  /** A segmenter, the first or a new one, is at the other end of this port. */
  join(port: MessagePort): void {
    this.leave();
    this.#port = port;
    this.#failures = 0;
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
    const buffer =
      this.#spare?.byteLength === input.byteLength ? this.#spare : new ArrayBuffer(input.byteLength);
    this.#spare = null;
    new Uint8Array(buffer).set(input);
    const message: ComposerToSegmenter = { type: 'run', request, input: buffer };
    this.#port.postMessage(message, [buffer]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const message = `The segmenter worker has not answered for ${MODEL_TIMEOUT_MS} ms; it is started again`;
      this.#fail(new ModelError('model-timeout', message));
      this.#events.broken(new WorkerError('segmenter-hung', message, { waitedMs: MODEL_TIMEOUT_MS }));
    }, MODEL_TIMEOUT_MS);
  }

  /** Mean time of a run since the last reading; null if there was none. */
  readModelMs(): number | null {
    const mean = this.#runs === 0 ? null : this.#modelMs / this.#runs;
    this.#modelMs = this.#runs = 0;
    return mean;
  }

  #hear(message: SegmenterToComposer): void {
    switch (message.type) {
      case 'ready':
        return this.#events.ready(message.model);
      case 'mask':
        clearTimeout(this.#timer);
        this.#spare = message.input;
        this.#modelMs += message.modelMs;
        this.#runs += 1;
        this.#failures = 0;
        return this.#events.mask(message.request, message.mask);
      case 'model-error':
        clearTimeout(this.#timer);
        this.#spare = message.input;
        return this.#fail(fromWire(message.error));
      default:
        return unreachable(message);
    }
  }

  #fail(error: BlurStreamError): void {
    this.#failures += 1;
    this.#events.failed(error);
    if (this.#failures !== MAX_FAILURES_IN_A_ROW) return;
    this.#events.broken(
      new WorkerError(
        'segmenter-broken',
        `The model failed ${this.#failures} times in a row ` +
          `(${error.message}); its worker is started again`,
        { failures: this.#failures },
      ),
    );
  }
}
