/** Pictures for the room's place, drawn here: nobody's but ours. */

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
export type Painter = (context: Context, width: number, height: number) => void;

export type PictureName = 'dawn' | 'studio' | 'paper';

const WIDTH = 1280;
const HEIGHT = 720;

export const PAINTERS: Readonly<Record<PictureName | 'blur', Painter>> = {
  dawn(context, width, height) {
    fade(context, width, height, ['#6f8fb8', '#c7b7c4', '#f4cfa8', '#f8e3c4']);
    disc(context, 0.7 * width, 0.5 * height, 0.08 * height, '#fff1d2');
    const hills: readonly [base: number, swing: number, waves: number, colour: string][] = [
      [0.62, 0.05, 1.3, '#8d93ad'], [0.72, 0.07, 0.9, '#5f6f86'], [0.86, 0.06, 1.7, '#33475a'],
    ];
    hills.forEach(([base, swing, waves, colour], turn) => {
      context.fillStyle = colour;
      context.beginPath();
      context.moveTo(0, height);
      for (let x = 0; x <= width; x += width / 160) {
        const at = (x / width) * waves * Math.PI * 2 + turn * 2.1;
        context.lineTo(x, height * (base - swing * (Math.sin(at) + 0.4 * Math.sin(2.7 * at + turn))));
      }
      context.lineTo(width, height);
      context.fill();
    });
  },

  studio(context, width, height) {
    fade(context, width, height, ['#e9e1d6', '#e2d7c8', '#cdbfae']);
    context.save();
    context.filter = `blur(${0.02 * height}px)`;
    context.fillStyle = 'rgb(255 250 238 / .75)';
    for (const [left, right] of [[0.06, 0.2], [0.23, 0.37]] as const) {
      shape(context, [[left, 0.06], [right, 0.02], [right + 0.12, 0.6], [left + 0.12, 0.66]], width, height);
    }
    context.restore();
    context.fillStyle = '#8a6f58';
    context.fillRect(0.62 * width, 0.42 * height, 0.3 * width, 0.02 * height);
    const books = ['#3f6b64', '#c98a4b', '#7a8fa6', '#b4574a', '#d9b36c', '#52605b'] as const;
    books.forEach((colour, index) => {
      const tall = height * (0.14 + 0.045 * Math.sin(index * 2.3));
      context.fillStyle = colour;
      context.fillRect((0.65 + 0.026 * index) * width, 0.42 * height - tall, 0.022 * width, tall);
    });
    context.fillStyle = '#b7a894';
    context.fillRect(0, 0.9 * height, width, 0.1 * height);
  },

  paper(context, width, height) {
    fade(context, width, height, ['#f3f1ec', '#ebe7df']);
    const rounds: readonly [x: number, y: number, size: number, colour: string][] = [
      [0.1, 0.95, 0.7, 'rgb(84 160 146 / .55)'], [0.9, 0.1, 0.55, 'rgb(233 170 98 / .5)'],
      [0.78, 0.9, 0.34, 'rgb(122 143 196 / .45)'], [0.3, 0.12, 0.22, 'rgb(207 98 88 / .4)'],
    ];
    for (const [x, y, size, colour] of rounds) disc(context, x * width, y * height, size * height, colour);
  },

  blur(context, width, height) {
    context.filter = `blur(${0.09 * height}px)`;
    fade(context, width, height, ['#b9c4c0', '#8fa39c']);
    disc(context, 0.2 * width, 0.35 * height, 0.3 * height, '#4f7d9c');
    disc(context, 0.85 * width, 0.5 * height, 0.34 * height, '#c98a4b');
    context.fillStyle = '#5a4a3c';
    context.fillRect(0.35 * width, 0.8 * height, 0.5 * width, 0.2 * height);
    context.filter = 'none';
  },
};

const drawn = new Map<PictureName, ImageBitmap>();

/** One of them in full size; drawn once. */
export function picture(name: PictureName): ImageBitmap {
  const known = drawn.get(name);
  if (known !== undefined) return known;
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  if (context === null) throw new TypeError('this browser has no 2D canvas');
  PAINTERS[name](context, WIDTH, HEIGHT);
  const made = canvas.transferToImageBitmap();
  drawn.set(name, made);
  return made;
}

export function fade(context: Context, width: number, height: number, colours: readonly string[]): void {
  const gradient = context.createLinearGradient(0, 0, 0, height);
  colours.forEach((colour, index) => gradient.addColorStop(index / (colours.length - 1), colour));
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

export function disc(context: Context, x: number, y: number, radius: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function shape(context: Context, points: readonly (readonly [number, number])[], width: number, height: number): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x * width, y * height);
  context.fill();
}
