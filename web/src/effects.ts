import { invalid, asRecord, refuseUnknown } from './validation.js';

/** Named strengths; each is a fraction of the frame's height, so it looks the same at every resolution. */
export type BlurStrength = 'light' | 'medium' | 'private' | number;

/**
 * What is blurred. `'sealed'`: one sample of each place, taken again only when the place really changes, so that
 * nobody can average many; it costs the least bandwidth. `'fresh'`: every frame's own, livelier, and easier to
 * learn from.
 */
export type BlurBackground = 'sealed' | 'fresh';

/** Blurs everything that is not the person. */
export interface BlurEffect {
  readonly type: 'blur';
  /** A name, or 0..1. @defaultValue `'private'`: nothing behind the person can be recognised. */
  readonly strength?: BlurStrength;
  /** @defaultValue `'sealed'` */
  readonly background?: BlurBackground;
}

/** One colour in the room's place. */
export interface ColorEffect {
  readonly type: 'color';
  /** `'#rrggbb'` or `'#rgb'`, sRGB. */
  readonly color: string;
}

/**
 * Where a picture comes from. An address needs `img-src` of the page's policy, and CORS if it is of another
 * origin.
 */
export type PictureSource = string | URL | Blob | HTMLImageElement | ImageBitmap;

/** `'cover'` fills the frame and cuts what is over, `'contain'` shows all of it before black, `'fill'` stretches. */
export type PictureFit = 'cover' | 'contain' | 'fill';

/** A picture in the room's place. */
export interface ImageEffect {
  readonly type: 'image';
  /** With an address the effect is plain JSON, fit to be stored. */
  readonly source: PictureSource;
  /** @defaultValue `'cover'` */
  readonly fit?: PictureFit;
  /** Which part of the picture lies where the frame's same part is, 0..1 from left and top. @defaultValue `[0.5, 0.5]` */
  readonly position?: readonly [x: number, y: number];
}

export type Effect = BlurEffect | ColorEffect | ImageEffect;

/** An effect after validation: every member is there. @internal */
export type ParsedEffect = Required<BlurEffect> | ColorEffect | Required<ImageEffect>;

/** How an image effect crosses to the workers: its picture goes beside it, under a number. @internal */
export interface PlacedImage {
  readonly type: 'image';
  readonly picture: number;
  readonly fit: PictureFit;
  readonly position: readonly [number, number];
}

/** What the workers are asked for. @internal */
export type WireEffect = Required<BlurEffect> | ColorEffect | PlacedImage;

const STRENGTHS = ['light', 'medium', 'private'];
const BACKGROUNDS = ['sealed', 'fresh'];
const FITS = ['cover', 'contain', 'fill'];

/** @internal */
export const DEFAULT_EFFECT: Required<BlurEffect> = { type: 'blur', strength: 'private', background: 'sealed' };

type Given = Record<string, unknown>;

const READERS: Readonly<Record<Effect['type'], (given: Given) => ParsedEffect>> = {
  blur: parseBlur,
  color: parseColor,
  image: parseImage,
};

/** Raises OptionsError, naming the value and what is allowed. @internal */
export function parseEffect(effect: unknown): ParsedEffect {
  const given = asRecord('effect', effect);
  const type = given['type'];
  if (typeof type !== 'string' || !Object.hasOwn(READERS, type)) {
    throw invalid('effect.type', type, `use ${Object.keys(READERS).map((name) => `'${name}'`).join(', ')}`);
  }
  return READERS[type as Effect['type']](given);
}

function parseBlur(given: Given): Required<BlurEffect> {
  refuseUnknown('effect', given, ['type', 'strength', 'background']);
  const { strength = DEFAULT_EFFECT.strength, background = DEFAULT_EFFECT.background } = given;
  const known =
    typeof strength === 'number' ? strength >= 0 && strength <= 1 : STRENGTHS.includes(strength as string);
  if (!known) {
    throw invalid('effect.strength', strength, "use 'light', 'medium', 'private' or a number from 0 to 1");
  }
  if (!BACKGROUNDS.includes(background as string)) {
    throw invalid('effect.background', background, "use 'sealed' or 'fresh'");
  }
  return { type: 'blur', strength: strength as BlurStrength, background: background as BlurBackground };
}

function parseColor(given: Given): ColorEffect {
  refuseUnknown('effect', given, ['type', 'color']);
  const { color } = given;
  const digits = typeof color === 'string' ? /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1] : undefined;
  if (digits === undefined) throw invalid('effect.color', color, "use '#rrggbb', such as '#008080'");
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  return { type: 'color', color: `#${long.toLowerCase()}` };
}

function parseImage(given: Given): Required<ImageEffect> {
  refuseUnknown('effect', given, ['type', 'source', 'fit', 'position']);
  const { source, fit = 'cover', position = [0.5, 0.5] } = given;
  if (!isPictureSource(source)) {
    throw invalid('effect.source', source, 'pass an address, a Blob or File, an <img> or an ImageBitmap');
  }
  if (!FITS.includes(fit as string)) throw invalid('effect.fit', fit, "use 'cover', 'contain' or 'fill'");
  const share = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
  if (!Array.isArray(position) || position.length !== 2 || !position.every(share)) {
    throw invalid('effect.position', position, 'use two numbers from 0 to 1, such as [0.5, 0]');
  }
  const [x, y] = position as [number, number];
  return { type: 'image', source, fit: fit as PictureFit, position: [x, y] };
}

function isPictureSource(source: unknown): source is PictureSource {
  if (typeof source === 'string') return source !== '';
  const classes = [URL, Blob, globalThis.HTMLImageElement, globalThis.ImageBitmap];
  return classes.some((known) => known !== undefined && source instanceof known);
}
