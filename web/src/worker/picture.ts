import { i420Init, isYuv, type FrameShape } from './shape.js';

const COPYABLE = ['I420', 'NV12', 'RGBA', 'RGBX', 'BGRA', 'BGRX'];

/** What Python wants to know of a frame's pixels. */
export interface PixelKind {
  readonly format: string;
  readonly matrix: 'bt601' | 'bt709';
  readonly fullRange: boolean;
  /** The browser has to convert: the frame lives on the GPU, or has a format Python has no reader for. */
  readonly converted: boolean;
}

export function pixelKindOf(shape: FrameShape): PixelKind {
  const { format, colorSpace } = shape;
  if (format === null || !COPYABLE.includes(format)) {
    return { format: 'RGBX', matrix: 'bt709', fullRange: true, converted: true };
  }
  if (!isYuv(format)) return { format, matrix: 'bt709', fullRange: true, converted: false };
  return {
    format,
    // Without a matrix, as cameras give them, Chromium shows frames of every size as BT.601.
    matrix: colorSpace.matrix === 'bt709' ? 'bt709' : 'bt601',
    fullRange: colorSpace.fullRange === true,
    converted: false,
  };
}

/** Copies a frame's visible pixels to `target`, planes laid out as Python said; `converted`: see PixelKind. */
export async function copyPixels(
  frame: VideoFrame,
  converted: boolean,
  target: Uint8Array<ArrayBuffer>,
  planes: readonly number[],
): Promise<void> {
  await frame.copyTo(target, {
    layout: planeLayouts(planes),
    ...(converted ? { format: 'RGBX' as VideoPixelFormat } : {}),
  });
}

/** Shown as it is coded: not turned, not mirrored, not stretched. */
export function isUpright({
  width,
  height,
  displayWidth,
  displayHeight,
  rotation,
  flip,
}: FrameShape): boolean {
  return rotation === 0 && !flip && width === displayWidth && height === displayHeight;
}

/** A copy that is upright, for the few frames that are not. */
export function upright(frame: VideoFrame): VideoFrame {
  const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (context === null) throw new TypeError('there is no 2D canvas in this worker');
  context.drawImage(frame, 0, 0, canvas.width, canvas.height);
  return new VideoFrame(canvas, { timestamp: frame.timestamp });
}

/**
 * A new frame from I420 planes that Python made; it copies them. One in a size of its own, as of a presenter's
 * slides, is shown as it is.
 */
export function pictureFrom(
  pixels: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
  planes: readonly number[],
  shape: FrameShape,
): VideoFrame {
  const own = width !== shape.width || height !== shape.height;
  const upright = { displayWidth: width, displayHeight: height, rotation: 0, flip: false };
  const init = i420Init(own ? { ...shape, ...upright } : shape, width, height, planeLayouts(planes));
  return new VideoFrame(pixels, init);
}

function planeLayouts(planes: readonly number[]): PlaneLayout[] {
  const layouts: PlaneLayout[] = [];
  for (let index = 0; index + 1 < planes.length; index += 2) {
    layouts.push({ offset: planes[index] as number, stride: planes[index + 1] as number });
  }
  return layouts;
}
