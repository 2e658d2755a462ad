/** Three named strengths and a fine slider that say the same thing. */
import type { BlurStrength } from '../src/effects.js';
import { find, put } from './demo-page.js';
import { strengthWords } from './demo-words.js';

/** As in py/blurstream/options.py. */
const PRESETS: Readonly<Record<'light' | 'medium' | 'private', number>> = { light: 0.12, medium: 0.33, private: 0.6 };
type Preset = keyof typeof PRESETS;

export class Strength {
  readonly #slider = find('strength', HTMLInputElement);
  readonly #presets = [...document.querySelectorAll<HTMLInputElement>('input[name=preset]')];
  #value: BlurStrength = 'private';

  constructor(onChange: () => void) {
    for (const preset of this.#presets) {
      preset.addEventListener('change', () => {
        this.#slider.value = String(PRESETS[preset.value as Preset]);
        this.#take(preset.value as Preset);
        onChange();
      });
    }
    this.#slider.addEventListener('input', () => {
      const value = this.#slider.valueAsNumber;
      const named = (Object.keys(PRESETS) as Preset[]).find((name) => PRESETS[name] === value);
      for (const preset of this.#presets) preset.checked = preset.value === named;
      this.#take(named ?? value);
      onChange();
    });
    // A browser may have kept the controls of an earlier visit.
    this.#slider.value = String(PRESETS.private);
    for (const preset of this.#presets) preset.checked = preset.value === 'private';
    this.#take('private');
  }

  get value(): BlurStrength {
    return this.#value;
  }

  /** 0..1 */
  get share(): number {
    return this.#slider.valueAsNumber;
  }

  #take(value: BlurStrength): void {
    this.#value = value;
    const text = this.share.toFixed(2);
    put('strength-value', text);
    put('strength-hint', strengthWords(this.share));
    this.#slider.setAttribute('aria-valuetext', typeof value === 'string' ? `${text}, ${value}` : text);
  }
}
