/** Where the picture comes from: two clips of this page, or one of the cameras. */
import { find, made } from './demo-page.js';
import { cameras, openCamera, openClip, type Opener, type Source } from './demo-source.js';

const BUTTONS: readonly (readonly [id: string, kind: Source['kind'], opener: Opener])[] = [
  ['use-clip', 'clip', () => openClip('clip')],
  ['use-green', 'green', () => openClip('green')],
  ['use-camera', 'camera', () => openCamera()],
];

export class Sources {
  readonly #controls = find('camera-controls', HTMLElement);
  readonly #select = find('camera', HTMLSelectElement);
  #deviceId = '';

  constructor(onChoice: (opener: Opener, kind: Source['kind']) => void) {
    for (const [id, kind, opener] of BUTTONS) {
      const button = find(id, HTMLButtonElement);
      button.addEventListener('click', () => onChoice(opener, kind));
      button.disabled = false;
    }
    this.#select.addEventListener('change', () => {
      const deviceId = this.#select.value;
      onChoice(() => openCamera(deviceId), 'camera');
    });
    // A camera is plugged in, or gone.
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#list());
  }

  async show(source: Source): Promise<void> {
    for (const [id, kind] of BUTTONS) find(id, HTMLElement).setAttribute('aria-pressed', String(source.kind === kind));
    this.#controls.hidden = source.kind !== 'camera';
    this.#deviceId = source.deviceId;
    await this.#list();
  }

  async #list(): Promise<void> {
    if (this.#controls.hidden) return;
    this.#select.replaceChildren(...(await cameras()).map(({ id, name }) => {
      const option = made('option', '', name);
      option.value = id;
      option.selected = id === this.#deviceId;
      return option;
    }));
  }
}
