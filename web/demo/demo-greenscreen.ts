/** The wall's colour, how much of it goes, and what is shown instead. */
import type { Effect, GreenscreenEffect } from '../src/effects.js';
import { Choice } from './demo-choice.js';
import { find } from './demo-page.js';
import { Range } from './demo-range.js';

export type Behind = 'dawn' | 'studio' | 'paper' | 'tide' | 'color';

export class Greenscreen {
  readonly #key: Choice<'green' | 'blue' | 'own'>;
  readonly #colour = find('key-color', HTMLInputElement);
  readonly #behind = find('behind', HTMLSelectElement);
  readonly #tolerance: Range;
  readonly #softness: Range;
  readonly #spill: Range;
  readonly #background: (name: Behind) => GreenscreenEffect['background'];

  constructor(background: (name: Behind) => GreenscreenEffect['background'], onChange: () => void) {
    this.#background = background;
    this.#tolerance = new Range('tolerance', onChange);
    this.#softness = new Range('softness', onChange);
    this.#spill = new Range('spill', onChange);
    this.#key = new Choice('key', (key) => {
      find('key-row', HTMLElement).hidden = key !== 'own';
      onChange();
    });
    this.#colour.value = this.#colour.defaultValue;
    this.#colour.addEventListener('input', onChange);
    this.#behind.selectedIndex = 0;
    this.#behind.addEventListener('change', onChange);
  }

  get effect(): Effect {
    const key = this.#key.value ?? 'green';
    return {
      type: 'greenscreen',
      background: this.#background(this.#behind.value as Behind),
      key: key === 'own' ? this.#colour.value as `#${string}` : key,
      tolerance: this.#tolerance.value,
      softness: this.#softness.value,
      spill: this.#spill.value,
    };
  }
}
