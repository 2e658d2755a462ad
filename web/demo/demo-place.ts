/** The frame around the person over the slides: drag it, or move it with the arrow keys. */
import type { Presenter } from './demo-presenter.js';
import { find } from './demo-page.js';

const STEP = 0.02; // of the room that is left, for each press of an arrow key
const LARGE_STEP = 0.1; // with Shift
const MARGIN = 0.03; // as in py/blurstream/placement.py: of the slides' height, around what is no cut-out
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Place {
  readonly #presenter: Presenter;
  readonly #stage = find('stage', HTMLElement);
  readonly #safe = find('safe', HTMLVideoElement);
  readonly #raw = find('raw', HTMLVideoElement);
  readonly #frame = find('place', HTMLButtonElement);
  /** From the pointer to the frame's upper left corner, while it is dragged. */
  #held: readonly [number, number] | null = null;

  constructor(presenter: Presenter) {
    this.#presenter = presenter;
    const frame = this.#frame;
    frame.addEventListener('keydown', (event) => this.#press(event));
    frame.addEventListener('pointerdown', (event) => {
      const { left, top } = frame.getBoundingClientRect();
      this.#held = [left - event.clientX, top - event.clientY];
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener('pointermove', (event) => this.#drag(event));
    for (const end of ['pointerup', 'pointercancel']) frame.addEventListener(end, () => { this.#held = null; });
    for (const video of [this.#safe, this.#raw]) video.addEventListener('resize', () => this.show());
    new ResizeObserver(() => this.show()).observe(this.#stage);
  }

  /** Puts the frame where the person is. */
  show(): void {
    if (this.#frame.hidden) return;
    const box = this.#box;
    for (const [name, value] of Object.entries(box)) this.#frame.style.setProperty(name, `${value}px`);
    this.#frame.dataset['shape'] = this.#presenter.effect.shape ?? '';
    const [x, y] = this.#presenter.place.map((part) => Math.round(100 * part));
    this.#frame.setAttribute('aria-label', `Your place on the slide: ${x} % across, ${y} % down`);
  }

  set hidden(hidden: boolean) {
    this.#frame.hidden = hidden;
    this.show();
  }

  /** The slides as they are shown, in pixels of the stage. */
  get #slides(): Box {
    const { clientWidth, clientHeight } = this.#stage;
    const { videoWidth, videoHeight } = this.#safe;
    const aspect = videoWidth > 0 ? videoWidth / videoHeight : 16 / 9;
    const width = Math.min(clientWidth, clientHeight * aspect);
    const height = width / aspect;
    return { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
  }

  get #box(): Box {
    const { left, top, width: wide, height: high } = this.#room;
    const { shape, size = 1 } = this.#presenter.effect;
    const slides = this.#slides;
    const camera = this.#raw.videoWidth > 0 ? this.#raw.videoWidth / this.#raw.videoHeight : 16 / 9;
    const aspect = shape === 'circle' ? 1 : shape === 'rounded' ? 4 / 3 : camera;
    const width = Math.min(size * slides.height * aspect, slides.width);
    const height = width / aspect;
    const [x, y] = this.#presenter.place;
    return { left: left + x * (wide - width), top: top + y * (high - height), width, height };
  }

  /** Where the frame may be: all of the slides, or all but a margin. */
  get #room(): Box {
    const { left, top, width, height } = this.#slides;
    const margin = this.#presenter.effect.shape === 'cutout' ? 0 : MARGIN * height;
    return { left: left + margin, top: top + margin, width: width - 2 * margin, height: height - 2 * margin };
  }

  #press(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const [x, y] = this.#presenter.place;
    this.#presenter.move([x + step * move[0], y + step * move[1]]);
  }

  #drag(event: PointerEvent): void {
    if (this.#held === null) return;
    const [room, box, stage] = [this.#room, this.#box, this.#stage.getBoundingClientRect()];
    const left = event.clientX + this.#held[0] - stage.left - room.left;
    const top = event.clientY + this.#held[1] - stage.top - room.top;
    const share = (at: number, free: number): number => (free > 0 ? at / free : 0);
    this.#presenter.move([share(left, room.width - box.width), share(top, room.height - box.height)]);
  }
}
