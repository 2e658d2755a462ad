import type { MadeFrame, StreamToPage } from '../protocol.js';
import type { StreamState } from '../stats.js';
import type { FrameSize } from './fitting.js';
import type { Ticket } from './flight.js';
import type { Meter } from './meter.js';
import { SafeFrame, SafeWriter } from './safewriter.js';
import { VeilMaker } from './veil.js';

/** The output track, and the state that follows from what is written to it. */
export class Output {
  readonly #writer: SafeWriter;
  readonly #veils = new VeilMaker();
  readonly #meter: Meter;
  readonly #tell: (message: StreamToPage) => void;
  #state: StreamState = 'loading';
  #reason = 'starting';
  #wrote = false;
  #complete = false;
  /** A frame of a composer that had heard of the model is out; it may hear of it after frames are sent to it. */
  #modelled = false;

  /** `onClosed`: the page has stopped the track. */
  constructor(
    writable: WritableStream<VideoFrame>,
    meter: Meter,
    tell: (message: StreamToPage) => void,
    onClosed: () => void,
  ) {
    this.#writer = new SafeWriter(writable, onClosed);
    this.#meter = meter;
    this.#tell = tell;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Why the output is what it is; a veil that is written for no reason of its own is written for this one. */
  get reason(): string {
    return this.#reason;
  }

  /** Python and the model were ready once: whatever is missing from now on is no longer 'loading'. */
  completed(): void {
    this.#complete = true;
  }

  /**
   * `size`: see SafeFrame. `mayBeRaw`: the effect in force is 'none'. Says whether the frame was written. Raises
   * WorkerError for one that is not what it should be.
   */
  made(message: MadeFrame, ticket: Ticket, size: FrameSize | null, mayBeRaw: boolean): boolean {
    const safe = SafeFrame.made(message, ticket.shape, size, mayBeRaw);
    if (safe !== null) return this.#write(safe, ticket, message.reason, message.reason !== 'no-model');
    this.#meter.dropped();
    return false;
  }

  veil(ticket: Ticket, reason: string): void {
    this.#write(SafeFrame.veil(this.#veils, ticket.sequence, ticket.shape), ticket, reason);
  }

  conceal(reason: string): void {
    if (this.#state !== 'failed') this.#enter(this.#complete && this.#modelled ? 'concealed' : 'loading', reason);
  }

  fail(reason: string): void {
    this.#enter('failed', reason);
  }

  /** How long the track has taken no frame. */
  stuckMs(nowMs: number): number {
    return this.#writer.stuckMs(nowMs);
  }

  forgive(nowMs: number): void {
    this.#writer.forgive(nowMs);
  }

  /** Ends the track; see SafeWriter. */
  close(patienceMs: number): Promise<void> {
    return this.#writer.close(patienceMs);
  }

  #write(safe: SafeFrame, ticket: Ticket, reason: string, modelled = false): boolean {
    if (!this.#writer.write(safe)) {
      this.#meter.dropped();
      return false;
    }
    this.#meter.written(safe.kind, performance.now() - ticket.readMs);
    if (!this.#wrote) this.#tell({ type: 'concealing' });
    this.#wrote = true;
    this.#modelled ||= modelled;
    if (safe.kind === 'composed') this.#enter('running', '');
    else if (safe.kind === 'raw') this.#enter('raw', '');
    else this.conceal(reason);
    return true;
  }

  #enter(state: StreamState, reason: string): void {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    this.#tell({ type: 'state', state, reason });
  }
}
