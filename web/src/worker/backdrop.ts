/* Draws the picture of an image effect in the size of the frames, once for each, into Python's memory. */
import type { PlacedImage, WireEffect } from '../effects.js';
import type { Engine } from './python.js';
import type { FrameShape } from './shape.js';

const BYTES = 4;

export class Backdrop {
  #effect: PlacedImage | null = null;
  #picture: ImageBitmap | null = null;
  #drawn = '';

  /** `picture`: a new one, or null if it is still the one before. */
  set(effect: WireEffect, picture: ImageBitmap | null): void {
    this.#effect = effect.type === 'image' ? effect : null;
    if (picture === null && this.#effect !== null) return;
    this.#picture?.close();
    this.#picture = picture;
    this.#drawn = '';
  }

  close(): void {
    this.#picture?.close();
    this.#picture = null;
  }

  /** To be called before each frame's pixels are copied: gives Python the picture if it has not got it yet. */
  supply(engine: Engine, shape: FrameShape): void {
    const effect = this.#effect;
    if (effect === null || this.#picture === null) return;
    const { width, height, rotation, flip } = shape;
    const wanted = [effect.picture, width, height, rotation, flip].join();
    if (wanted === this.#drawn) return;
    const pixels = draw(this.#picture, effect, shape);
    const [address, stride] = engine.placePicture(effect.picture, width, height);
    const memory = engine.memory(address, stride * height);
    for (let row = 0; row < height; row += 1) {
      memory.set(pixels.subarray(row * width * BYTES, (row + 1) * width * BYTES), row * stride);
    }
    this.#drawn = wanted;
  }
}

/** RGBA of the frame as it is coded: turned and mirrored so that it is upright when the frame is shown. */
function draw(picture: ImageBitmap, effect: PlacedImage, shape: FrameShape): Uint8ClampedArray {
  const { width, height, rotation, flip } = shape;
  const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
  if (context === null) throw new TypeError('there is no 2D canvas in this worker');
  const turned = rotation === 90 || rotation === 270;
  const [across, down] = turned ? [height, width] : [width, height];
  const [x, y, wide, high] = placed(picture, effect, across, down);
  context.imageSmoothingQuality = 'high';
  context.translate(width / 2, height / 2);
  context.rotate((-rotation * Math.PI) / 180);
  context.scale(flip ? -1 : 1, 1);
  context.drawImage(picture, x - across / 2, y - down / 2, wide, high);
  return context.getImageData(0, 0, width, height).data;
}

/** Left, top, width and height of the whole picture, in a frame of `across` x `down` as it is shown. */
function placed(
  { width, height }: ImageBitmap,
  { fit, position }: PlacedImage,
  across: number,
  down: number,
): [number, number, number, number] {
  if (fit === 'fill') return [0, 0, across, down];
  const scales = [across / width, down / height];
  const scale = fit === 'cover' ? Math.max(...scales) : Math.min(...scales);
  const [wide, high] = [width * scale, height * scale];
  return [(across - wide) * position[0], (down - high) * position[1], wide, high];
}
