import { showSame } from '../effects.js';
import { toWire, type WireError } from '../errors.js';
import type { Settings } from '../options.js';
import { discard } from '../pictures/moving.js';
import { unreachable, type MadeFrame, type PageToStream, type StreamToPage } from '../protocol.js';
import type { WireSource } from '../transport/ends.js';
import { Awaited } from './awaited.js';
import type { ComposerNews, Crew } from './crew.js';
import { Feed } from './feed.js';
import { letGo, refused } from './fitting.js';
import { Flight, type Ticket } from './flight.js';
import { framesOf } from './incoming.js';
import { MovingPicture } from './moving.js';
import { Notices } from './notices.js';
import { Output } from './output.js';
import { Report } from './report.js';
import { shapeOf } from './shape.js';
import { Timeline } from './timeline.js';

/** From here on what is on screen counts as frozen, and a veil moves on in its place. */
const VEIL_AFTER_MS = 1000;
/** A track that takes nothing for so long will not do so any more. */
const OUTPUT_STUCK_MS = 3000;
/** How often a veil that keeps time by itself moves on. */
const VEIL_EVERY_MS = 250;
/** What frames that are out get to come home when all is over. */
const LANDING_MS = 500;
const LANDING_STEP_MS = 5;

type Start = Extract<PageToStream, { type: 'start' }>;

/**
 * One safe stream: the only writer of its output track. It hands camera frames to the composer, writes what comes
 * back, and writes a veil whenever nothing does.
 */
export class Stream {
  readonly #number: number;
  readonly #crew: Crew;
  readonly #tell: (message: StreamToPage) => void;
  readonly #onStopped: () => void;
  readonly #output: Output;
  readonly #flight: Flight;
  readonly #timeline = new Timeline();
  readonly #report = new Report();
  readonly #notices = new Notices();
  readonly #awaited: Awaited;
  #feed: Feed | null;
  #settings: Settings;
  readonly #moving: MovingPicture;
  #newest: Ticket | null = null;
  #sequence = 0;
  #hold: string | null = null;
  #newestUpdate = -1;
  #refused = false;
  /** since when a frame is waited for */
  #waitsMs = performance.now();
  #failure: WireError | null = null;
  #stopped = false;

  constructor(
    number: number,
    crew: Crew,
    start: Start,
    writable: WritableStream<VideoFrame>,
    tell: (message: StreamToPage) => void,
    onStopped: () => void,
  ) {
    const { settings, picture } = start;
    [this.#number, this.#crew, this.#settings] = [number, crew, settings];
    [this.#tell, this.#onStopped] = [tell, onStopped];
    this.#awaited = new Awaited((id, error) => tell({ type: 'updated', id, error }));
    this.#output = new Output(writable, this.#report.meter, tell, () => void this.stop('output-ended'));
    this.#flight = new Flight({
      depart: ({ ticket: { sequence, shape }, frame, renewed }) =>
        crew.compose(number, { sequence, frame, shape, renewed, backdrop: this.#moving.take() }),
      dropped: (count) => this.#report.meter.dropped(count),
    });
    this.#moving = new MovingPicture((error) => tell({ type: 'notice', level: 'warning', error }));
    this.#moving.show(start.moving);
    this.#feed = this.#open(start.source);
    crew.open(number, { settings, picture });
    if (crew.complete) this.complete();
  }

  /** Python and the model are there. */
  complete(): void {
    this.#waitsMs = performance.now();
    this.#output.completed();
  }

  handle(message: Exclude<PageToStream, Start | { type: 'generate' }>): void {
    switch (message.type) {
      case 'update':
        return this.#update(message);
      case 'source':
        return this.#replace(message.id, message.source);
      case 'hold':
        return this.#holdBack(message.reason);
      case 'stop':
        return void this.stop('stopped');
      default:
        return unreachable(message);
    }
  }

  async stop(reason: string): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#flight.drop();
    this.#moving.close();
    const closed = [this.#output.close(LANDING_MS), this.#feed?.close()];
    // Frames inside the composer come home to be closed.
    for (let waitedMs = 0; this.#flight.size > 0 && waitedMs < LANDING_MS; waitedMs += LANDING_STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, LANDING_STEP_MS));
    }
    this.#crew.close(this.#number);
    await Promise.all(closed);
    this.#tell({ type: 'stopped', reason });
    this.#onStopped();
  }

  #holdBack(reason: string | null): void {
    this.#hold = reason;
    if (reason !== null) this.#conceal(reason);
  }

  /** At once, and for as long as `#reasonToVeil` says. */
  #conceal(reason: string): void {
    this.#output.conceal(reason);
    this.#veilUnasked(performance.now(), reason);
  }

  #update({ id, settings, picture, moving }: Extract<PageToStream, { type: 'update' }>): void {
    if (this.#failure !== null) {
      picture?.close();
      discard(moving);
      return this.#tell({ type: 'updated', id, error: this.#failure });
    }
    if (moving !== null || !showSame(settings.effect, this.#settings.effect)) this.#moving.show(moving);
    this.#settings = settings; // at once: where the camera's own picture is not wanted any more, none goes out
    this.#awaited.update(id);
    [this.#newestUpdate, this.#refused, this.#waitsMs] = [id, false, performance.now()];
    this.#crew.update(this.#number, id, { settings, picture }, this.#crew.composing ? this.#moving.take() : null);
  }

  /** Nobody has said what else to show. */
  #refuse(id: number, error: WireError): void {
    this.#awaited.end(id, error);
    if (id !== this.#newestUpdate || this.#stopped) return;
    this.#refused = true;
    this.#tell({ type: 'notice', level: 'error', error });
    this.#conceal('settings-refused');
  }

  #replace(id: number, source: WireSource | null): void {
    if (this.#stopped || this.#failure !== null) {
      if (source !== null) void framesOf(source).cancel().catch(() => undefined);
      if (this.#failure !== null) this.#tell({ type: 'updated', id, error: this.#failure });
      return;
    }
    const closed = this.#feed?.close();
    this.#flight.renew();
    this.#timeline.renew();
    this.#awaited.source(id, this.#sequence);
    this.#waitsMs = performance.now();
    if (source !== null) {
      this.#feed = this.#open(source);
      return;
    }
    this.#feed = null;
    this.#conceal('source-changing');
    // Somebody waits to open another camera, which may want this one to be free.
    void Promise.resolve(closed).then(() => this.#awaited.end(id, null));
  }

  #open(source: WireSource): Feed {
    return new Feed(framesOf(source), {
      frame: (frame) => this.#admit(frame),
      refused: (error) => this.#refuseFrame(toWire(error, 'frame-refused')),
      ended: (error) => {
        if (error !== null) {
          this.#tell({ type: 'notice', level: 'error', error: toWire(error, 'source-failed') });
        }
        void this.stop('source-ended');
      },
    });
  }

  #refuseFrame(error: WireError): void {
    if (this.#stopped) return;
    this.#conceal(error.code);
    if (this.#notices.isNews(error, performance.now())) this.#tell({ type: 'notice', level: 'error', error });
  }

  /**
   * Sends a camera frame on its way, or lets it wait, or puts a veil in its place. Owns the frame. Raises WorkerError
   * for what is none, and leaves it to the caller.
   */
  #admit(frame: VideoFrame): void {
    if (this.#stopped) return frame.close();
    if (!(frame instanceof VideoFrame) || frame.codedWidth === 0) throw refused('the camera gave no picture');
    const nowMs = performance.now();
    const found = shapeOf(frame);
    // A veil of this size has to be made, too.
    const { width, height, displayWidth, displayHeight } = found;
    if (Math.min(width, height, displayWidth, displayHeight) < 1) throw refused('the camera gave no picture');
    const shape = this.#timeline.place(found, nowMs);
    const ticket = { sequence: this.#sequence++, shape, readMs: nowMs };
    this.#newest = ticket;
    this.#report.meter.input();
    const reason = this.#reasonToVeil(nowMs);
    if (this.#timeline.wasOvertaken(shape.timestamp)) {
      frame.close();
      this.#report.meter.dropped();
    } else if (reason !== null) {
      frame.close();
      this.#flight.drop();
      this.#output.veil(ticket, reason);
    } else {
      this.#flight.admit(ticket, frame, nowMs);
    }
  }

  /** The source gives nothing to see, there is no composer, or it keeps a frame for too long. */
  #reasonToVeil(nowMs: number): string | null {
    if (this.#feed === null) return 'source-changing';
    if (this.#hold !== null) return this.#hold;
    if (this.#refused) return 'settings-refused';
    if (!this.#crew.composing) return this.#output.reason;
    return this.#flight.oldestAgeMs(nowMs) > VEIL_AFTER_MS ? 'late' : null;
  }

  /**
   * A camera has few buffers. When those that a hung composer holds are the last ones no frame comes any more,
   * and the person would stand still on screen: then the veil keeps time by itself. So it does for a camera that
   * is muted.
   */
  #veilUnasked(nowMs: number, reason: string): void {
    this.#flight.drop();
    if (this.#newest === null || this.#stopped) return;
    const shape = this.#timeline.goOn(this.#newest, nowMs);
    this.#output.veil({ sequence: this.#sequence++, shape, readMs: nowMs }, reason);
  }

  hear(message: ComposerNews): void {
    switch (message.type) {
      case 'made':
        return this.#land(message);
      case 'faulted':
        return this.#fault(message.sequence, message.error);
      case 'notice':
        return this.#tell({ type: 'notice', level: message.level, error: message.error });
      case 'quality':
        return this.#tell({ type: 'quality', change: message.change });
      case 'refused':
        return this.#refuse(message.id, message.error);
      case 'measured':
        this.#report.hear(message.stats);
        return this.#tellStats();
      default:
        return unreachable(message);
    }
  }

  #land(message: MadeFrame): void {
    const ticket = this.#flight.landMade(message.sequence);
    if (ticket === undefined || this.#stopped) return letGo(message.frame);
    const { effect, paused } = this.#settings;
    const mayBeRaw = effect.type === 'none' && !paused;
    // What was asked for before may have been the camera's own picture, or slides of another size.
    const asAsked = message.update === this.#newestUpdate;
    try {
      if (asAsked && message.kind === 'raw' && !mayBeRaw) throw refused('nobody has asked for a raw one');
      const size = asAsked && effect.type !== 'presenter' ? ticket.shape : null;
      const written = this.#output.made(message, ticket, size, mayBeRaw);
      if (written) this.#awaited.shown(message.update, message.sequence);
    } catch (error) {
      letGo(message.frame);
      return this.#veilInstead(ticket, toWire(error, 'frame-refused'));
    }
    this.#waitsMs = performance.now();
    this.#flight.goOn(this.#waitsMs);
  }

  #fault(sequence: number, error: WireError): void {
    const ticket = this.#flight.land(sequence);
    if (!this.#stopped) this.#veilInstead(ticket, error);
  }

  #veilInstead(ticket: Ticket | undefined, error: WireError): void {
    if (ticket !== undefined) this.#output.veil(ticket, error.code);
    const nowMs = performance.now();
    if (this.#notices.isNews(error, nowMs)) this.#tell({ type: 'notice', level: 'error', error });
    this.#flight.goOn(nowMs);
  }

  /** A worker is gone; with `final` for good. */
  lose(error: WireError, final: boolean, wasComposer: boolean): void {
    if (this.#stopped) return;
    if (wasComposer || final) {
      this.#flight.clear();
      this.#moving.again();
      this.#report.composerLost();
    }
    this.#tell({ type: 'notice', level: final ? 'error' : 'warning', error });
    if (!final) return this.#output.conceal(error.code);
    this.#failure = error;
    this.#awaited.endAll(error);
    this.#output.fail(error.code);
  }

  /** The clock jumped (the machine slept): what looks old may not be. */
  forgive(nowMs: number): void {
    this.#flight.forgive(nowMs);
    this.#output.forgive(nowMs);
  }

  tick(nowMs: number): void {
    const reason = this.#reasonToVeil(nowMs);
    const sinceMs = nowMs - (this.#newest?.readMs ?? nowMs);
    if (reason !== null && sinceMs >= VEIL_EVERY_MS) this.#veilUnasked(nowMs, reason);
    if (this.#crew.composing && this.#nothingComes(nowMs)) this.#awaited.endAll(null);
    const { oldest } = this.#flight;
    if (oldest !== undefined && nowMs - oldest.sentMs > this.#crew.patienceMs) {
      this.#crew.composerHung(nowMs - oldest.sentMs, oldest.ticket.shape);
    }
    if (this.#output.stuckMs(nowMs) > OUTPUT_STUCK_MS) void this.stop('output-hung');
  }

  /** What is out stays out then: it must not be what is not wanted any more. */
  #nothingComes(nowMs: number): boolean {
    if (this.#hold !== null) return true;
    if (this.#flight.size > 0 || nowMs - this.#waitsMs <= VEIL_AFTER_MS) return false;
    const { paused, effect } = this.#settings;
    const { state } = this.#output;
    if ((paused && state !== 'concealed') || (state === 'raw' && effect.type !== 'none')) {
      this.#conceal(paused ? 'paused' : 'late');
    }
    return true;
  }

  /** The composer's answer makes the report; without one it is made here. */
  measure(nowMs: number): void {
    if (this.#crew.composing && this.#flight.oldestAgeMs(nowMs) <= VEIL_AFTER_MS) this.#crew.measure(this.#number);
    else this.#tellStats();
  }

  #tellStats(): void {
    const stats = this.#report.make(this.#output.state, this.#newest?.shape, this.#crew.restarts);
    this.#tell({ type: 'stats', stats });
  }
}
