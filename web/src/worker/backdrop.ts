/*
 * The picture of an effect, into Python's memory. A still one is drawn in the size of what it stands in, once
 * for each; the frames of a moving one are copied as they are, and Python scales them.
 */
import {
  pictured,
  type PlacedImage,
  type PlacedPresenter,
  type PlacedVideo,
  type WireEffect,
} from '../effects.js';
import { copyPixels, isUpright, pixelKindOf, upright } from './picture.js';
import type { Engine } from './python.js';
import { shapeOf, type FrameShape } from './shape.js';

const BYTES = 4;
/** Of a presenter's output: slides of a large screen are scaled down to LARGEST. */
const LEAST_SIDE = 16;
const LARGEST = [1920, 1080] as const;

type Target = Pick<Engine, 'placePicture' | 'beginPicture' | 'endPicture' | 'memory'>;
type Shown = PlacedImage | PlacedVideo | PlacedPresenter;

export class Backdrop {
  #shown: Shown | null = null;
  #still: ImageBitmap | null = null;
  #frame: VideoFrame | null = null;
  /** Frames come one after the other under one number. */
  #frames = 0;
  #supplied = '';

  /** `picture`: a new still one, or null if it moves or is the one before. */
  set(effect: WireEffect, picture: ImageBitmap | null): void {
    const before = this.#shown;
    this.#shown = pictured(effect);
    if (picture !== null || this.#shown?.picture !== before?.picture) {
      this.#release();
      this.#still = picture;
    }
    if (picture !== null || JSON.stringify(this.#shown) !== JSON.stringify(before)) this.#supplied = '';
  }

  /** The next frame of a moving picture. Owns it, and keeps it until the one after. */
  show(frame: VideoFrame): void {
    this.#frame?.close();
    this.#frame = null;
    if (this.#shown === null) return frame.close();
    this.#frame = frame;
    this.#frames += 1;
  }

  /** Python has not got it any more. */
  again(): void {
    this.#supplied = '';
  }

  close(): void {
    this.#release();
    this.#shown = null;
  }

  /**
   * To be awaited before each frame's pixels are copied: gives Python the picture if it has not got it yet.
   */
  async supply(target: Target, shape: FrameShape): Promise<void> {
    const shown = this.#shown;
    const picture = this.#frame ?? this.#still;
    if (shown === null || picture === null) return;
    const { width, height, rotation, flip } = shape;
    const slides = shown.type === 'presenter';
    // Slides, and frames that Python scales, are the same whatever the camera's frames are like.
    const asItIs = slides || (this.#frame !== null && rotation === 0 && !flip);
    const wanted = [this.#frames, ...(asItIs ? [] : [width, height, rotation, flip])].join();
    if (wanted === this.#supplied) return;
    if (!asItIs) {
      place(target, shown.picture, draw(picture, shown, shape));
    } else if (picture instanceof VideoFrame) {
      this.#supplied = wanted; // one that cannot be copied is told of once, and the one before stays
      await copy(target, shown.picture, picture);
    } else {
      place(target, shown.picture, scaled(picture, ...bounded(picture.width, picture.height)));
    }
    this.#supplied = wanted;
  }

  #release(): void {
    this.#still?.close();
    this.#frame?.close();
    this.#still = this.#frame = null;
  }
}

function place(target: Target, number: number, { width, height, data }: ImageData): void {
  const [address, stride] = target.placePicture(number, width, height);
  const memory = target.memory(address, stride * height);
  for (let row = 0; row < height; row += 1) {
    memory.set(data.subarray(row * width * BYTES, (row + 1) * width * BYTES), row * stride);
  }
}

/** A frame's own pixels; one that is not shown as it is coded, as of a phone's video, is drawn upright first. */
async function copy(target: Target, number: number, frame: VideoFrame): Promise<void> {
  const shape = shapeOf(frame);
  if (!isUpright(shape)) {
    const turned = upright(frame);
    return copy(target, number, turned).finally(() => turned.close());
  }
  const { format, matrix, fullRange, converted } = pixelKindOf(shape);
  const layout = target.beginPicture(number, format, shape.width, shape.height, matrix, fullRange);
  await copyPixels(frame, converted, target.memory(layout[0], layout[1]), layout.slice(2));
  target.endPicture(number);
}

function scaled(picture: ImageBitmap, width: number, height: number): ImageData {
  const context = canvas(width, height);
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** RGBA of the frame as it is coded: turned and mirrored so that it is upright when the frame is shown. */
function draw(picture: ImageBitmap | VideoFrame, shown: Shown, shape: FrameShape): ImageData {
  const { width, height, rotation, flip } = shape;
  const context = canvas(width, height);
  const turned = rotation === 90 || rotation === 270;
  const [across, down] = turned ? [height, width] : [width, height];
  const [x, y, wide, high] = placed(picture, shown as PlacedImage | PlacedVideo, across, down);
  context.translate(width / 2, height / 2);
  context.rotate((-rotation * Math.PI) / 180);
  context.scale(flip ? -1 : 1, 1);
  context.drawImage(picture, x - across / 2, y - down / 2, wide, high);
  return context.getImageData(0, 0, width, height);
}

function canvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    alpha: false,
    willReadFrequently: true,
  });
  if (context === null) throw new TypeError('there is no 2D canvas in this worker');
  context.imageSmoothingQuality = 'high';
  return context;
}

/** Left, top, width and height of the whole picture, in a frame of `across` x `down` as it is shown. */
function placed(
  picture: ImageBitmap | VideoFrame,
  { fit, position }: PlacedImage | PlacedVideo,
  across: number,
  down: number,
): [number, number, number, number] {
  if (fit === 'fill') return [0, 0, across, down];
  const [width, height] = sizeOf(picture);
  const scales = [across / width, down / height];
  const scale = fit === 'cover' ? Math.max(...scales) : Math.min(...scales);
  const [wide, high] = [width * scale, height * scale];
  return [(across - wide) * position[0], (down - high) * position[1], wide, high];
}

/** As it is shown. */
function sizeOf(picture: ImageBitmap | VideoFrame): [width: number, height: number] {
  if (picture instanceof VideoFrame) return [picture.displayWidth, picture.displayHeight];
  return [picture.width, picture.height];
}

/** Even, of a size that Python takes, and of the same shape as near as can be. */
function bounded(width: number, height: number): [width: number, height: number] {
  const scale = Math.min(1, LARGEST[0] / width, LARGEST[1] / height);
  const even = (side: number): number => Math.max(LEAST_SIDE, 2 * Math.round((side * scale) / 2));
  return [even(width), even(height)];
}
