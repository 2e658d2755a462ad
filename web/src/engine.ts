import type { Manifest } from './assets.js';
import { WorkerError, type BlurStreamError } from './errors.js';
import { PROTOCOL_VERSION, type PageToGate, type PageToStream, type StreamToPage } from './protocol.js';
import { startWorker, type WorkerScripts } from './scripts.js';

/** Each stream reports once a second. */
const CHECK_MS = 2000;
const MISSES = 3;
/** What the gate gets to end the workers below it. */
const CLOSE_GRACE_MS = 1000;

export interface SeatEvents {
  hear(message: StreamToPage): void;
  /** The gate is gone, and nobody can write to the track any more. */
  died(error: BlurStreamError): void;
}

/** A stream's place at the engine. */
export interface Seat {
  /** Who hears of the stream from now on. */
  listen(events: SeatEvents): void;
  post(message: PageToStream, transfer?: Transferable[]): void;
  /** Nothing more is heard; the last one to leave ends the workers. */
  leave(): void;
  /** Streams that begin from now on get new workers: these have failed. */
  condemn(): void;
}

/**
 * The gate worker, and with it Python and the model, that the streams of a page share. It lives as long as one of them
 * does.
 */
export class Engine {
  static readonly #running = new Map<string, Engine>();

  readonly #gateUrl: string;
  readonly #worker: Worker;
  readonly #check: ReturnType<typeof setInterval>;
  readonly #seats = new Set<{ events: SeatEvents | null }>();
  #heard = true;
  #misses = 0;
  #death: BlurStreamError | null = null;

  /** The one that runs with these files, or a new one. */
  static at(gateUrl: string): Engine {
    const running = Engine.#running.get(gateUrl) ?? new Engine(gateUrl);
    Engine.#running.set(gateUrl, running);
    return running;
  }

  private constructor(gateUrl: string) {
    this.#gateUrl = gateUrl;
    this.#worker = startWorker(gateUrl, 'gate');
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const cause =
        event.message ||
        `${gateUrl} could not be run as a module script: check worker-src of the Content-Security-Policy and the ` +
          'type it is served with';
      this.#die(new WorkerError('gate-died', `The gate worker died: ${cause}`, { url: gateUrl }));
    };
    this.#check = setInterval(() => this.#checkGate(), CHECK_MS);
  }

  join(assetBase: string, workers: WorkerScripts, { files }: Manifest): Seat {
    const { port1: mine, port2: port } = new MessageChannel();
    const seat = { events: null as SeatEvents | null };
    mine.onmessage = ({ data }: MessageEvent<StreamToPage>) => {
      this.#heard = true;
      seat.events?.hear(data);
    };
    this.#seats.add(seat);
    this.#post({ type: 'open', protocol: PROTOCOL_VERSION, assetBase, workers, files, port }, [port]);
    return {
      listen: (events) => {
        seat.events = events;
        // Between two listeners it may have died.
        if (this.#death !== null) queueMicrotask(() => events.died(this.#death as BlurStreamError));
      },
      post: (message, transfer = []) => mine.postMessage(message, transfer),
      leave: () => {
        mine.close();
        if (this.#seats.delete(seat) && this.#seats.size === 0) this.#end();
      },
      condemn: () => this.#condemn(),
    };
  }

  #post(message: PageToGate, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #condemn(): void {
    if (Engine.#running.get(this.#gateUrl) === this) Engine.#running.delete(this.#gateUrl);
  }

  #end(): void {
    this.#condemn();
    clearInterval(this.#check);
    this.#post({ type: 'close' });
    setTimeout(() => this.#worker.terminate(), CLOSE_GRACE_MS);
  }

  /** Only a script error tells of itself. What the others saw last stays safe, but it is frozen. */
  #checkGate(): void {
    this.#misses = this.#heard ? 0 : this.#misses + 1;
    this.#heard = false;
    if (this.#misses < MISSES) return;
    this.#die(
      new WorkerError(
        'gate-hung',
        `The gate worker has not reported for ${MISSES} checks of ${CHECK_MS} ms: the track is ended, start anew`,
        { checks: MISSES },
      ),
    );
  }

  #die(error: BlurStreamError): void {
    this.#condemn();
    this.#death = error;
    for (const { events } of [...this.#seats]) events?.died(error);
  }
}
