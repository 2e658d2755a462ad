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
  const layouts = planeLayouts(planes);
  const look = own ? { ...shape, ...upright } : shape;
  if (keepsLayouts) return new VideoFrame(pixels, i420Init(look, width, height, layouts));
  const [dense, denseLayouts] = densely(pixels, width, height, layouts);
  return new VideoFrame(dense, i420Init(look, width, height, denseLayouts));
}

/**
 * Firefox 153 takes the planes of a new frame from where they would be without padding, whatever it is told, and would
 * show what lies there. Until a browser has shown that it does not, planes are copied together.
 */
let keepsLayouts = false;

/** Finds out. */
export async function testLayouts(): Promise<void> {
  const layout = [2, 6, 7].map((offset, plane) => ({ offset, stride: plane === 0 ? 2 : 1 }));
  const pixels = new Uint8Array([0, 0, 1, 2, 3, 4, 5, 6]);
  const frame = new VideoFrame(pixels, { format: 'I420', codedWidth: 2, codedHeight: 2, timestamp: 0, layout });
  const found = new Uint8Array(6);
  try {
    await frame.copyTo(found, { layout: layout.map(({ offset, stride }) => ({ offset: offset - 2, stride })) });
    keepsLayouts = found.every((value, index) => value === index + 1);
  } finally {
    frame.close();
  }
}

let dense = new Uint8Array(0);

/** The planes without padding, in memory that is used again: a frame has its own copy. */
function densely(
  pixels: Uint8Array,
  width: number,
  height: number,
  layouts: readonly PlaneLayout[],
): [Uint8Array<ArrayBuffer>, PlaneLayout[]] {
  const [chromaWidth, chromaHeight] = [(width + 1) >> 1, (height + 1) >> 1];
  const bytes = width * height + 2 * chromaWidth * chromaHeight;
  if (dense.length !== bytes) dense = new Uint8Array(bytes);
  let end = 0;
  const denseLayouts = layouts.map(({ offset, stride }, plane) => {
    const [across, down] = plane === 0 ? [width, height] : [chromaWidth, chromaHeight];
    const start = end;
    for (let row = 0; row < down; row += 1, end += across) {
      const from = offset + row * stride;
      dense.set(pixels.subarray(from, from + across), end);
    }
    return { offset: start, stride: across };
  });
  return [dense, denseLayouts];
}

function planeLayouts(planes: readonly number[]): PlaneLayout[] {
  const layouts: PlaneLayout[] = [];
  for (let index = 0; index + 1 < planes.length; index += 2) {
    layouts.push({ offset: planes[index] as number, stride: planes[index + 1] as number });
  }
  return layouts;
}
