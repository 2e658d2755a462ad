import { fromWire, WorkerError, type BlurStreamError } from '../errors.js';
import { unreachable, type ComposerToSegmenter, type SegmenterToComposer } from '../protocol.js';

/** Many times what the network takes, on any machine that can run it at all. */
const MODEL_TIMEOUT_MS = 2000;
/** A run may fail; a session that has lost its memory fails always. */
const MAX_FAILURES_IN_A_ROW = 5;

export interface LinkEvents {
  ready(description: string): void;
  mask(stream: number, request: number, mask: Float32Array, modelMs: number): void;
  failed(stream: number, error: BlurStreamError): void;
  /** It hangs, or fails again and again: nothing that it was asked is answered any more. */
  broken(error: BlurStreamError): void;
}

interface Run {
  readonly stream: number;
  readonly request: number;
  readonly input: ArrayBuffer;
}

/**
 * The composer's end of the channel to the segmenter: one run at a time, in the order in which the streams ask; input
 * buffers are used again and again.
 */
export class SegmenterLink {
  readonly #events: LinkEvents;
  #port: MessagePort | null = null;
  readonly #spare: ArrayBuffer[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** what waits; the first of them is being run */
  #runs: Run[] = [];
  #nextRun = 0;
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
    this.#runs = [];
  }

  /** Copies `input`, and sends the copy when its turn comes. */
  run(stream: number, request: number, input: Uint8Array): void {
    if (this.#port === null) return;
    const spare = this.#spare.pop();
    const buffer = spare?.byteLength === input.byteLength ? spare : new ArrayBuffer(input.byteLength);
    new Uint8Array(buffer).set(input);
    this.#runs.push({ stream, request, input: buffer });
    if (this.#runs.length === 1) this.#send();
  }

  #send(): void {
    const [run] = this.#runs;
    if (run === undefined || this.#port === null) return;
    this.#nextRun += 1;
    const message: ComposerToSegmenter = { type: 'run', request: this.#nextRun, input: run.input };
    this.#port.postMessage(message, [run.input]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const message = `The segmenter worker has not answered for ${MODEL_TIMEOUT_MS} ms; it is started again`;
      this.#runs = [];
      this.#events.broken(new WorkerError('segmenter-hung', message, { waitedMs: MODEL_TIMEOUT_MS }));
    }, MODEL_TIMEOUT_MS);
  }

  #hear(message: SegmenterToComposer): void {
    if (message.type === 'ready') return this.#events.ready(message.model);
    // What comes after its time has run out was reported as failed.
    if (message.request !== this.#nextRun || this.#runs.length === 0) return;
    clearTimeout(this.#timer);
    const { stream, request } = this.#runs.shift() as Run;
    this.#spare.push(message.input);
    this.#send(); // the model works while this answer is composed
    switch (message.type) {
      case 'mask':
        this.#failures = 0;
        return this.#events.mask(stream, request, message.mask, message.modelMs);
      case 'model-error':
        return this.#fail(stream, fromWire(message.error));
      default:
        return unreachable(message);
    }
  }

  #fail(stream: number, error: BlurStreamError): void {
    this.#failures += 1;
    this.#events.failed(stream, error);
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
