/** The bitrate of the last minute as two lines; figures beside it say the same in words. */
import { find, put } from './demo-page.js';
import { bitrate } from './demo-savings.js';

const SECONDS = 60;
const WIDTH = 600;
const HEIGHT = 150;
const STEP_BPS = 500_000; // the scale grows by whole steps, so that it does not jump with every second
const SVG = 'http://www.w3.org/2000/svg';

export type Lines = Readonly<Record<'raw' | 'safe', number | null>>;

export class Chart {
  readonly #lines: Readonly<Record<keyof Lines, SVGPolylineElement>>;
  #seconds: Lines[] = [];

  constructor() {
    const svg = find('chart', SVGSVGElement);
    for (const share of [0.25, 0.5, 0.75]) {
      const line = document.createElementNS(SVG, 'line');
      for (const [name, value] of Object.entries({ x1: 0, x2: WIDTH, y1: share * HEIGHT, y2: share * HEIGHT })) {
        line.setAttribute(name, String(value));
      }
      svg.append(line);
    }
    this.#lines = { raw: polyline(svg, 'raw-line'), safe: polyline(svg, 'safe-line') };
    this.#draw();
  }

  add(second: Lines): void {
    this.#seconds = [...this.#seconds, second].slice(-SECONDS);
    this.#draw();
  }

  forget(): void {
    this.#seconds = [];
    this.#draw();
  }

  #draw(): void {
    const highest = Math.max(0, ...this.#seconds.flatMap(({ raw, safe }) => [raw ?? 0, safe ?? 0]));
    const top = STEP_BPS * Math.max(Math.ceil(highest / STEP_BPS), 1);
    for (const name of ['raw', 'safe'] as const) {
      const points = this.#seconds.flatMap((second, index) => {
        const value = second[name];
        if (value === null) return [];
        const x = WIDTH * (index + SECONDS - this.#seconds.length) / (SECONDS - 1);
        return [`${x.toFixed(1)},${(HEIGHT * (1 - value / top)).toFixed(1)}`];
      });
      this.#lines[name].setAttribute('points', points.join(' '));
    }
    put('chart-top', `top ${bitrate(top)}`);
  }
}

function polyline(svg: SVGSVGElement, name: string): SVGPolylineElement {
  const line = document.createElementNS(SVG, 'polyline');
  line.setAttribute('class', name);
  svg.append(line);
  return line;
}
