import { invalid, oneOf } from '../validation.js';

/**
 * `'cover'` fills the frame and cuts what is over, `'contain'` shows all of it before black, `'fill'`
 * stretches.
 */
export type PictureFit = 'cover' | 'contain' | 'fill';

/** Shares of the width from the left and of the height from the top, each 0..1. */
export type PicturePosition = readonly [x: number, y: number];

const FITS = ['cover', 'contain', 'fill'] as const;

/** @internal */
export function parseFit(option: string, fit: unknown = 'cover'): PictureFit {
  return oneOf(option, fit, FITS);
}

/** @internal */
export function parsePosition(option: string, position: unknown = [0.5, 0.5]): PicturePosition {
  const share = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
  // Not every(): it leaves out what an array has not.
  const [x, y] = Array.isArray(position) && position.length === 2 ? (position as unknown[]) : [];
  if (share(x) && share(y)) return [x, y];
  throw invalid(option, position, 'use two numbers from 0 to 1, such as [0.5, 0]');
}
