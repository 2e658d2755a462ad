import { asRecord, invalid, oneOf, refuseUnknown, shareOf, type Given } from '../validation.js';
import { DEFAULT_BLUR, parseBlur, type BlurEffect } from './blur.js';
import { parseColor, type ColorEffect } from './color.js';
import { parsePosition, type PicturePosition } from './placement.js';
import { isPictureSource, isVideoSource, type PictureSource, type VideoSource } from './sources.js';

/** The person alone, or their picture in a circle or in a rectangle with round corners. */
export type PresenterShape = 'cutout' | 'circle' | 'rounded';

/** A corner, or where in the room that the slides leave, 0..1 from left and top. */
export type PresenterPosition = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | PicturePosition;

/**
 * The person before their slides or shared screen, in one track of the slides' size (at most 1920x1080). When
 * a shared screen ends the last picture of it stays, with the warning `picture-ended`. Plain JSON if its
 * source is an address.
 */
export interface PresenterEffect {
  readonly type: 'presenter';
  /** The slides: a picture, a video, or the MediaStream that `getDisplayMedia` gave. */
  readonly source: PictureSource | VideoSource;
  /** @defaultValue `'cutout'` */
  readonly shape?: PresenterShape;
  /** Height of the person's picture as a share of the slides' height, 0.1..1. @defaultValue a third */
  readonly size?: number;
  /** @defaultValue `'bottom-right'` */
  readonly position?: PresenterPosition;
  /** What is behind the person inside a circle or a rectangle. @defaultValue the private blur */
  readonly background?: BlurEffect | ColorEffect;
}

/** @internal */
export type ParsedPresenter = Required<Omit<PresenterEffect, 'background' | 'position'>> & {
  readonly position: PicturePosition;
  readonly background: Required<BlurEffect> | ColorEffect;
};

/** How a presenter effect crosses to the workers: the slides go beside it, under a number. @internal */
export type PlacedPresenter = Omit<ParsedPresenter, 'source'> & { readonly picture: number };

const SHAPES = ['cutout', 'circle', 'rounded'] as const;
const SMALLEST = 0.1;
const CORNERS: Readonly<Record<string, PicturePosition>> = {
  'top-left': [0, 0],
  'top-right': [1, 0],
  'bottom-left': [0, 1],
  'bottom-right': [1, 1],
};

/** @internal */
export function parsePresenter(option: string, given: Given): ParsedPresenter {
  refuseUnknown(option, given, ['type', 'source', 'shape', 'size', 'position', 'background']);
  const { source, shape = 'cutout', size = 1 / 3, position = 'bottom-right', background } = given;
  if (!isPictureSource(source) && !isVideoSource(source)) {
    const fix = 'pass an address, a Blob or File, an <img>, an ImageBitmap, a <video> or a MediaStream';
    throw invalid(`${option}.source`, source, fix);
  }
  return {
    type: 'presenter',
    source,
    shape: oneOf(`${option}.shape`, shape, SHAPES),
    size: shareOf(`${option}.size`, size, SMALLEST),
    position: parseCorner(`${option}.position`, position),
    background: background === undefined ? DEFAULT_BLUR : parseInside(`${option}.background`, background),
  };
}

function parseCorner(option: string, position: unknown): PicturePosition {
  if (typeof position !== 'string') return parsePosition(option, position);
  const corner = Object.hasOwn(CORNERS, position) ? CORNERS[position] : undefined;
  if (corner !== undefined) return corner;
  const names = Object.keys(CORNERS).map((name) => `'${name}'`);
  throw invalid(option, position, `use ${names.join(', ')} or two numbers from 0 to 1, such as [1, 0.5]`);
}

function parseInside(option: string, background: unknown): ParsedPresenter['background'] {
  const given = asRecord(option, background);
  if (given['type'] === 'blur') return parseBlur(option, given);
  if (given['type'] === 'color') return parseColor(option, given);
  throw invalid(`${option}.type`, given['type'], "use 'blur' or 'color'");
}
