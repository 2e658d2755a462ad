/** One stream at a time: opens a source, hands it to the library, and shows what comes of it. */
import type { BlurStreamError } from '../src/errors.js';
import type { BlurStream } from '../src/index.js';
import type { Changes, Progress } from '../src/options.js';
import type { SafeStream } from '../src/safestream.js';
import { CameraPicker } from './demo-camera.js';
import { Events } from './demo-events.js';
import { Figures } from './demo-figures.js';
import { find, put } from './demo-page.js';
import { Room } from './demo-room.js';
import { Savings } from './demo-savings.js';
import { openCamera, openClip, type Source } from './demo-source.js';
import type { Stage } from './demo-stage.js';
import { say } from './demo-status.js';
import { HIDDEN, NOTHING_SENT, stateWords, WAITING } from './demo-words.js';

type Opener = () => Promise<Source>;

export class Player {
  readonly #blurStream: BlurStream;
  readonly #stage: Stage;
  readonly #figures = new Figures();
  readonly #savings = new Savings();
  readonly #events = new Events();
  readonly #room = new Room(() => void this.#applySettings());
  readonly #picker = new CameraPicker((deviceId) => void this.start(() => openCamera(deviceId)));
  readonly #power = find('power', HTMLButtonElement);
  readonly #hide = find('hide', HTMLButtonElement);
  #opener: Opener = openClip;
  #source: Source | null = null;
  #safe: SafeStream | null = null;
  #abort = new AbortController();
  #progress: Progress | null = null;
  #error: BlurStreamError | null = null;
  /** Counts the starts. */
  #turn = 0;
  /** The start whose source was taken: what an older one still brings is let go. */
  #taken = 0;
  #opening = 0;
  #hidden = false;
  #updating = false;
  #changed = false;

  constructor(blurStream: BlurStream, stage: Stage) {
    this.#blurStream = blurStream;
    this.#stage = stage;
    stage.onButton = () => void this.start();
    const buttons: readonly (readonly [id: string, press: () => void])[] = [
      ['power', () => void (this.#source ? this.stop() : this.start())],
      ['hide', () => this.#toggleHidden()],
      ['use-clip', () => void this.start(openClip)],
      ['use-camera', () => void this.start(() => openCamera())],
    ];
    for (const [id, press] of buttons) {
      const button = find(id, HTMLButtonElement);
      button.addEventListener('click', press);
      button.disabled = false;
    }
  }

  /** Nothing moves before the person says so. */
  wait(): void {
    say(WAITING);
    this.#stage.waiting();
    this.#showButtons();
  }

  /** Starts with the last source, or with another one. What runs goes on until the new source is there. */
  async start(opener: Opener = this.#opener): Promise<void> {
    const turn = ++this.#turn;
    put('source-hint', opener === openClip ? '' : 'Waiting for the camera. Your browser may ask you to allow it.');
    let source: Source;
    this.#opening += 1;
    try {
      source = await opener();
    } catch (error) {
      this.#opening -= 1;
      if (turn === this.#turn) this.#noSource(error as Error);
      return;
    }
    this.#opening -= 1;
    if (turn < this.#taken) return source.release();
    this.#taken = turn;
    this.#end();
    this.#opener = opener;
    this.#source = source;
    // a newer start that failed meanwhile has said so, and that stays
    if (turn === this.#turn) {
      put('source-hint', source.kind === 'clip' ? 'A portrait in a made-up room: it needs no permission.' : '');
    }
    void this.#picker.show(source);
    this.#showButtons();
    await this.#run(source);
  }

  stop(): void {
    this.#taken = ++this.#turn;
    this.#end();
    put('source-hint', '');
    say(stateWords('stopped', 'stopped'));
    this.#stage.stopped('The source is off, and nothing is sent.');
    this.#showButtons();
  }

  async #run(source: Source): Promise<void> {
    const abort = this.#abort = new AbortController();
    this.#stage.show(source, null);
    this.#stage.loading(null, false);
    say(stateWords('loading', ''));
    this.#changed = false;
    try {
      const safe = await this.#blurStream(source.stream, {
        ...this.#settings,
        signal: abort.signal,
        onProgress: (progress) => { if (!abort.signal.aborted) this.#loading(progress); },
      });
      this.#safe = safe;
      this.#listen(safe, abort.signal);
      this.#stage.show(source, safe);
      this.#applyHidden();
      this.#state();
      if (this.#changed) void this.#applySettings();
    } catch (error) {
      if (!abort.signal.aborted) this.#failed(error as BlurStreamError);
    }
  }

  #listen(safe: SafeStream, signal: AbortSignal): void {
    const on: SafeStream['addEventListener'] = (type: string, listener: EventListenerOrEventListenerObject) =>
      safe.addEventListener(type, listener, { signal });
    on('statechange', ({ detail: { state, reason } }) => {
      this.#events.add('statechange', reason ? `${state}, ${reason}` : state);
      this.#state();
    });
    on('stats', ({ detail }) => {
      this.#figures.show(detail);
      this.#figures.countHidden(detail);
      this.#savings.show(detail);
    });
    on('quality', ({ detail: { level, name, reason, previousLevel } }) =>
      this.#events.add('quality', `${previousLevel} to ${level}, ${name}: ${reason}`));
    on('warning', ({ detail }) => this.#events.add('warning', `${detail.code}: ${detail.message}`));
    on('error', ({ detail }) => {
      this.#error = detail;
      this.#events.add('error', `${detail.code}: ${detail.message}`);
      if (safe.state === 'failed') this.#state();
    });
    this.#events.add('opened', safe.reason ? `${safe.state}, ${safe.reason}` : safe.state);
  }

  /** Shows the state as it is now. */
  #state(): void {
    const safe = this.#safe;
    if (safe === null) return;
    say(this.#hidden && safe.state === 'running' ? HIDDEN : stateWords(safe.state, safe.reason, this.#room.share));
    switch (safe.state) {
      case 'loading': return this.#stage.loading(this.#progress, true);
      case 'running': case 'concealed': return this.#stage.live();
      case 'failed': if (this.#error !== null) this.#failed(this.#error); return;
      case 'stopped': {
        const { reason } = safe;
        this.#end();
        this.#stage.stopped(stateWords('stopped', reason).text);
        return this.#showButtons();
      }
    }
  }

  #loading(progress: Progress): void {
    this.#progress = progress;
    if (this.#safe === null || this.#safe.state === 'loading') this.#stage.loading(progress, this.#safe !== null);
  }

  /** The veil stays: the source and the sent track end only when the person starts or stops. */
  #failed(error: BlurStreamError): void {
    if (this.#safe === null) {
      this.#events.add('rejected', `${error.code}: ${error.message}`);
      this.#end();
    }
    say(this.#safe ? stateWords('failed', error.code) : NOTHING_SENT);
    this.#stage.failed(error);
    this.#showButtons();
  }

  #noSource(error: Error): void {
    put('source-hint', error.message);
    if (this.#source === null && this.#opening === 0) {
      say(stateWords('stopped', 'stopped'));
      this.#stage.stopped(error.message);
      this.#showButtons();
    }
  }

  /** Ends all that runs, and forgets it. */
  #end(): void {
    this.#abort.abort();
    this.#safe?.stop();
    this.#source?.release();
    this.#safe = this.#source = this.#progress = this.#error = null;
    this.#figures.forget();
    this.#savings.forget();
    this.#stage.show(null, null);
  }

  /** Not simulated: the very track that is sent is switched off, as a call's camera button does it. */
  #toggleHidden(): void {
    this.#hidden = !this.#hidden;
    this.#applyHidden();
    this.#state();
  }

  #applyHidden(): void {
    for (const track of this.#safe?.getVideoTracks() ?? []) track.enabled = !this.#hidden;
    this.#showButtons();
  }

  #showButtons(): void {
    this.#power.textContent = this.#source ? 'Stop' : 'Start';
    this.#hide.textContent = this.#hidden ? 'Show me' : 'Hide me';
  }

  get #settings(): Required<Changes> {
    const { effect, denoise } = this.#room;
    return { effect, denoise };
  }

  /** Dragging makes more changes than are needed: while one is on its way only the newest waits. */
  async #applySettings(): Promise<void> {
    this.#changed = true;
    this.#state();
    if (this.#updating) return;
    this.#updating = true;
    while (this.#changed && this.#safe !== null) {
      this.#changed = false;
      try {
        await this.#safe.update(this.#settings);
      } catch (error) {
        const { name, code, message } = error as BlurStreamError;
        if (name === 'AbortError') continue;
        this.#events.add('rejected', `${code}: ${message}`);
        this.#room.refuse(message);
      }
    }
    this.#updating = false;
  }
}
