/** The picture: raw beside sent with a divider between them, and the notice that lies over it. */
import type { Progress } from '../src/options.js';
import { Choice } from './demo-choice.js';
import { find, made, megabytes, put } from './demo-page.js';
import { advice, type Failure } from './demo-words.js';
import type { Source } from './demo-source.js';

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  download: 'Loading and checking the files', start: 'Starting Python and the model', ready: 'Ready',
};

interface Notice {
  readonly scene: 'loading' | 'failed' | 'stopped' | 'unsupported';
  readonly title: string;
  readonly text: string;
  readonly list?: readonly string[];
  readonly code?: string;
  readonly button?: string;
  /** between 0 and 1; null while it cannot be known */
  readonly progress?: number | null;
  readonly progressText?: string;
}

export class Stage {
  readonly #stage = find('stage', HTMLElement);
  readonly #raw = find('raw', HTMLVideoElement);
  readonly #safe = find('safe', HTMLVideoElement);
  readonly #divider = find('divider', HTMLInputElement);
  readonly #notice = find('notice', HTMLElement);
  readonly #button = find('notice-button', HTMLButtonElement);
  readonly #progress = find('progress', HTMLProgressElement);
  readonly #mirror = find('mirror', HTMLInputElement);
  /** What the notice's button does. */
  onButton: () => void = () => location.reload();
  readonly #views = new Choice<'compare' | 'others'>('view', () => this.#view());
  #camera = false;
  #presenting = false;

  constructor() {
    this.#divider.addEventListener('input', () => this.#split());
    this.#button.addEventListener('click', () => this.onButton());
    this.#mirror.addEventListener('change', () => this.#turn());
    this.#view();
  }

  /** Shows both sides; null for what is not there. */
  show(source: Source | null, safe: MediaStream | null): void {
    const raw = source?.stream ?? null;
    if (this.#raw.srcObject !== raw) this.#raw.srcObject = raw;
    if (this.#safe.srcObject !== safe) this.#safe.srcObject = safe;
    this.#camera = source?.kind === 'camera';
    put('raw-name', this.#camera ? 'Camera' : 'Clip');
    this.#turn();
  }

  /** Slides and the camera's picture have nothing to compare, and writing must not be mirrored. */
  set presenting(presenting: boolean) {
    this.#presenting = presenting;
    find('views', HTMLElement).hidden = presenting;
    this.#view();
    this.#turn();
  }

  live(): void {
    this.#stage.dataset['scene'] = 'live';
    this.#notice.hidden = true;
  }

  loading(progress: Progress | null, safe: boolean): void {
    const { phase = 'download', loadedBytes = 0, totalBytes = 0 } = progress ?? {};
    const of = totalBytes > 0 ? `${megabytes(loadedBytes)} of ${megabytes(totalBytes)}` : '';
    this.#show({
      scene: 'loading',
      title: safe ? 'The track exists already' : 'Opening the safe track',
      text: safe ? 'It can be sent right now, and shows nothing of your room.' : 'Nothing is sent before it exists.',
      progress: totalBytes > 0 ? loadedBytes / totalBytes : null,
      progressText: of ? `${PHASES[phase]} · ${of}` : PHASES[phase],
    });
  }

  failed(error: Failure): void {
    this.#show({
      scene: 'failed', title: 'It does not work at the moment', text: error.message, list: [advice(error)],
      code: [error.name, error.code].filter(Boolean).join(' · '), button: 'Start again',
    });
  }

  unsupported(reasons: readonly string[]): void {
    this.#show({
      scene: 'unsupported', title: 'BlurStream cannot run here', list: reasons,
      text: 'Your camera was not opened. What is missing:',
    });
  }

  stopped(text: string): void {
    this.#show({ scene: 'stopped', title: 'Stopped', text, button: 'Start' });
  }

  waiting(): void {
    this.#show({
      scene: 'stopped', title: 'Ready when you are', button: 'Start',
      text: 'Your system asks for less motion, so the clip does not start by itself.',
    });
  }

  #show(notice: Notice): void {
    const hadFocus = document.activeElement === this.#button;
    this.#stage.dataset['scene'] = notice.scene;
    this.#notice.role = notice.scene === 'failed' || notice.scene === 'unsupported' ? 'alert' : 'group';
    put('notice-title', notice.title);
    put('notice-text', notice.text);
    const list = find('notice-list', HTMLUListElement);
    list.replaceChildren(...(notice.list ?? []).map((text) => made('li', '', text)));
    list.hidden = notice.list === undefined;
    put('notice-code', notice.code ?? '');
    find('notice-code', HTMLElement).hidden = notice.code === undefined;
    put('notice-button', notice.button ?? '');
    this.#button.hidden = notice.button === undefined;
    find('notice-progress', HTMLElement).hidden = notice.progress === undefined;
    if (typeof notice.progress === 'number') this.#progress.value = notice.progress;
    else this.#progress.removeAttribute('value');
    put('progress-text', notice.progressText ?? '');
    this.#notice.hidden = false;
    // The button that was pressed has gone: do not leave the keyboard nowhere.
    if (hadFocus && this.#button.hidden) find('power', HTMLButtonElement).focus();
  }

  #split(): void {
    const percent = Math.round(this.#divider.valueAsNumber);
    this.#stage.style.setProperty('--split', `${this.#divider.valueAsNumber}%`);
    this.#divider.setAttribute('aria-valuetext', `${percent} % camera, ${100 - percent} % what others see`);
  }

  #view(): void {
    const compare = this.#views.value === 'compare' && !this.#presenting;
    this.#stage.dataset['view'] = compare ? 'compare' : 'others';
    this.#divider.disabled = !compare;
    if (compare) this.#split();
    else this.#stage.style.setProperty('--split', '0%');
  }

  /** Only the two pictures on this page are mirrored; the sent one is never touched. */
  #turn(): void {
    this.#stage.classList.toggle('mirrored', this.#camera && !this.#presenting && this.#mirror.checked);
  }
}
