import type { OutputTrack } from './outputtrack.js';

/** Nothing tells when a track is enabled or disabled: it is looked at as often as this. */
const LOOK_EVERY_MS = 250;

/** Why a source gives nothing that is to be seen. */
export type Blank = 'source-muted' | 'source-disabled';

/**
 * Makes the output track what its source is: muted while it is muted, with the events; disabled and enabled when the
 * source is. `hold` hears why there is nothing to see, and null when there is again.
 */
export class Mirror {
  readonly #output: OutputTrack;
  readonly #hold: (reason: Blank | null) => void;
  readonly #looking: ReturnType<typeof setInterval>;
  readonly #look = (): void => this.#compare();
  #source: MediaStreamTrack;
  #muted = false;
  #enabled = true;
  #reason: Blank | null = null;

  constructor(source: MediaStreamTrack, output: OutputTrack, hold: (reason: Blank | null) => void) {
    this.#output = output;
    this.#hold = hold;
    this.#source = source;
    this.#looking = setInterval(this.#look, LOOK_EVERY_MS);
    this.#listen();
  }

  /** Another source. */
  watch(source: MediaStreamTrack): void {
    this.#leave();
    this.#source = source;
    this.#listen();
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#leave();
  }

  #listen(): void {
    for (const type of ['mute', 'unmute']) this.#source.addEventListener(type, this.#look);
    this.#compare();
  }

  #leave(): void {
    for (const type of ['mute', 'unmute']) this.#source.removeEventListener(type, this.#look);
  }

  #compare(): void {
    const { muted, enabled } = this.#source;
    if (enabled !== this.#enabled) this.#output.follow((this.#enabled = enabled));
    if (muted !== this.#muted) this.#output.mute((this.#muted = muted));
    const reason = !enabled ? 'source-disabled' : muted ? 'source-muted' : null;
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#hold(reason);
  }
}
