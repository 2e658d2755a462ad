/** The person over slides or over a shared screen: which, how large, in what shape, and where. */
import type { BlurEffect, ColorEffect, PresenterEffect, PresenterPosition, PresenterShape } from '../src/effects.js';
import { Choice } from './demo-choice.js';
import { find, put } from './demo-page.js';
import { Range } from './demo-range.js';
import { slide, SLIDES } from './demo-slides.js';

type Corner = Extract<PresenterPosition, string>;

const AT: Readonly<Record<Corner, readonly [number, number]>> = {
  'top-left': [0, 0], 'top-right': [1, 0], 'bottom-left': [0, 1], 'bottom-right': [1, 1],
};

export class Presenter {
  readonly #onChange: () => void;
  readonly #colour: () => string;
  readonly #shape: Choice<PresenterShape>;
  readonly #size: Range;
  readonly #corner: Choice<Corner>;
  readonly #inside = find('inside', HTMLSelectElement);
  readonly #share = find('share', HTMLButtonElement);
  readonly #next = find('slide-next', HTMLButtonElement);
  readonly #back = find('slide-back', HTMLButtonElement);
  #slide = 0;
  #screen: MediaStream | null = null;
  /** Counts the questions for a screen: an answer that nobody waits for any more is let go. */
  #asked = 0;
  #position: PresenterPosition = 'bottom-right';

  /** `colour` is the one of the colour effect. */
  constructor(colour: () => string, onChange: () => void) {
    this.#colour = colour;
    this.#onChange = onChange;
    this.#shape = new Choice('shape', (shape) => {
      find('inside-row', HTMLElement).hidden = shape === 'cutout';
      onChange();
    });
    this.#size = new Range('size', onChange);
    this.#corner = new Choice('corner', (corner) => {
      this.#position = corner;
      onChange();
    });
    this.#inside.selectedIndex = 0;
    this.#inside.addEventListener('change', onChange);
    this.#next.addEventListener('click', () => this.#turn(1));
    this.#back.addEventListener('click', () => this.#turn(-1));
    this.#share.addEventListener('click', () => void (this.#screen === null ? this.#open() : this.close()));
    this.#show();
  }

  get effect(): PresenterEffect {
    const shape = this.#shape.value ?? 'cutout';
    const behind: BlurEffect | ColorEffect = this.#inside.value === 'color'
      ? { type: 'color', color: this.#colour() } : { type: 'blur', strength: 'private' };
    return {
      type: 'presenter', source: this.#screen ?? slide(this.#slide), shape, size: this.#size.value,
      position: this.#position, ...(shape === 'cutout' ? {} : { background: behind }),
    };
  }

  /** Across and down, 0..1 of the room that is left. */
  get place(): readonly [number, number] {
    return typeof this.#position === 'string' ? AT[this.#position] : this.#position;
  }

  move(place: readonly [number, number]): void {
    const [x, y] = place.map((part) => Math.round(1000 * Math.min(Math.max(part, 0), 1)) / 1000);
    this.#position = [x ?? 0, y ?? 0];
    this.#corner.value = null;
    this.#onChange();
  }

  /** Ends a shared screen; the slides are back. */
  close(): void {
    this.#asked += 1;
    if (this.#screen === null) return;
    end(this.#screen);
    this.#screen = null;
    this.#show();
    this.#onChange();
  }

  #turn(by: number): void {
    this.#slide = Math.min(Math.max(this.#slide + by, 0), SLIDES - 1);
    this.#show();
    this.#onChange();
  }

  async #open(): Promise<void> {
    const asked = ++this.#asked;
    let screen: MediaStream;
    try {
      screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 }, audio: false });
    } catch (error) {
      put('room-hint', `The screen is not shared: ${(error as Error).message}.`);
      return;
    }
    if (asked !== this.#asked) return end(screen);
    this.#screen = screen;
    // Ended from the browser's own bar.
    screen.getVideoTracks()[0]?.addEventListener('ended', () => this.close(), { once: true });
    this.#show();
    this.#onChange();
  }

  #show(): void {
    const shared = this.#screen !== null;
    this.#share.setAttribute('aria-pressed', String(shared));
    this.#share.textContent = shared ? 'Back to the slides' : 'Share my screen';
    put('slide-number', shared ? 'Your screen' : `${this.#slide + 1} of ${SLIDES}`);
    this.#back.disabled = shared || this.#slide === 0;
    this.#next.disabled = shared || this.#slide === SLIDES - 1;
  }
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
