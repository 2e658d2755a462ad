/** One stream at a time: opens a source, hands it to the library, and shows what comes of it. */
import type { Effect } from '../src/effects.js';
import type { BlurStream } from '../src/index.js';
import type { SafeStream } from '../src/safestream.js';
import type { BlurStreamError } from '../src/errors.js';
import type { Progress } from '../src/options.js';
import type { Stats } from '../src/stats.js';
import { Actions } from './demo-actions.js';
import { CallBoard } from './demo-callboard.js';
import { Gallery } from './demo-gallery.js';
import { Listening } from './demo-listening.js';
import { put } from './demo-page.js';
import { openClip, type Opener, type Source } from './demo-source.js';
import { Sources } from './demo-sources.js';
import type { Stage } from './demo-stage.js';
import { say } from './demo-status.js';
import { HIDDEN, NOTHING_SENT, stateWords, WAITING } from './demo-words.js';

const HINTS: Readonly<Record<Source['kind'], string>> = {
  clip: 'A portrait in a made-up room: it needs no permission.',
  green: 'The same portrait before a green wall, to try the green screen with.',
  camera: '',
};

export class Player {
  readonly #blurStream: BlurStream;
  readonly #stage: Stage;
  readonly #listening = new Listening();
  readonly #call = new CallBoard((error) => this.#note(error));
  readonly #gallery = new Gallery(() => void this.#applySettings());
  readonly #sources: Sources;
  readonly #actions: Actions;
  #opener: Opener = () => openClip('clip');
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
  /** Sources change places one after the other. */
  #exchange: Promise<void> = Promise.resolve();
  #updating = false;
  #changed = false;

  constructor(blurStream: BlurStream, stage: Stage) {
    this.#blurStream = blurStream;
    this.#stage = stage;
    stage.onButton = () => void this.start();
    this.#sources = new Sources((opener, kind) => void this.start(opener, kind));
    this.#actions = new Actions(
      () => void (this.#source ? this.stop() : this.start()), () => this.#state(), (error) => this.#note(error),
    );
  }

  /** Nothing moves before the person says so. */
  wait(): void {
    say(WAITING);
    this.#stage.waiting();
    this.#showButtons();
  }

  /** Starts with the last source, or with another one. What runs goes on until the new source is there. */
  async start(opener: Opener = this.#opener, kind: Source['kind'] | null = null): Promise<void> {
    const turn = ++this.#turn;
    put('source-hint', kind === 'camera' ? 'Waiting for the camera. Your browser may ask you to allow it.' : '');
    let source: Source;
    this.#opening += 1;
    try {
      source = await opener();
    } catch (error) {
      if (turn === this.#turn) this.#noSource(error as Error, this.#opening - 1);
      return;
    } finally {
      this.#opening -= 1;
    }
    if (turn < this.#taken) return source.release();
    this.#taken = turn;
    this.#opener = opener;
    // a newer start that failed meanwhile has said so, and that stays
    if (turn === this.#turn) put('source-hint', HINTS[source.kind]);
    void this.#sources.show(source);
    const safe = this.#safe;
    if (safe !== null && safe.state !== 'failed') {
      this.#exchange = this.#exchange.then(() => this.#replace(safe, source));
      return this.#exchange;
    }
    this.#end();
    this.#source = source;
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

  /** Another camera on the same track: whoever is in the call notices nothing but the picture. */
  async #replace(safe: SafeStream, source: Source): Promise<void> {
    const before = this.#source;
    try {
      if (safe !== this.#safe) throw new DOMException('the stream has ended', 'AbortError');
      await safe.replaceSource(source.stream);
      if (safe !== this.#safe) throw new DOMException('the stream has ended', 'AbortError');
    } catch (error) {
      source.release();
      if ((error as Error).name !== 'AbortError') this.#noSource(error as Error, 0);
      if (before !== null && before === this.#source) void this.#sources.show(before);
      return;
    }
    this.#source = source;
    before?.release();
    this.#stage.show(source, safe);
    this.#call.use(safe, source.stream);
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
      this.#listening.start(safe, abort.signal, {
        onState: () => this.#state(),
        onStats: (stats) => this.#measured(stats),
        onError: (error) => {
          this.#error = error;
          if (safe.state === 'failed') this.#state();
        },
      });
      this.#stage.show(source, safe);
      this.#call.use(safe, source.stream);
      this.#showButtons();
      this.#state();
      if (this.#changed) void this.#applySettings();
    } catch (error) {
      if (!abort.signal.aborted) this.#failed(error as BlurStreamError);
    }
  }

  /** Shows the state as it is now. */
  #state(): void {
    const safe = this.#safe;
    this.#stage.presenting = this.#gallery.effect.type === 'presenter';
    if (safe === null) return;
    const shown = safe.state === 'running' || safe.state === 'raw';
    say(this.#actions.hidden && shown ? HIDDEN : stateWords(safe.state, safe.reason, this.#gallery.share));
    switch (safe.state) {
      case 'loading': return this.#stage.loading(this.#progress, true);
      case 'running': case 'raw': case 'concealed': return this.#stage.live();
      case 'failed': if (this.#error !== null) this.#failed(this.#error); return;
      case 'stopped': {
        const { reason } = safe;
        this.#end();
        this.#stage.stopped(stateWords('stopped', reason).text);
        return this.#showButtons();
      }
    }
  }

  #measured(stats: Stats): void {
    void this.#call.limit(stats.suggestedMaxBitrate);
  }

  #loading(progress: Progress): void {
    this.#progress = progress;
    if (this.#safe === null || this.#safe.state === 'loading') this.#stage.loading(progress, this.#safe !== null);
  }

  /** The veil stays: the source and the sent track end only when the person starts or stops. */
  #failed(error: BlurStreamError): void {
    if (this.#safe === null) {
      this.#note(error);
      this.#end();
    }
    say(this.#safe ? stateWords('failed', error.code) : NOTHING_SENT);
    this.#stage.failed(error);
    this.#showButtons();
  }

  #noSource(error: Error, opening: number): void {
    put('source-hint', error.message);
    if (this.#source !== null || opening > 0) return;
    say(stateWords('stopped', 'stopped'));
    this.#stage.stopped(error.message);
    this.#showButtons();
  }

  /** Ends all that runs, and forgets it. */
  #end(): void {
    this.#abort.abort();
    this.#call.use(null, null);
    this.#safe?.stop();
    this.#source?.release();
    this.#safe = this.#source = this.#progress = this.#error = null;
    this.#gallery.close();
    this.#listening.forget();
    this.#stage.show(null, null);
  }

  #showButtons(): void {
    this.#actions.show(this.#safe, this.#source !== null);
  }

  #note(error: Error): void {
    this.#listening.note('rejected', `${(error as BlurStreamError).code ?? error.name}: ${error.message}`);
  }

  get #settings(): { effect: Effect; denoise: boolean } {
    const { effect, denoise } = this.#gallery;
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
        if ((error as Error).name === 'AbortError') continue;
        this.#note(error as Error);
        this.#gallery.refuse((error as Error).message);
      }
    }
    this.#updating = false;
  }
}
