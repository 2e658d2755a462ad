/** Four slides of a talk that nobody gives, drawn here. */

export const SLIDES = 4;

const WIDTH = 1280;
const HEIGHT = 720;
const FONT = 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif';
const PAPER = '#fbfaf7';
const INK = '#17231f';
const SOFT = '#5d6b66';
const GREEN = '#0b6e5f';
const AMBER = '#d98e32';
const BLUE = '#5a7fb0';

type Context = OffscreenCanvasRenderingContext2D;
type Drawing = (context: Context) => void;

const DRAWINGS: readonly Drawing[] = [
  (context) => {
    ground(context, '#0d2d28');
    context.fillStyle = '#14463d';
    for (const [x, y, radius] of [[1120, 90, 300], [930, 640, 220], [60, 720, 180]] as const) disc(context, x, y, radius);
    text(context, 'A quiet quarter', 96, 300, 88, '#f3f6f1', 700);
    text(context, 'What three months of fewer meetings did', 100, 372, 34, '#b5d3c9');
    context.fillStyle = AMBER;
    context.fillRect(100, 424, 120, 8);
  },
  (context) => {
    head(context, 'Hours in meetings, a week');
    const weeks = [14, 13, 12.5, 9, 7.5, 6, 5.5, 5];
    weeks.forEach((hours, index) => {
      const tall = hours * 28;
      context.fillStyle = index < 3 ? '#c9d2ce' : GREEN;
      context.beginPath();
      context.roundRect(110 + 92 * index, 600 - tall, 60, tall, [8, 8, 0, 0]);
      context.fill();
      text(context, String(hours), 140 + 92 * index, 588 - tall, 24, INK, 600, 'center');
      text(context, `W${index + 1}`, 140 + 92 * index, 640, 22, SOFT, 400, 'center');
    });
    context.fillStyle = SOFT;
    context.fillRect(96, 600, 760, 2);
  },
  (context) => {
    head(context, 'What we changed');
    const points = ['One page before every meeting', 'No meeting without a question', 'Thursdays belong to nobody'];
    points.forEach((point, index) => {
      const y = 270 + 110 * index;
      context.fillStyle = [GREEN, AMBER, BLUE][index] ?? GREEN;
      disc(context, 122, y - 12, 26);
      text(context, String(index + 1), 122, y - 2, 28, '#ffffff', 700, 'center');
      text(context, point, 176, y, 38, INK, 500);
    });
  },
  (context) => {
    ground(context, '#f0e7d8');
    context.fillStyle = '#e3d3b8';
    disc(context, 180, 130, 340);
    text(context, 'Thank you.', 96, 330, 96, INK, 700);
    text(context, 'Questions are welcome. Meetings are not.', 100, 398, 34, SOFT);
  },
];

const drawn = new Map<number, ImageBitmap>();

/** Slide `index`, from 0 to SLIDES - 1; drawn once. */
export function slide(index: number): ImageBitmap {
  const known = drawn.get(index);
  if (known !== undefined) return known;
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  const drawing = DRAWINGS[index];
  if (context === null || drawing === undefined) throw new RangeError(`there is no slide ${index} of ${SLIDES}`);
  drawing(context);
  const picture = canvas.transferToImageBitmap();
  drawn.set(index, picture);
  return picture;
}

function ground(context: Context, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(0, 0, WIDTH, HEIGHT);
}

function head(context: Context, title: string): void {
  ground(context, PAPER);
  context.fillStyle = GREEN;
  context.fillRect(0, 0, 16, HEIGHT);
  text(context, title, 96, 140, 56, INK, 700);
}

function text(
  context: Context, words: string, x: number, y: number, size: number, colour: string, weight = 400,
  align: CanvasTextAlign = 'left',
): void {
  context.font = `${weight} ${size}px ${FONT}`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(words, x, y);
}

function disc(context: Context, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
