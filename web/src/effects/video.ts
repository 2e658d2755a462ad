import { invalid, refuseUnknown, type Given } from '../validation.js';
import { parseFit, parsePosition, type PictureFit, type PicturePosition } from './placement.js';
import { isVideoSource, type VideoSource } from './sources.js';

/** A moving picture in the room's place, silent and in a loop. Plain JSON if its source is an address. */
export interface VideoEffect {
  readonly type: 'video';
  readonly source: VideoSource;
  /** @defaultValue `'cover'` */
  readonly fit?: PictureFit;
  /**
   * Which part of the picture lies where the frame's same part is, 0..1 from left and top. @defaultValue
   * `[0.5, 0.5]`
   */
  readonly position?: PicturePosition;
}

/** How a video effect crosses to the workers: its frames come beside those of the camera. @internal */
export interface PlacedVideo {
  readonly type: 'video';
  readonly picture: number;
  readonly fit: PictureFit;
  readonly position: PicturePosition;
}

/** @internal */
export function parseVideo(option: string, given: Given): Required<VideoEffect> {
  refuseUnknown(option, given, ['type', 'source', 'fit', 'position']);
  const { source, fit, position } = given;
  if (!isVideoSource(source)) {
    const fix = 'pass an address, a Blob or File, a <video> or a MediaStream';
    throw invalid(`${option}.source`, source, fix);
  }
  return {
    type: 'video',
    source,
    fit: parseFit(`${option}.fit`, fit),
    position: parsePosition(`${option}.position`, position),
  };
}
