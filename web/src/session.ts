import type { Manifest } from './assets.js';
import { placeEffect, type PlacedEffect } from './backdrop.js';
import { aborted, AbortError, fromWire, WorkerError, type BlurStreamError } from './errors.js';
import type { ParsedEffect } from './effects.js';
import { parseChanges, type Changes, type ParsedOptions, type Settings } from './options.js';
import { PROTOCOL_VERSION, unreachable, type GateToPage, type PageToGate } from './protocol.js';
import type { SafeStream } from './safestream.js';
import type { Stats, StreamState } from './stats.js';
import type { TrackEnds } from './transport/streams.js';

/** A source that is muted has no frame to veil: there is nothing to wait for, and nothing to leak. */
const FIRST_FRAME_WAIT_MS = 1000;
/** The gate reports once a second. */
const GATE_CHECK_MS = 2000;
const GATE_MISSES = 3;
/** What the gate gets to close the frames it holds. */
const STOP_GRACE_MS = 1000;

// Servers that render pages import this file too, and have no MediaStream.
const MediaStreamBase = (globalThis.MediaStream ?? class {}) as typeof MediaStream;

interface Settler {
  resolve(): void;
  reject(error: BlurStreamError): void;
}

/** A running gate and the stream it writes to. */
export class Session extends MediaStreamBase implements SafeStream {
  /** Resolves when the output shows a veil; rejects if the gate cannot start. */
  readonly opened: Promise<void>;
  readonly ready: Promise<void>;
  readonly #gate: Worker;
  readonly #gateCheck: ReturnType<typeof setInterval>;
  readonly #track: MediaStreamTrack;
  readonly #source: MediaStream;
  readonly #options: ParsedOptions;
  readonly #updates = new Map<number, Settler>();
  readonly #onAbort = (): void =>
    this.#end('stopped', 'aborted', aborted(this.#options.signal as AbortSignal));
  #settleOpened!: Settler;
  #settleReady!: Settler;
  #state: StreamState = 'loading';
  #reason = 'starting';
  #settings: Settings;
  #stats: Stats | null = null;
  #lastError: BlurStreamError | null = null;
  #nextUpdate = 0;
  #placing = new AbortController();
  #gateGone = false;
  #gateHeard = true;
  #gateMisses = 0;

  constructor(
    gateUrl: string,
    manifest: Manifest,
    ends: TrackEnds,
    source: MediaStream,
    options: ParsedOptions,
    placed: PlacedEffect,
  ) {
    super([ends.track, ...source.getAudioTracks()]);
    this.#source = source;
    this.#track = ends.track;
    this.#options = options;
    this.#settings = { effect: placed.effect, denoise: options.denoise, paused: false };
    this.opened = promise((settler) => {
      this.#settleOpened = settler;
    });
    this.ready = promise((settler) => {
      this.#settleReady = settler;
    });
    this.#gate = new Worker(gateUrl, { type: 'module', name: 'blurstream-gate' });
    this.#gate.onmessage = (event: MessageEvent<GateToPage>) => this.#hear(event.data);
    this.#gate.onerror = (event) => {
      event.preventDefault();
      const error = new WorkerError(
        'gate-died',
        `The gate worker died: ${
          event.message ||
          `${gateUrl} could not be ` +
            'run as a module script: check worker-src of the Content-Security-Policy and the type it is served with'
        }`,
        { url: gateUrl },
      );
      this.#tell('error', error);
      this.#end('failed', error.code, error);
    };
    this.#gateCheck = setInterval(() => this.#checkGate(), GATE_CHECK_MS);
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    setTimeout(() => this.#settleOpened.resolve(), FIRST_FRAME_WAIT_MS);
    this.#post(
      {
        type: 'start',
        protocol: PROTOCOL_VERSION,
        assetBase: options.assetBase,
        files: manifest.files,
        settings: this.#settings,
        picture: placed.picture,
        readable: ends.readable,
        writable: ends.writable,
      },
      [
        ends.readable as unknown as Transferable,
        ends.writable as unknown as Transferable,
        ...(placed.picture === null ? [] : [placed.picture]),
      ],
    );
  }

  get state(): StreamState {
    return this.#state;
  }
  get reason(): string {
    return this.#reason;
  }
  get stats(): Stats | null {
    return this.#stats;
  }

  async update(changes: Changes): Promise<void> {
    const { effect, denoise } = parseChanges(changes);
    this.#refuseIfOver();
    const placed = effect === undefined ? null : await this.#place(effect);
    await this.#ask(
      { ...(placed && { effect: placed.effect }), ...(denoise !== undefined && { denoise }) },
      placed?.picture ?? null,
    );
  }

  /** Rejects when a newer effect is asked for meanwhile, or the stream ends. */
  async #place(effect: ParsedEffect): Promise<PlacedEffect> {
    this.#placing.abort(
      new AbortError('superseded', 'Another effect was asked for before this one was loaded'),
    );
    this.#placing = new AbortController();
    return placeEffect(effect, this.#placing.signal);
  }

  async pause(): Promise<void> {
    this.#refuseIfOver();
    await this.#ask({ paused: true }, null);
  }

  async resume(): Promise<void> {
    this.#refuseIfOver();
    await this.#ask({ paused: false }, null);
  }

  /** Resolves when the workers have the new settings. */
  async #ask(changes: Partial<Settings>, picture: ImageBitmap | null): Promise<void> {
    const id = this.#nextUpdate++;
    this.#settings = { ...this.#settings, ...changes };
    this.#post({ type: 'update', id, settings: this.#settings, picture }, picture === null ? [] : [picture]);
    await promise((settler) => this.#updates.set(id, settler));
  }

  stop({ stopSource = false }: { readonly stopSource?: boolean } = {}): void {
    if (stopSource) for (const track of this.#source.getTracks()) track.stop();
    this.#end('stopped', 'stopped', new AbortError('stopped', 'The stream was stopped'));
  }

  #refuseIfOver(): void {
    if (this.#over) throw new AbortError('stopped', 'The stream is over: it cannot be changed any more');
  }

  get #over(): boolean {
    return this.#state === 'stopped' || this.#gateGone;
  }

  #post(message: PageToGate, transfer: Transferable[] = []): void {
    this.#gate.postMessage(message, transfer);
  }

  /** Only a script error tells of itself. What the others saw last stays safe, but it is frozen. */
  #checkGate(): void {
    this.#gateMisses = this.#gateHeard ? 0 : this.#gateMisses + 1;
    this.#gateHeard = false;
    if (this.#gateMisses < GATE_MISSES) return;
    const error = new WorkerError(
      'gate-hung',
      `The gate worker has not reported for ${GATE_MISSES} checks of ` +
        `${GATE_CHECK_MS} ms: the track is ended, start anew`,
      { checks: GATE_MISSES },
    );
    this.#tell('error', error);
    this.#end('failed', error.code, error);
  }

  #hear(message: GateToPage): void {
    this.#gateHeard = true;
    switch (message.type) {
      case 'stopped': {
        this.#gate.terminate();
        const words =
          message.reason === 'source-ended' ? 'The source track has ended' : 'The output track was stopped';
        return this.#end('stopped', message.reason, this.#lastError ?? new AbortError(message.reason, words));
      }
      case 'concealing':
        return this.#settleOpened.resolve();
      case 'progress':
        return this.#options.onProgress(message.progress);
      case 'state':
        return this.#enter(message.state, message.reason);
      case 'notice':
        return this.#tell(message.level, fromWire(message.error));
      case 'quality':
        if (!this.#over) this.dispatchEvent(new CustomEvent('quality', { detail: message.change }));
        return;
      case 'updated':
        return this.#settleUpdate(message.id, message.error && fromWire(message.error));
      case 'stats':
        this.#stats = message.stats;
        this.dispatchEvent(new CustomEvent('stats', { detail: message.stats }));
        return;
      case 'probed':
        return;
      default:
        return unreachable(message);
    }
  }

  #enter(state: StreamState, reason: string): void {
    if (this.#over) return;
    this.#state = state;
    this.#reason = reason;
    if (state === 'running') this.#settleReady.resolve();
    if (state === 'failed' && this.#lastError) this.#settleReady.reject(this.#lastError);
    this.dispatchEvent(new CustomEvent('statechange', { detail: { state, reason } }));
  }

  #tell(type: 'warning' | 'error', error: BlurStreamError): void {
    if (this.#over) return;
    if (type === 'error') this.#lastError = error;
    this.dispatchEvent(new CustomEvent(type, { detail: error }));
  }

  #settleUpdate(id: number, error: BlurStreamError | null): void {
    if (error === null) this.#updates.get(id)?.resolve();
    else this.#updates.get(id)?.reject(error);
    this.#updates.delete(id);
  }

  /** Leaves nothing behind: no worker, no live track, no promise that never settles. */
  #end(state: 'stopped' | 'failed', reason: string, error: BlurStreamError): void {
    if (this.#over) return;
    this.#enter(state, reason);
    this.#gateGone = true;
    clearInterval(this.#gateCheck);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#post({ type: 'stop' });
    setTimeout(() => this.#gate.terminate(), STOP_GRACE_MS);
    // When the source ends the gate closes the track itself, so that its 'ended' event is seen; stop()
    // fires none.
    if (reason !== 'source-ended') this.#track.stop();
    this.#settleOpened.reject(error);
    this.#settleReady.reject(error);
    this.#placing.abort(error);
    for (const settler of this.#updates.values()) settler.reject(error);
    this.#updates.clear();
  }
}

/** A promise that does not complain when nobody listens to its failure. */
function promise(settle: (settler: Settler) => void): Promise<void> {
  const made = new Promise<void>((resolve, reject) => settle({ resolve, reject }));
  made.catch(() => undefined);
  return made;
}
