/** The four buttons: start and stop, pause, hide, self-view. What each means stands with its method. */
import type { SafeStream } from '../src/safestream.js';
import type { SelfView } from '../src/selfview.js';
import { find } from './demo-page.js';

export class Actions {
  readonly #power = find('power', HTMLButtonElement);
  readonly #pause = find('pause', HTMLButtonElement);
  readonly #hide = find('hide', HTMLButtonElement);
  readonly #selfView = find('self-view', HTMLButtonElement);
  readonly #onChange: () => void;
  readonly #onProblem: (error: Error) => void;
  #safe: SafeStream | null = null;
  #paused = false;
  #hidden = false;
  #view: SelfView | null = null;

  constructor(onPower: () => void, onChange: () => void, onProblem: (error: Error) => void) {
    this.#onChange = onChange;
    this.#onProblem = onProblem;
    this.#power.disabled = false;
    this.#power.addEventListener('click', onPower);
    this.#pause.addEventListener('click', () => void this.#togglePause());
    this.#hide.addEventListener('click', () => this.#toggleHidden());
    this.#selfView.addEventListener('click', () => void this.#toggleView());
  }

  get hidden(): boolean {
    return this.#hidden;
  }

  /** The stream to act on; null when there is none. */
  show(safe: SafeStream | null, started: boolean): void {
    if (safe !== this.#safe) {
      this.#safe = safe;
      this.#paused = false;
      this.#closeView();
      this.#applyHidden();
    }
    for (const button of [this.#pause, this.#hide, this.#selfView]) button.disabled = safe === null;
    this.#power.textContent = started ? 'Stop' : 'Start';
    this.#pause.textContent = this.#paused ? 'Resume' : 'Pause';
    this.#hide.textContent = this.#hidden ? 'Show me' : 'Hide me';
    this.#selfView.textContent = this.#view === null ? 'Self-view' : 'Close view';
  }

  /** Others see one covered picture, standing still. */
  async #togglePause(): Promise<void> {
    const safe = this.#safe;
    if (safe === null) return;
    this.#paused = !this.#paused;
    this.show(safe, true);
    try {
      await (this.#paused ? safe.pause() : safe.resume());
    } catch (error) {
      this.#onProblem(error as Error);
    }
  }

  /** Not simulated: the very track that is sent is switched off, as a call's camera button does it. */
  #toggleHidden(): void {
    this.#hidden = !this.#hidden;
    this.#applyHidden();
    this.show(this.#safe, this.#safe !== null);
    this.#onChange();
  }

  #applyHidden(): void {
    for (const track of this.#safe?.getVideoTracks() ?? []) track.enabled = !this.#hidden;
  }

  async #toggleView(): Promise<void> {
    const safe = this.#safe;
    if (safe === null) return;
    if (this.#view === null) {
      try {
        const view = await safe.selfView();
        if (safe === this.#safe) this.#keepView(view);
        else view.close();
      } catch (error) {
        this.#onProblem(error as Error);
      }
    } else {
      this.#closeView();
    }
    this.show(this.#safe, this.#safe !== null);
  }

  /** Its window has a button of its own to close it. */
  #keepView(view: SelfView): void {
    this.#view = view;
    void view.closed.then(() => {
      if (this.#view !== view) return;
      this.#view = null;
      this.show(this.#safe, this.#safe !== null);
    });
  }

  #closeView(): void {
    this.#view?.close();
    this.#view = null;
  }
}
