/** What stands in the room's place, and the controls that belong to it. */
import type { Effect, GreenscreenEffect } from '../src/effects.js';
import { Background } from './demo-background.js';
import { Choice } from './demo-choice.js';
import { codeOf } from './demo-code.js';
import { Greenscreen, type Behind } from './demo-greenscreen.js';
import { Own } from './demo-own.js';
import { find, put } from './demo-page.js';
import { picture, type PictureName } from './demo-pictures.js';
import { Place } from './demo-place.js';
import { Presenter } from './demo-presenter.js';
import { confirmRaw } from './demo-raw.js';
import { Strength } from './demo-strength.js';
import { THUMBS } from './demo-thumbs.js';

type Room = 'blur' | 'color' | 'tide' | 'own' | 'greenscreen' | 'presenter' | 'none' | PictureName;

/** Made by the build, see py/blurstream_build/clip_tide.py. */
const TIDE = 'demo-tide.webm';
const SETTINGS = ['blur', 'color', 'picture', 'tide', 'own', 'greenscreen', 'presenter', 'none'];

export class Gallery {
  readonly #onChange: () => void;
  readonly #choice: Choice<Room>;
  readonly #strength = new Strength(() => this.#tell());
  readonly #background = new Background(() => this.#tell());
  readonly #color = find('color', HTMLInputElement);
  readonly #own = new Own(() => this.#tell());
  readonly #greenscreen = new Greenscreen((name) => this.#behind(name), () => this.#tell());
  readonly #presenter = new Presenter(() => this.#color.value, () => this.#tell());
  readonly #place = new Place(this.#presenter);
  #room: Room = 'blur';

  constructor(onChange: () => void) {
    this.#choice = new Choice('room', (room) => void this.#choose(room));
    for (const name of Object.keys(THUMBS)) paint(name, THUMBS[name]);
    this.#color.value = this.#color.defaultValue;
    this.#color.addEventListener('input', () => this.#tell());
    this.#show();
    this.#onChange = onChange;
  }

  get effect(): Effect {
    switch (this.#room) {
      case 'color': return this.#colour;
      case 'tide': return { type: 'video', source: TIDE };
      case 'own': return this.#own.effect ?? this.#blur;
      case 'greenscreen': return this.#greenscreen.effect;
      case 'presenter': return this.#presenter.effect;
      case 'none': return { type: 'none' };
      case 'blur': return this.#blur;
      default: return { type: 'image', source: picture(this.#room) };
    }
  }

  get denoise(): boolean {
    return this.#background.denoise;
  }

  /** How little is left of the room, 0..1. */
  get share(): number {
    return this.effect.type === 'blur' ? this.#strength.share : 1;
  }

  /** An effect that could not be had: back to the blur, and why. */
  refuse(why: string): void {
    this.#own.forget();
    this.#take('blur');
    put('room-hint', why);
    this.#onChange();
  }

  /** What was shared for the presenter ends with the stream. */
  close(): void {
    this.#presenter.close();
  }

  get #blur(): Effect {
    return { type: 'blur', strength: this.#strength.value, background: this.#background.value };
  }

  get #colour(): { readonly type: 'color'; readonly color: string } {
    return { type: 'color', color: this.#color.value };
  }

  #behind(name: Behind): GreenscreenEffect['background'] {
    if (name === 'color') return this.#colour;
    return name === 'tide' ? { type: 'video', source: TIDE } : { type: 'image', source: picture(name) };
  }

  async #choose(room: Room): Promise<void> {
    const before = this.#room;
    if (room === 'none' && !await confirmRaw()) {
      this.#choice.value = before;
      return;
    }
    if (before === 'presenter') this.#presenter.close();
    this.#take(room);
    if (room === 'own' && this.#own.effect === null) return this.#own.ask();
    this.#onChange();
  }

  #take(room: Room): void {
    this.#room = room;
    this.#choice.value = room;
    put('room-hint', '');
    this.#show();
  }

  #tell(): void {
    this.#show();
    this.#onChange();
  }

  #show(): void {
    const shown = SETTINGS.includes(this.#room) ? this.#room : 'picture';
    for (const name of SETTINGS) find(`settings-${name}`, HTMLElement).hidden = name !== shown;
    // Where no model runs and nothing is held there is nothing to steady.
    find('denoise-row', HTMLElement).hidden = this.#room === 'greenscreen' || this.#room === 'none';
    this.#place.hidden = this.#room !== 'presenter';
    paint('color', (context, width, height) => {
      context.fillStyle = this.#color.value;
      context.fillRect(0, 0, width, height);
    });
    put('code-effect', codeOf(this.effect));
  }
}

function paint(name: string, painter: (typeof THUMBS)[string] | undefined): void {
  const canvas = find(`thumb-${name}`, HTMLCanvasElement);
  const context = canvas.getContext('2d');
  if (context !== null) painter?.(context, canvas.width, canvas.height);
}
