/*
 * The gate: the only writer of the output track. It hands camera frames to the composer, writes what comes back,
 * and writes a veil whenever nothing does. It runs no Python and no model, which is why it outlives both.
 */
import { type BlurStreamError, toWire, UnsupportedError, type WireError } from '../errors.js';
import {
  PROTOCOL_VERSION, unreachable, type ComposerStats, type ComposerToGate, type GateToPage, type MadeFrame,
  type PageToGate,
} from '../protocol.js';
import type { StreamState } from '../stats.js';
import { workerReasons } from '../support.js';
import { Crew } from './crew.js';
import { Flight, type Ticket } from './flight.js';
import { Meter } from './meter.js';
import { SafeFrame, SafeWriter } from './safewriter.js';
import { workerScope } from './scope.js';
import { shapeOf } from './shape.js';
import { VeilMaker } from './veil.js';

/** One frame is prepared while another waits for its mask; more would only be older when they are shown. */
const COMPOSER_CREDIT = 2;
/** From here on what is on screen is called frozen, and a veil moves on in its place. */
const VEIL_AFTER_MS = 1000;
/** Longer than a stall of a busy machine: a new composer takes seconds, and is not a thing to want in vain. */
const RESTART_AFTER_MS = 3000;
const TICK_MS = 250;
/** A frame that is older than a veil by less than this came late; by more, and its source began to count anew. */
const OVERTAKEN_US = 1_000_000;
const TICKS_PER_READING = 4;
/** A tick as late as this means that the machine slept. */
const SLEPT_MS = 2000;
/** A fault of every frame is told once in this time. */
const NOTICE_INTERVAL_MS = 5000;
/** What frames inside the composer get to come home when all is over. */
const LANDING_MS = 200;
const LANDING_STEP_MS = 5;

type Start = Extract<PageToGate, { type: 'start' }>;

const scope = workerScope<PageToGate, GateToPage>();
const NO_COMPOSER_STATS: ComposerStats = { stageMs: {}, modelMs: null, heapBytes: 0 };

class Gate {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #writer: SafeWriter;
  readonly #crew: Crew;
  readonly #veils = new VeilMaker();
  readonly #flight = new Flight();
  readonly #meter = new Meter();
  readonly #loaded = new Map<string, number>();
  readonly #totalBytes: number;
  readonly #noticedMs = new Map<string, number>();
  readonly #ticker: ReturnType<typeof setInterval>;
  #waiting: { ticket: Ticket; frame: VideoFrame } | null = null;
  #newest: Ticket | null = null;
  #composerStats = NO_COMPOSER_STATS;
  #state: StreamState = 'loading';
  #reason = '';
  #ownVeilUs = -Infinity;
  #sequence = 0;
  #ticks = 0;
  #tickMs = performance.now();
  #wrote = false;
  #everComplete = false;
  #failure: WireError | null = null;
  #reading = true;
  #stopped = false;

  constructor(start: Start) {
    const { protocol, assetBase, files, effect } = start;
    this.#reader = start.readable.getReader();
    this.#writer = new SafeWriter(start.writable, () => void this.stop('output-ended'));
    this.#totalBytes = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
    // The page fetched this very script.
    this.#loaded.set('gate.mjs', files['gate.mjs']?.bytes ?? 0);
    this.#crew = new Crew({ protocol, assetBase, files }, effect, {
      fromComposer: (message) => this.#hear(message),
      loaded: (name, bytes) => this.#progress(name, bytes),
      lost: (error, final, wasComposer) => this.#lose(error, final, wasComposer),
    });
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    void this.#read();
    this.#crew.start();
  }

  update(id: number, effect: Start['effect']): void {
    if (this.#failure === null) this.#crew.update(id, effect);
    else scope.postMessage({ type: 'updated', id, error: this.#failure });
  }

  async stop(reason: string): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#ticker);
    this.#waiting?.frame.close();
    this.#waiting = null;
    const closed = this.#writer.close();
    // Frames inside the composer, and the one being read, come home to be closed: a cancelled read may lose its frame.
    for (let waitedMs = 0; this.#awaitsFrames && waitedMs < LANDING_MS; waitedMs += LANDING_STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, LANDING_STEP_MS));
    }
    await Promise.all([this.#reader.cancel().catch(() => undefined), closed]);
    scope.postMessage({ type: 'stopped', reason });
    // Ends the workers below too. They are not terminated one by one: Chromium leaves a worker running for good
    // when it is terminated while its script loads and its parent ends at once.
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
      this.#notice('error', toWire(error, 'source-failed'));
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
    } else if (!this.#crew.composing || this.#late(nowMs)) {
      frame.close();
      this.#dropWaiting();
      this.#veil(ticket, this.#crew.composing ? 'late' : this.#reason || 'starting');
    } else if (this.#flight.size < COMPOSER_CREDIT) {
      this.#send(ticket, frame);
    } else {
      this.#dropWaiting();
      this.#waiting = { ticket, frame };
    }
  }

  #late(nowMs: number): boolean {
    return this.#flight.oldestAgeMs(nowMs) > VEIL_AFTER_MS;
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

  #hear(message: ComposerToGate): void {
    switch (message.type) {
      case 'made': return this.#land(message);
      case 'faulted': return this.#fault(message.sequence, message.error);
      case 'notice': return this.#notice(message.level, message.error);
      case 'measured': this.#composerStats = message.stats; return this.#report();
      case 'updated': return scope.postMessage(message);
      case 'ready': case 'starting': case 'loaded': case 'segmenter-hung': case 'failed': return;
      default: return unreachable(message);
    }
  }

  #land(message: MadeFrame): void {
    const ticket = this.#flight.land(message.sequence);
    if (ticket === undefined || this.#stopped) return message.frame.close();
    this.#write(SafeFrame.made(message), ticket, message.reason);
    this.#next();
  }

  #fault(sequence: number, error: WireError): void {
    const ticket = this.#flight.land(sequence);
    if (this.#stopped) return;
    if (ticket !== undefined) this.#veil(ticket, error.code);
    this.#notice('error', error);
    this.#next();
  }

  #next(): void {
    if (this.#waiting === null || this.#flight.size >= COMPOSER_CREDIT) return;
    const { ticket, frame } = this.#waiting;
    this.#waiting = null;
    this.#send(ticket, frame);
  }

  #veil(ticket: Ticket, reason: string): void {
    this.#write(SafeFrame.veil(this.#veils, ticket.sequence, ticket.shape), ticket, reason);
  }

  /**
   * A camera has few buffers. When those that a hung composer holds are the last ones no frame comes any more, and
   * the person would stand still on screen: then the veil keeps time by itself.
   */
  #veilUnasked(nowMs: number): void {
    this.#dropWaiting();
    if (this.#newest === null || nowMs - this.#newest.readMs < TICK_MS) return;
    const { shape, readMs } = this.#newest;
    this.#ownVeilUs = shape.timestamp + Math.round((nowMs - readMs) * 1000);
    const ticket = { sequence: this.#sequence++, shape: { ...shape, timestamp: this.#ownVeilUs }, readMs: nowMs };
    this.#veil(ticket, this.#crew.composing ? 'late' : this.#reason);
  }

  #write(safe: SafeFrame, ticket: Ticket, reason: string): void {
    if (!this.#writer.write(safe)) return this.#meter.dropped();
    this.#meter.written(safe.kind, performance.now() - ticket.readMs);
    if (!this.#wrote) scope.postMessage({ type: 'concealing' });
    this.#wrote = true;
    this.#everComplete ||= this.#crew.complete;
    if (safe.kind === 'composed') this.#enter('running', '');
    else if (this.#failure === null) this.#enter(this.#everComplete ? 'concealed' : 'loading', reason);
  }

  #enter(state: StreamState, reason: string): void {
    if (state === this.#state && reason === this.#reason) return;
    if (state === 'running') this.#postProgress('ready', this.#totalBytes);
    this.#state = state;
    this.#reason = reason;
    scope.postMessage({ type: 'state', state, reason });
  }

  #lose(error: BlurStreamError, final: boolean, wasComposer: boolean): void {
    if (wasComposer || final) {
      this.#meter.dropped(this.#flight.clear());
      this.#dropWaiting();
      this.#composerStats = NO_COMPOSER_STATS;
    }
    this.#notice(final ? 'error' : 'warning', toWire(error, error.code));
    if (!final) return this.#enter(this.#everComplete ? 'concealed' : 'loading', error.code);
    this.#failure = toWire(error, error.code);
    for (const id of this.#crew.openUpdates) scope.postMessage({ type: 'updated', id, error: this.#failure });
    this.#enter('failed', error.code);
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs - this.#tickMs > SLEPT_MS) {
      this.#flight.forgive(nowMs);
      this.#crew.forgive(nowMs);
    }
    this.#tickMs = nowMs;
    if (!this.#crew.composing || this.#late(nowMs)) this.#veilUnasked(nowMs);
    const waitedMs = this.#flight.oldestAgeMs(nowMs);
    if (waitedMs > RESTART_AFTER_MS) this.#crew.composerHung(waitedMs);
    this.#crew.check(nowMs);
    if (++this.#ticks % TICKS_PER_READING !== 0) return;
    // The composer's answer makes the report; without one it is made here.
    if (this.#crew.composing && !this.#late(nowMs)) this.#crew.measure();
    else this.#report();
  }

  #report(): void {
    const shape = this.#newest?.shape;
    scope.postMessage({ type: 'stats', stats: {
      state: this.#state,
      ...this.#meter.read(performance.now()),
      ...this.#composerStats,
      frameWidth: shape?.width ?? 0,
      frameHeight: shape?.height ?? 0,
      frameFormat: shape?.format ?? null,
      restarts: this.#crew.restarts,
    } });
  }

  #progress(name: string, bytes: number): void {
    this.#loaded.set(name, bytes);
    const loadedBytes = [...this.#loaded.values()].reduce((sum, value) => sum + value, 0);
    this.#postProgress(loadedBytes < this.#totalBytes ? 'download' : 'start', loadedBytes);
  }

  #postProgress(phase: 'download' | 'start' | 'ready', loadedBytes: number): void {
    scope.postMessage({ type: 'progress', progress: { phase, loadedBytes, totalBytes: this.#totalBytes } });
  }

  #notice(level: 'warning' | 'error', error: WireError): void {
    const nowMs = performance.now();
    if (nowMs - (this.#noticedMs.get(error.code) ?? -Infinity) < NOTICE_INTERVAL_MS) return;
    this.#noticedMs.set(error.code, nowMs);
    scope.postMessage({ type: 'notice', level, error });
  }
}

let gate: Gate | null = null;

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'probe': return scope.postMessage({ type: 'probed', reasons: workerReasons() });
    case 'start': return start(data);
    case 'update': return gate?.update(data.id, data.effect);
    case 'stop': return void gate?.stop('stopped');
    default: return unreachable(data);
  }
};

function start(message: Start): void {
  const reasons = message.protocol === PROTOCOL_VERSION ? workerReasons()
    : [`the script speaks protocol ${message.protocol}, gate.mjs ${PROTOCOL_VERSION}: they are of different builds`];
  if (reasons.length === 0) {
    gate = new Gate(message);
    return;
  }
  const error = new UnsupportedError('unsupported', `BlurStream cannot run here: ${reasons.join('; ')}`, { reasons });
  scope.postMessage({ type: 'notice', level: 'error', error: toWire(error, 'unsupported') });
  scope.postMessage({ type: 'stopped', reason: 'unsupported' });
}
