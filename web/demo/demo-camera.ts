/** The list of cameras, once one of them has been allowed. */
import { find, made } from './demo-page.js';
import { cameras, type Source } from './demo-source.js';

export class CameraPicker {
  readonly #controls = find('camera-controls', HTMLElement);
  readonly #select = find('camera', HTMLSelectElement);
  readonly #clip = find('use-clip', HTMLButtonElement);
  readonly #camera = find('use-camera', HTMLButtonElement);
  #deviceId = '';

  constructor(onChoice: (deviceId: string) => void) {
    this.#select.addEventListener('change', () => onChoice(this.#select.value));
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#list());
  }

  async show(source: Source): Promise<void> {
    this.#clip.setAttribute('aria-pressed', String(source.kind === 'clip'));
    this.#camera.setAttribute('aria-pressed', String(source.kind === 'camera'));
    this.#controls.hidden = source.kind !== 'camera';
    this.#deviceId = source.deviceId;
    if (source.kind === 'camera') await this.#list();
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
