import type { PlacedEffect } from './backdrop.js';
import { Camera, stopTracks } from './camera.js';
import type { Seat } from './engine.js';
import { aborted, AbortError, fromWire, WorkerError, type BlurStreamError } from './errors.js';
import { parseChanges, parseStopSource, type Changes, type ParsedOptions, type Settings } from './options.js';
import { Orders, settler } from './orders.js';
import { transfersOf } from './pictures/moving.js';
import { unreachable, type PageToStream, type StreamToPage } from './protocol.js';
import type { SafeStream } from './safestream.js';
import { openSelfView, type SelfView, type SelfViewOptions } from './selfview.js';
import { Showing } from './showing.js';
import { videoTrackOf } from './source.js';
import type { Stats, StreamState } from './stats.js';
import type { Ends } from './transport/choice.js';
import type { Sink, Source } from './transport/ends.js';
import { Warnings, type WarningType } from './warnings.js';

/** A source that is muted has no frame to veil: there is nothing to wait for, and nothing to leak. */
const FIRST_FRAME_WAIT_MS = 1000;
/** What the gate gets to close the frames it holds. */
const STOP_GRACE_MS = 1000;

// Servers that render pages import this file too, and have no MediaStream.
const MediaStreamBase = (globalThis.MediaStream ?? class {}) as typeof MediaStream;

/** The stream that the page gets: its tracks, and what it tells of a stream of the gate. */
export class Session extends MediaStreamBase implements SafeStream {
  /** Resolves when the output shows a veil; rejects if the gate cannot start. */
  readonly opened: Promise<void>;
  readonly ready: Promise<void>;
  readonly #seat: Seat;
  readonly #sink: Sink;
  readonly #openSource: Ends['openSource'];
  readonly #camera: Camera;
  readonly #track: MediaStreamTrack;
  readonly #options: ParsedOptions;
  readonly #orders = new Orders();
  readonly #warnings = new Warnings(this);
  readonly #showing: Showing;
  readonly #onAbort = (): void =>
    this.#end('stopped', 'aborted', aborted(this.#options.signal as AbortSignal));
  readonly #opening = settler();
  readonly #readying = settler();
  readonly #leaving = settler();
  readonly #ended = new AbortController();
  #state: StreamState = 'loading';
  #reason = 'starting';
  #settings: Settings;
  #stats: Stats | null = null;
  #source: Source;
  #over = false;
  #replacements = 0;

  constructor(
    { seat, sink, source: opened, openSource }: Ends,
    source: MediaStream,
    options: ParsedOptions,
    placed: PlacedEffect,
  ) {
    super([sink.track, ...source.getAudioTracks()]);
    [this.#seat, this.#sink, this.#track, this.#openSource] = [seat, sink, sink.track, openSource];
    this.#options = options;
    this.#showing = new Showing(placed);
    this.#settings = { effect: placed.effect, denoise: options.denoise, paused: false };
    this.opened = this.#opening.promise;
    this.ready = this.#readying.promise;
    seat.listen({
      hear: (message) => this.#hear(message),
      died: (error) => {
        this.#tell('error', error);
        this.#end('failed', error.code, error);
      },
    });
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    setTimeout(() => this.#opening.resolve(), FIRST_FRAME_WAIT_MS);
    const { picture, moving } = placed;
    const settings = this.#settings;
    try {
      this.#post({ type: 'start', settings, picture, moving, source: opened.wire, sink: sink.wire }, [
        ...opened.transfer,
        ...sink.transfer,
        ...transfersOf(moving),
      ]);
      picture?.close();
    } catch (error) {
      // A stream of a track that is in use elsewhere cannot be handed over.
      seat.leave();
      options.signal?.removeEventListener('abort', this.#onAbort);
      throw error;
    }
    this.#source = this.#listenTo(opened);
    this.#camera = new Camera(source, opened.track, sink.track, {
      hold: (reason) => this.#post({ type: 'hold', reason }),
      warn: (error) => this.#tell('warning', error),
    });
    this.opened.then(() => setTimeout(() => this.#handOver()), () => undefined);
  }

  #listenTo(source: Source): Source {
    source.warn = (error) => this.#tell('warning', error);
    return source;
  }

  /** The page has the stream, and can hear of what there is to tell. */
  #handOver(): void {
    this.#warnings.begin();
    this.#setBlurs();
  }

  #setBlurs(): void {
    if (!this.#over) this.#camera.setBlurs(this.#settings.effect.type !== 'none');
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

  /** Of its tracks as they answer here: the browser's own would have clones that know of no camera. */
  override clone(): MediaStream {
    return new MediaStream(this.getTracks().map((track) => track.clone()));
  }

  async update(changes: Changes): Promise<void> {
    const { effect, denoise } = parseChanges(changes);
    this.#refuseIfOver();
    const placed = effect === undefined ? null : await this.#showing.place(effect);
    await this.#ask(
      { ...(placed && { effect: placed.effect }), ...(denoise !== undefined && { denoise }) },
      placed,
    );
  }

  async pause(): Promise<void> {
    this.#refuseIfOver();
    await this.#ask({ paused: true });
  }

  async resume(): Promise<void> {
    this.#refuseIfOver();
    await this.#ask({ paused: false });
  }

  async #ask(changes: Partial<Settings>, placed: PlacedEffect | null = null): Promise<void> {
    const before = this.#settings;
    const settings = { ...before, ...changes };
    this.#settings = settings;
    this.#setBlurs();
    const { picture, moving } = placed ?? { picture: null, moving: null };
    try {
      await this.#orders.give((id) =>
        this.#post({ type: 'update', id, settings, picture, moving }, transfersOf(moving)),
      );
    } catch (error) {
      // What was refused is not asked for again together with the next change.
      if (this.#settings === settings) this.#settings = before;
      throw error;
    } finally {
      picture?.close();
    }
  }

  async replaceSource(
    source: MediaStream | (() => MediaStream | Promise<MediaStream>),
    options?: { readonly stopSource?: boolean },
  ): Promise<void> {
    const stopSource = parseStopSource(options);
    if (typeof source !== 'function') videoTrackOf(source);
    this.#refuseIfOver();
    const turn = ++this.#replacements;
    const before = this.#camera.stream;
    if (typeof source !== 'function') {
      return this.#attach(source).finally(() => {
        if (stopSource) this.#letGo(before);
      });
    }
    await this.#orders.give((id) => this.#post({ type: 'source', id, source: null }));
    if (stopSource) stopTracks(before, before.getAudioTracks());
    const opened = await source();
    if (this.#over || turn !== this.#replacements) {
      videoTrackOf(opened);
      stopTracks(opened); // nobody else may know of it
      this.#refuseIfOver();
      throw new AbortError('superseded', 'Another source was given before this one was open');
    }
    await this.#attach(opened).finally(() => {
      if (stopSource) this.#letGo(before);
    });
  }

  /** Stops what of a source is not used any more: not the sound that goes on, nor a camera that is shown again. */
  #letGo(before: MediaStream): void {
    stopTracks(before, [...this.#camera.stream.getTracks(), ...this.getAudioTracks()]);
  }

  /** Settles at its first frame. */
  async #attach(source: MediaStream): Promise<void> {
    const opened = this.#listenTo(this.#openSource(videoTrackOf(source)));
    this.#source = opened; // the gate lets go of the one before
    this.#camera.change(source);
    this.#takeAudio(source);
    const { wire, transfer } = opened;
    await this.#orders.give((id) => this.#post({ type: 'source', id, source: wire }, [...transfer]));
  }

  /** Of a camera without a microphone there is none to take. */
  #takeAudio(stream: MediaStream): void {
    const audio = stream.getAudioTracks();
    if (audio.length === 0) return;
    for (const old of this.getAudioTracks()) if (!audio.includes(old)) this.removeTrack(old);
    for (const track of audio) this.addTrack(track);
  }

  async selfView(options?: SelfViewOptions): Promise<SelfView> {
    this.#refuseIfOver();
    return openSelfView(this.#track, options, this.#ended.signal);
  }

  async stop(options?: { readonly stopSource?: boolean }): Promise<void> {
    if (parseStopSource(options)) for (const stream of [this.#camera.stream, this]) stopTracks(stream, [this.#track]);
    this.#end('stopped', 'stopped', new AbortError('stopped', 'The stream was stopped'));
    await this.#leaving.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #refuseIfOver(): void {
    if (this.#over) throw new AbortError('stopped', 'The stream is over: it cannot be changed any more');
  }

  #post(message: PageToStream, transfer: Transferable[] = []): void {
    this.#seat.post(message, transfer);
  }

  #hear(message: StreamToPage): void {
    switch (message.type) {
      case 'stopped': {
        if (this.#fails(message.reason)) return this.#leave();
        const words =
          message.reason === 'source-ended' ? 'The source track has ended' : 'The output track was stopped';
        this.#end('stopped', message.reason, this.#warnings.lastError ?? new AbortError(message.reason, words));
        return this.#leave();
      }
      case 'generated':
        return; // it was heard before there was a session
      case 'concealing':
        return this.#opening.resolve();
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
        return this.#orders.answer(message.id, message.error && fromWire(message.error));
      case 'stats':
        this.#stats = message.stats;
        this.dispatchEvent(new CustomEvent('stats', { detail: message.stats }));
        return;
      default:
        return unreachable(message);
    }
  }

  /** The gate cannot write to the track any more, though the page has not stopped it. */
  #fails(reason: string): boolean {
    const ended = reason === 'output-ended' && this.#track.readyState === 'live';
    if (this.#over || !(ended || reason === 'output-hung')) return false;
    const code = ended ? 'output-failed' : reason;
    const error = new WorkerError(code, 'The output track takes no frames any more: it is ended, start anew');
    this.#tell('error', error);
    this.#end('failed', code, error);
    return true;
  }

  #enter(state: StreamState, reason: string): void {
    if (this.#over) return;
    this.#setState(state, reason);
    if (state === 'running' || state === 'raw') this.#readying.resolve();
    if (state === 'failed') {
      this.#seat.condemn();
      if (this.#warnings.lastError) this.#readying.reject(this.#warnings.lastError);
    }
  }

  #setState(state: StreamState, reason: string): void {
    this.#state = state;
    this.#reason = reason;
    this.dispatchEvent(new CustomEvent('statechange', { detail: { state, reason } }));
  }

  #tell(type: WarningType, error: BlurStreamError): void {
    if (!this.#over) this.#warnings.tell(type, error);
  }

  /** Leaves nothing behind: no worker, no live track, no promise that never settles. */
  #end(state: 'stopped' | 'failed', reason: string, error: BlurStreamError): void {
    if (this.#over) return;
    this.#over = true;
    this.#camera.leave();
    this.#ended.abort();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#post({ type: 'stop' });
    setTimeout(() => this.#leave(), STOP_GRACE_MS);
    // When the source ends the gate closes the track itself, so that its 'ended' event is seen; stop()
    // fires none.
    if (reason !== 'source-ended') this.#sink.stop();
    this.#opening.reject(error);
    this.#readying.reject(error);
    this.#showing.end(error);
    this.#orders.rejectAll(error);
    this.#setState(state, reason); // last: whoever hears it may call anything
  }

  #leave(): void {
    this.#source.close();
    this.#sink.end();
    this.#seat.leave();
    this.#leaving.resolve();
  }
}
