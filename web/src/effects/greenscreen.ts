import { asRecord, invalid, refuseUnknown, shareOf, type Given } from '../validation.js';
import { parseColor, sixDigits, type ColorEffect } from './color.js';
import { parseImage, type ImageEffect, type PlacedImage } from './image.js';
import { parseVideo, type PlacedVideo, type VideoEffect } from './video.js';

/** What may stand in the place of a green cloth. */
export type ScreenBackground = ColorEffect | ImageEffect | VideoEffect;

/**
 * Whatever is not of the key's colour stays, and no model runs: for a person before an evenly lit cloth.
 * Where no cloth is in sight the picture is concealed. Plain JSON if its background is.
 */
export interface GreenscreenEffect {
  readonly type: 'greenscreen';
  readonly background: ScreenBackground;
  /**
   * The cloth's colour: a name, or as `'#rrggbb'` or `'#rgb'` what it looks like in the picture.
   * @defaultValue `'green'`
   */
  readonly key?: 'green' | 'blue' | `#${string}`;
  /** How far from the key a colour may be and still be cloth, 0..1. @defaultValue `0.5` */
  readonly tolerance?: number;
  /** How softly edges go over into the background, 0..1. @defaultValue `0.5` */
  readonly softness?: number;
  /** How much of the cloth's light is taken from the person, 0..1. @defaultValue `1` */
  readonly spill?: number;
}

/** @internal */
export type ParsedGreenscreen = Required<Omit<GreenscreenEffect, 'background'>> & {
  readonly background: ColorEffect | Required<ImageEffect> | Required<VideoEffect>;
};

/** @internal */
export type PlacedGreenscreen = Omit<ParsedGreenscreen, 'background'> & {
  readonly background: ColorEffect | PlacedImage | PlacedVideo;
};

/** Of the cloths that are sold as such. */
const KEYS: Readonly<Record<string, `#${string}`>> = { green: '#00b140', blue: '#0047bb' };

/** Levels between its largest and its smallest part, as Python wants them. */
const LEAST_HUE = 64;

/** @internal */
export function parseGreenscreen(option: string, given: Given): ParsedGreenscreen {
  refuseUnknown(option, given, ['type', 'background', 'key', 'tolerance', 'softness', 'spill']);
  const { key = 'green', tolerance = 0.5, softness = 0.5, spill = 1 } = given;
  return {
    type: 'greenscreen',
    background: parseBackground(`${option}.background`, given['background']),
    key: parseKey(`${option}.key`, key),
    tolerance: shareOf(`${option}.tolerance`, tolerance),
    softness: shareOf(`${option}.softness`, softness),
    spill: shareOf(`${option}.spill`, spill),
  };
}

function parseKey(option: string, key: unknown): `#${string}` {
  const known = typeof key === 'string' && Object.hasOwn(KEYS, key) ? KEYS[key] : sixDigits(key);
  if (known === null || known === undefined) {
    throw invalid(option, key, "use 'green', 'blue' or a colour as '#rrggbb'");
  }
  const parts = [1, 3, 5].map((at) => parseInt(known.slice(at, at + 2), 16));
  if (Math.max(...parts) - Math.min(...parts) < LEAST_HUE) {
    throw invalid(option, key, 'use a colour with more hue, such as #00b140: a grey cloth cannot be told from a room');
  }
  return known as `#${string}`;
}

function parseBackground(option: string, background: unknown): ParsedGreenscreen['background'] {
  const given = asRecord(option, background);
  switch (given['type']) {
    case 'color':
      return parseColor(option, given);
    case 'image':
      return parseImage(option, given);
    case 'video':
      return parseVideo(option, given);
    default:
      throw invalid(`${option}.type`, given['type'], "use 'color', 'image' or 'video'");
  }
}
