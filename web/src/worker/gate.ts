/*
 * The gate: the only writer of the output track. It hands camera frames to the composer, writes what comes
 * back, and writes a veil whenever nothing does. It runs no Python and no model, which is why it outlives
 * both.
 */
import { toWire, UnsupportedError, type BlurStreamError, type WireError } from '../errors.js';
import {
  PROTOCOL_VERSION,
  unreachable,
  type ComposerStats,
  type GateToPage,
  type MadeFrame,
  type PageToGate,
} from '../protocol.js';
import { workerReasons } from '../support.js';
import { NO_COMPOSER_STATS, Totals } from './activity.js';
import { Crew, type ComposerNews } from './crew.js';
import { Flight, type Ticket } from './flight.js';
import { Loading } from './loading.js';
import { Meter } from './meter.js';
import { Notices } from './notices.js';
import { Output } from './output.js';
import { workerScope } from './scope.js';
import { shapeOf } from './shape.js';

/** One frame is prepared while another waits for its mask; more would only be older when they are shown. */
const COMPOSER_CREDIT = 2;
/** From here on what is on screen counts as frozen, and a veil moves on in its place. */
const VEIL_AFTER_MS = 1000;
/** Longer than a busy machine stalls: a new composer takes seconds, nobody wants one in vain. */
const RESTART_AFTER_MS = 3000;
const TICK_MS = 250;
const TICKS_PER_READING = 4;
/** A tick as late as this means that the machine slept. */
const SLEPT_MS = 2000;
/** A frame older than a veil by less came late; one older by more is of a source that counts anew. */
const OVERTAKEN_US = 1_000_000;
/** What frames that are out get to come home when all is over. */
const LANDING_MS = 500;
const LANDING_STEP_MS = 5;

type Start = Extract<PageToGate, { type: 'start' }>;
type Update = Extract<PageToGate, { type: 'update' }>;

const scope = workerScope<PageToGate, GateToPage>();
const tell = (message: GateToPage): void => scope.postMessage(message);

class Gate {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #output: Output;
  readonly #crew: Crew;
  readonly #flight = new Flight();
  readonly #meter = new Meter();
  readonly #loading: Loading;
  readonly #notices = new Notices();
  readonly #ticker: ReturnType<typeof setInterval>;
  #waiting: { ticket: Ticket; frame: VideoFrame } | null = null;
  #newest: Ticket | null = null;
  #sequence = 0;
  #ownVeilUs = -Infinity;
  readonly #totals = new Totals();
  #composerStats: ComposerStats = NO_COMPOSER_STATS;
  #ticks = 0;
  #tickMs = performance.now();
  #failure: WireError | null = null;
  #reading = true;
  #stopped = false;

  constructor(start: Start) {
    const { protocol, assetBase, files, settings, picture } = start;
    this.#reader = start.readable.getReader();
    this.#output = new Output(start.writable, this.#meter, tell, () => void this.stop('output-ended'));
    this.#loading = new Loading(files, ['gate.mjs']);
    this.#crew = new Crew({ protocol, assetBase, files }, settings, picture, {
      news: (message) => this.#hear(message),
      loaded: (name) => tell({ type: 'progress', progress: this.#loading.add(name) }),
      complete: () => {
        this.#output.completed();
        tell({ type: 'progress', progress: this.#loading.ready() });
      },
      lost: (error, final, wasComposer) => this.#lose(error, final, wasComposer),
    });
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    void this.#read();
    this.#crew.start();
  }

  update({ id, settings, picture }: Update): void {
    if (this.#failure === null) return this.#crew.update(id, settings, picture);
    picture?.close();
    tell({ type: 'updated', id, error: this.#failure });
  }

  async stop(reason: string): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#ticker);
    this.#dropWaiting();
    const closed = this.#output.close();
    // Frames inside the composer, and the one being read, come home to be closed: a cancelled read may lose
    // its frame.
    for (let waitedMs = 0; this.#awaitsFrames && waitedMs < LANDING_MS; waitedMs += LANDING_STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, LANDING_STEP_MS));
    }
    await Promise.all([this.#reader.cancel().catch(() => undefined), closed]);
    tell({ type: 'stopped', reason });
    // Ends the workers below too. They are not terminated one by one: Chromium leaves a worker running for
    // good when it is terminated while its script loads and its parent ends at once.
    scope.close();
  }

  get #awaitsFrames(): boolean {
    return this.#reading || this.#flight.size > 0;
  }

  async #read(): Promise<void> {
    try {
      while (!this.#stopped) {
        const { value, done } = await this.#reader.read();
        if (done) break;
        this.#admit(value);
      }
    } catch (error) {
      tell({ type: 'notice', level: 'error', error: toWire(error, 'source-failed') });
    }
    this.#reading = false;
    await this.stop('source-ended');
  }

  /** Sends a camera frame on its way, or lets it wait, or puts a veil in its place. Owns the frame. */
  #admit(frame: VideoFrame): void {
    if (this.#stopped) return frame.close();
    const nowMs = performance.now();
    const ticket = { sequence: this.#sequence++, shape: shapeOf(frame), readMs: nowMs };
    this.#newest = ticket;
    this.#meter.input();
    const overtakenUs = this.#ownVeilUs - ticket.shape.timestamp;
    if (overtakenUs >= 0 && overtakenUs < OVERTAKEN_US) {
      frame.close();
      this.#meter.dropped();
    } else if (this.#holdsUp(nowMs)) {
      frame.close();
      this.#dropWaiting();
      this.#output.veil(ticket, this.#reasonToVeil);
    } else if (this.#flight.size < COMPOSER_CREDIT) {
      this.#send(ticket, frame);
    } else {
      this.#dropWaiting();
      this.#waiting = { ticket, frame };
    }
  }

  /** There is no composer, or it keeps a frame for too long. */
  #holdsUp(nowMs: number): boolean {
    return !this.#crew.composing || this.#flight.oldestAgeMs(nowMs) > VEIL_AFTER_MS;
  }

  get #reasonToVeil(): string {
    return this.#crew.composing ? 'late' : this.#output.reason;
  }

  #send(ticket: Ticket, frame: VideoFrame): void {
    this.#flight.depart(ticket, performance.now());
    this.#crew.compose(ticket.sequence, frame);
  }

  #dropWaiting(): void {
    if (this.#waiting === null) return;
    this.#waiting.frame.close();
    this.#waiting = null;
    this.#meter.dropped();
  }

  /**
   * A camera has few buffers. When those that a hung composer holds are the last ones no frame comes any more,
   * and the person would stand still on screen: then the veil keeps time by itself.
   */
  #veilUnasked(nowMs: number): void {
    this.#dropWaiting();
    if (this.#newest === null || nowMs - this.#newest.readMs < TICK_MS) return;
    const { shape, readMs } = this.#newest;
    this.#ownVeilUs = shape.timestamp + Math.round((nowMs - readMs) * 1000);
    const ownShape = { ...shape, timestamp: this.#ownVeilUs };
    this.#output.veil({ sequence: this.#sequence++, shape: ownShape, readMs: nowMs }, this.#reasonToVeil);
  }

  #hear(message: ComposerNews): void {
    switch (message.type) {
      case 'made':
        return this.#land(message);
      case 'faulted':
        return this.#fault(message.sequence, message.error);
      case 'notice':
      case 'quality':
      case 'updated':
        return tell(message);
      case 'measured':
        this.#composerStats = this.#totals.add(message.stats);
        return this.#report();
      default:
        return unreachable(message);
    }
  }

  #land(message: MadeFrame): void {
    const ticket = this.#flight.land(message.sequence);
    if (ticket === undefined || this.#stopped) return message.frame.close();
    this.#output.made(message, ticket);
    this.#next();
  }

  #fault(sequence: number, error: WireError): void {
    const ticket = this.#flight.land(sequence);
    if (this.#stopped) return;
    if (ticket !== undefined) this.#output.veil(ticket, error.code);
    if (this.#notices.isNews(error, performance.now())) tell({ type: 'notice', level: 'error', error });
    this.#next();
  }

  #next(): void {
    if (this.#waiting === null || this.#flight.size >= COMPOSER_CREDIT) return;
    const { ticket, frame } = this.#waiting;
    this.#waiting = null;
    this.#send(ticket, frame);
  }

  #lose(error: BlurStreamError, final: boolean, wasComposer: boolean): void {
    if (this.#stopped) return;
    if (wasComposer || final) {
      this.#meter.dropped(this.#flight.clear());
      this.#dropWaiting();
      this.#composerStats = this.#totals.add(NO_COMPOSER_STATS);
    }
    const wire = toWire(error, error.code);
    tell({ type: 'notice', level: final ? 'error' : 'warning', error: wire });
    if (!final) return this.#output.conceal(error.code);
    this.#failure = wire;
    for (const id of this.#crew.openUpdates) tell({ type: 'updated', id, error: this.#failure });
    this.#output.fail(error.code);
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs - this.#tickMs > SLEPT_MS) {
      this.#flight.forgive(nowMs);
      this.#crew.forgive(nowMs);
    }
    this.#tickMs = nowMs;
    const heldUp = this.#holdsUp(nowMs);
    if (heldUp) this.#veilUnasked(nowMs);
    const waitedMs = this.#flight.oldestAgeMs(nowMs);
    if (waitedMs > RESTART_AFTER_MS) this.#crew.composerHung(waitedMs);
    this.#crew.check(nowMs);
    if (++this.#ticks % TICKS_PER_READING !== 0) return;
    // The composer's answer makes the report; without one it is made here.
    if (heldUp) this.#report();
    else this.#crew.measure();
  }

  #report(): void {
    const shape = this.#newest?.shape;
    tell({
      type: 'stats',
      stats: {
        state: this.#output.state,
        ...this.#meter.read(performance.now()),
        ...this.#composerStats,
        frameWidth: shape?.width ?? 0,
        frameHeight: shape?.height ?? 0,
        frameFormat: shape?.format ?? null,
        restarts: this.#crew.restarts,
      },
    });
  }
}

let gate: Gate | null = null;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'probe':
      return tell({ type: 'probed', reasons: workerReasons() });
    case 'start':
      return start(data);
    case 'update':
      return gate?.update(data);
    case 'stop':
      return void gate?.stop('stopped');
    default:
      return unreachable(data);
  }
};

function start(message: Start): void {
  const { protocol } = message;
  const reasons =
    protocol === PROTOCOL_VERSION
      ? workerReasons()
      : [
          `the script speaks protocol ${protocol}, gate.mjs ${PROTOCOL_VERSION}: take both from the same build`,
        ];
  if (reasons.length === 0) {
    gate = new Gate(message);
    return;
  }
  const error = new UnsupportedError('unsupported', `BlurStream cannot run here: ${reasons.join('; ')}`, {
    reasons,
  });
  tell({ type: 'notice', level: 'error', error: toWire(error, 'unsupported') });
  tell({ type: 'stopped', reason: 'unsupported' });
}
