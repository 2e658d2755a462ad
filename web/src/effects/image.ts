import { invalid, refuseUnknown, type Given } from '../validation.js';
import { parseFit, parsePosition, type PictureFit, type PicturePosition } from './placement.js';
import { isPictureSource, type PictureSource } from './sources.js';

/** A still picture in the room's place. Plain JSON if its source is an address. */
export interface ImageEffect {
  readonly type: 'image';
  readonly source: PictureSource;
  /** @defaultValue `'cover'` */
  readonly fit?: PictureFit;
  /**
   * Which part of the picture lies where the frame's same part is, 0..1 from left and top. @defaultValue
   * `[0.5, 0.5]`
   */
  readonly position?: PicturePosition;
}

/** How an image effect crosses to the workers: its picture goes beside it, under a number. @internal */
export interface PlacedImage {
  readonly type: 'image';
  readonly picture: number;
  readonly fit: PictureFit;
  readonly position: PicturePosition;
}

/** @internal */
export function parseImage(option: string, given: Given): Required<ImageEffect> {
  refuseUnknown(option, given, ['type', 'source', 'fit', 'position']);
  const { source, fit, position } = given;
  if (!isPictureSource(source)) {
    const fix = 'pass an address, a Blob or File, an <img> or an ImageBitmap';
    throw invalid(`${option}.source`, source, fix);
  }
  return {
    type: 'image',
    source,
    fit: parseFit(`${option}.fit`, fit),
    position: parsePosition(`${option}.position`, position),
  };
}
