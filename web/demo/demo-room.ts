/** What stands in the room's place: a blur, a colour, a picture of this page or one's own. */
import type { Effect } from '../src/effects.js';
import { Background } from './demo-background.js';
import { find, put } from './demo-page.js';
import { PAINTERS, picture, type PictureName } from './demo-pictures.js';
import { Strength } from './demo-strength.js';

type Choice = 'blur' | 'color' | 'own' | PictureName;

export class Room {
  readonly #strength: Strength;
  readonly #background: Background;
  readonly #choices = [...document.querySelectorAll<HTMLInputElement>('input[name=room]')];
  readonly #color = find('color', HTMLInputElement);
  readonly #file = find('picture', HTMLInputElement);
  readonly #pictures = new Map<PictureName, Blob>();
  readonly #onChange: () => void;
  #own: File | null = null;
  #choice: Choice = 'blur';

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#strength = new Strength(() => this.#tell());
    this.#background = new Background(() => this.#tell());
    this.#paintThumbnails();
    for (const input of this.#choices) {
      // A browser may have kept the controls of an earlier visit.
      input.checked = input.defaultChecked;
      input.addEventListener('change', () => void this.#choose(input.value as Choice));
    }
    this.#color.value = this.#color.defaultValue;
    this.#color.addEventListener('input', () => {
      this.#paint('color');
      this.#tell();
    });
    this.#file.value = '';
    this.#file.addEventListener('change', () => {
      this.#own = this.#file.files?.[0] ?? null;
      if (this.#own !== null) put('own-name', this.#own.name);
      this.#tell();
    });
    this.#show();
  }

  get effect(): Effect {
    switch (this.#choice) {
      case 'color':
        return { type: 'color', color: this.#color.value };
      case 'own':
        return this.#own === null ? this.#blur : { type: 'image', source: this.#own };
      case 'blur':
        return this.#blur;
      default: {
        const source = this.#pictures.get(this.#choice);
        return source === undefined ? this.#blur : { type: 'image', source };
      }
    }
  }

  get denoise(): boolean {
    return this.#background.denoise;
  }

  /** How little is left of the room, 0..1. */
  get share(): number {
    return this.effect.type === 'blur' ? this.#strength.share : 1;
  }

  /** A picture that could not be used: back to the blur, and why. */
  refuse(why: string): void {
    put('room-hint', why);
    this.#own = null;
    this.#choice = 'blur';
    for (const input of this.#choices) input.checked = input.value === 'blur';
    this.#show(why);
    this.#onChange();
  }

  get #blur(): Effect {
    return { type: 'blur', strength: this.#strength.value, background: this.#background.value };
  }

  async #choose(choice: Choice): Promise<void> {
    this.#choice = choice;
    this.#show();
    if (choice === 'own') {
      if (this.#own === null) return this.#file.focus();
    } else if (choice !== 'blur' && choice !== 'color' && !this.#pictures.has(choice)) {
      this.#pictures.set(choice, await picture(choice));
    }
    this.#tell();
  }

  #tell(): void {
    this.#show();
    this.#onChange();
  }

  #show(hint = ''): void {
    find('blur-controls', HTMLElement).hidden = this.#choice !== 'blur';
    find('color-controls', HTMLElement).hidden = this.#choice !== 'color';
    find('own-controls', HTMLElement).hidden = this.#choice !== 'own';
    put('room-hint', hint);
    put('code-effect', codeOf(this.effect));
  }

  #paintThumbnails(): void {
    for (const name of Object.keys(PAINTERS)) this.#paint(name);
    this.#paint('color');
  }

  #paint(name: string): void {
    const canvas = find(`thumb-${name}`, HTMLCanvasElement);
    const context = canvas.getContext('2d');
    if (context === null) return;
    if (name === 'color') {
      context.fillStyle = this.#color.value;
      context.fillRect(0, 0, canvas.width, canvas.height);
    } else {
      PAINTERS[name as PictureName | 'blur'](context, canvas.width, canvas.height);
    }
  }
}

/** The effect as an application would write it. */
function codeOf(effect: Effect): string {
  switch (effect.type) {
    case 'blur': {
      const { strength } = effect;
      return `type: 'blur', strength: ${typeof strength === 'number' ? strength.toFixed(2) : `'${strength}'`}`;
    }
    case 'color':
      return `type: 'color', color: '${effect.color}'`;
    case 'image':
      return "type: 'image', source: '/pictures/office.jpg'";
  }
}
