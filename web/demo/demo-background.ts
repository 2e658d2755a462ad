/** Whether the room is sampled once or in every frame, and whether what rests of the person is steadied. */
import type { BlurBackground } from '../src/effects.js';
import { find, put } from './demo-page.js';
import { backgroundWords } from './demo-words.js';

export class Background {
  readonly #choices = [...document.querySelectorAll<HTMLInputElement>('input[name=background]')];
  readonly #denoise = find('denoise', HTMLInputElement);

  constructor(onChange: () => void) {
    // A browser may have kept the controls of an earlier visit.
    for (const choice of this.#choices) choice.checked = choice.defaultChecked;
    this.#denoise.checked = this.#denoise.defaultChecked;
    for (const control of [...this.#choices, this.#denoise]) {
      control.addEventListener('change', () => {
        this.#explain();
        onChange();
      });
    }
    this.#explain();
  }

  get value(): BlurBackground {
    return this.#choices.find(({ checked }) => checked)?.value as BlurBackground;
  }

  get denoise(): boolean {
    return this.#denoise.checked;
  }

  #explain(): void {
    put('background-hint', backgroundWords(this.value));
  }
}
