/** A slider and the number beside it. */
import { find } from './demo-page.js';

export class Range {
  readonly #slider: HTMLInputElement;
  readonly #number: HTMLOutputElement;

  constructor(id: string, onChange: () => void) {
    this.#slider = find(id, HTMLInputElement);
    const number = this.#slider.parentElement?.querySelector('output');
    if (!(number instanceof HTMLOutputElement)) throw new TypeError(`index.html has no <output> beside '${id}'`);
    this.#number = number;
    // A browser may have kept the controls of an earlier visit.
    this.#slider.value = this.#slider.defaultValue;
    this.#slider.addEventListener('input', () => {
      this.#tell();
      onChange();
    });
    this.#tell();
  }

  get value(): number {
    return this.#slider.valueAsNumber;
  }

  #tell(): void {
    this.#number.value = this.value.toFixed(2);
  }
}
