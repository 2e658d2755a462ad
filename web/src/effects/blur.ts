import { invalid, oneOf, refuseUnknown, type Given } from '../validation.js';

/** Named strengths; each is a fraction of the frame's height, so it looks the same at every resolution. */
export type BlurStrength = 'light' | 'medium' | 'private' | number;

/**
 * What is blurred. `'sealed'`: one sample of each place, taken again only when the place really changes, so
 * that nobody can average many; it costs the least bandwidth. `'fresh'`: every frame's own, livelier, and
 * easier to learn from.
 */
export type BlurBackground = 'sealed' | 'fresh';

/** Blurs everything that is not the person. Plain JSON. */
export interface BlurEffect {
  readonly type: 'blur';
  /** A name, or 0..1. @defaultValue `'private'`: nothing behind the person can be recognised. */
  readonly strength?: BlurStrength;
  /** @defaultValue `'sealed'` */
  readonly background?: BlurBackground;
}

const STRENGTHS = ['light', 'medium', 'private'];
const BACKGROUNDS = ['sealed', 'fresh'] as const;

/** @internal */
export const DEFAULT_BLUR: Required<BlurEffect> = { type: 'blur', strength: 'private', background: 'sealed' };

/** @internal */
export function parseBlur(option: string, given: Given): Required<BlurEffect> {
  refuseUnknown(option, given, ['type', 'strength', 'background']);
  const { strength = DEFAULT_BLUR.strength, background = DEFAULT_BLUR.background } = given;
  const known =
    typeof strength === 'number' ? strength >= 0 && strength <= 1 : STRENGTHS.includes(strength as string);
  if (!known) {
    const fix = "use 'light', 'medium', 'private' or a number from 0 to 1";
    throw invalid(`${option}.strength`, strength, fix);
  }
  return {
    type: 'blur',
    strength: strength as BlurStrength,
    background: oneOf(`${option}.background`, background, BACKGROUNDS),
  };
}
