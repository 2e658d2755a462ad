/**
 * Everything of a camera frame except its picture: numbers alone, so a veil made from them cannot show
 * anything. Width and height are those of the visible part.
 */
export interface FrameShape {
  readonly width: number;
  readonly height: number;
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly timestamp: number;
  readonly duration: number | null;
  readonly rotation: number;
  readonly flip: boolean;
  readonly format: string | null;
  readonly colorSpace: VideoColorSpaceInit;
}

/** What newer browsers add to VideoFrame and to what it is made from. */
interface Orientation {
  readonly rotation?: number;
  readonly flip?: boolean;
}

export function shapeOf(frame: VideoFrame): FrameShape {
  const { rotation = 0, flip = false } = frame as VideoFrame & Orientation;
  const visible = frame.visibleRect;
  // The getters give the size as it is shown, the constructor wants the one before rotation.
  const turned = rotation === 90 || rotation === 270;
  return {
    width: visible?.width ?? frame.codedWidth,
    height: visible?.height ?? frame.codedHeight,
    displayWidth: turned ? frame.displayHeight : frame.displayWidth,
    displayHeight: turned ? frame.displayWidth : frame.displayHeight,
    timestamp: frame.timestamp,
    duration: frame.duration,
    rotation,
    flip,
    format: frame.format,
    colorSpace: frame.colorSpace.toJSON(),
  };
}

/** The colour space of what leaves: the camera's for YUV; for RGB what the pipeline converts to. */
export function outputColorSpace(shape: FrameShape): VideoColorSpaceInit {
  if (isYuv(shape.format)) return shape.colorSpace;
  return { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };
}

export function isYuv(format: string | null): boolean {
  return format === 'I420' || format === 'NV12';
}

/** The constructor arguments of an I420 frame of this shape. */
export function i420Init(
  shape: FrameShape,
  width: number,
  height: number,
  layout: PlaneLayout[],
): VideoFrameBufferInit & Orientation {
  return {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    layout,
    timestamp: shape.timestamp,
    ...(shape.duration === null ? {} : { duration: shape.duration }),
    displayWidth: shape.displayWidth,
    displayHeight: shape.displayHeight,
    colorSpace: outputColorSpace(shape),
    rotation: shape.rotation,
    flip: shape.flip,
  };
}
