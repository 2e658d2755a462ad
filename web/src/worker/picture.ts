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

/** A new frame from I420 planes that Python made; it copies them. */
export function pictureFrom(
  pixels: Uint8Array<ArrayBuffer>,
  width: number,
  height: number,
  planes: readonly number[],
  shape: FrameShape,
): VideoFrame {
  return new VideoFrame(pixels, i420Init(shape, width, height, planeLayouts(planes)));
}

function planeLayouts(planes: readonly number[]): PlaneLayout[] {
  const layouts: PlaneLayout[] = [];
  for (let index = 0; index + 1 < planes.length; index += 2) {
    layouts.push({ offset: planes[index] as number, stride: planes[index + 1] as number });
  }
  return layouts;
}
