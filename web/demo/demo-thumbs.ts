/** The thumbnails of the gallery that are no picture of full size. */
import { disc, fade, PAINTERS, type Context, type Painter } from './demo-pictures.js';
import { slide } from './demo-slides.js';

const SKIN = '#c98a6b';
const SHIRT = '#3d4f6b';

export const THUMBS: Readonly<Record<string, Painter>> = {
  ...PAINTERS,

  tide(context, width, height) {
    fade(context, width, height, ['#12324a', '#1d5a6e', '#3fa58f']);
    for (let wave = 0; wave < 5; wave += 1) {
      context.fillStyle = `rgb(190 240 228 / ${0.1 + 0.05 * wave})`;
      context.beginPath();
      context.moveTo(0, height);
      for (let x = 0; x <= width; x += 4) {
        context.lineTo(x, height * (0.36 + 0.14 * wave + 0.05 * Math.sin(6 * x / width + 1.7 * wave)));
      }
      context.lineTo(width, height);
      context.fill();
    }
    context.fillStyle = 'rgb(255 255 255 / .92)';
    disc(context, width / 2, height / 2, 0.17 * height, 'rgb(8 20 24 / .62)');
    context.fillStyle = '#fff';
    context.beginPath();
    for (const [x, y] of [[-0.05, -0.08], [0.09, 0], [-0.05, 0.08]] as const) {
      context.lineTo(width / 2 + x * height, height / 2 + y * height);
    }
    context.fill();
  },

  greenscreen(context, width, height) {
    const gradient = context.createRadialGradient(width / 2, height / 3, 0, width / 2, height / 3, width * 0.6);
    gradient.addColorStop(0, '#3fbf62');
    gradient.addColorStop(1, '#1f8f45');
    context.fillStyle = gradient;
    context.fillRect(0, 0, width, height);
    person(context, width / 2, height, height);
  },

  presenter(context, width, height) {
    context.drawImage(slide(1), 0, 0, width, height);
    person(context, 0.86 * width, height, 0.62 * height);
  },

  none(context, width, height) {
    fade(context, width, height, ['#d9d3c6', '#c9bda9']);
    context.fillStyle = '#8fb3c9';
    context.fillRect(0.08 * width, 0.12 * height, 0.22 * width, 0.46 * height);
    context.fillStyle = '#7a5c43';
    context.fillRect(0.68 * width, 0.3 * height, 0.26 * width, 0.04 * height);
    for (const [index, colour] of ['#b4574a', '#3f6b64', '#d9b36c', '#52605b'].entries()) {
      context.fillStyle = colour;
      context.fillRect((0.7 + 0.05 * index) * width, 0.12 * height, 0.035 * width, 0.18 * height);
    }
    person(context, width / 2, height, height);
  },
};

/** Head and shoulders that stand on `bottom`, in a picture of this height. */
function person(context: Context, x: number, bottom: number, height: number): void {
  context.fillStyle = SHIRT;
  context.beginPath();
  context.ellipse(x, bottom + 0.06 * height, 0.36 * height, 0.42 * height, 0, Math.PI, 2 * Math.PI);
  context.fill();
  context.fillStyle = SKIN;
  context.fillRect(x - 0.06 * height, bottom - 0.46 * height, 0.12 * height, 0.16 * height);
  context.beginPath();
  context.ellipse(x, bottom - 0.6 * height, 0.15 * height, 0.2 * height, 0, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = '#4a2f22';
  context.beginPath();
  context.ellipse(x, bottom - 0.68 * height, 0.16 * height, 0.15 * height, 0, Math.PI, 2 * Math.PI);
  context.fill();
}
