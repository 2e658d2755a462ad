/** A picture or a video of the person's own. It goes nowhere. */
import type { Effect } from '../src/effects.js';
import { Choice } from './demo-choice.js';
import { find, put } from './demo-page.js';

/** Animated pictures are played as videos are. */
const MOVING = /^(video\/|image\/gif$)/;

export class Own {
  readonly #file = find('picture', HTMLInputElement);
  readonly #fit: Choice<'cover' | 'contain' | 'fill'>;
  #own: File | null = null;

  constructor(onChange: () => void) {
    this.#fit = new Choice('fit', onChange);
    this.#file.value = '';
    this.#file.addEventListener('change', () => {
      this.#own = this.#file.files?.[0] ?? null;
      if (this.#own !== null) put('own-name', this.#own.name);
      onChange();
    });
  }

  /** Null until a file has been chosen. */
  get effect(): Effect | null {
    if (this.#own === null) return null;
    return { type: MOVING.test(this.#own.type) ? 'video' : 'image', source: this.#own, fit: this.#fit.value ?? 'cover' };
  }

  ask(): void {
    this.#file.focus();
  }

  forget(): void {
    this.#own = null;
    this.#file.value = '';
    put('own-name', 'Your own');
  }
}
