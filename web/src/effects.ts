/* What stands in the room's place: each kind in a file of its own in effects/. */
import { DEFAULT_BLUR, parseBlur, type BlurEffect } from './effects/blur.js';
import { parseColor, type ColorEffect } from './effects/color.js';
import {
  parseGreenscreen,
  type GreenscreenEffect,
  type ParsedGreenscreen,
  type PlacedGreenscreen,
} from './effects/greenscreen.js';
import { parseImage, type ImageEffect, type PlacedImage } from './effects/image.js';
import { parseNone, type NoEffect } from './effects/none.js';
import {
  parsePresenter,
  type ParsedPresenter,
  type PlacedPresenter,
  type PresenterEffect,
} from './effects/presenter.js';
import { parseVideo, type PlacedVideo, type VideoEffect } from './effects/video.js';
import { asRecord, invalid, type Given } from './validation.js';

export type { BlurBackground, BlurEffect, BlurStrength } from './effects/blur.js';
export type { ColorEffect } from './effects/color.js';
export type { GreenscreenEffect, PlacedGreenscreen, ScreenBackground } from './effects/greenscreen.js';
export type { ImageEffect, PlacedImage } from './effects/image.js';
export type { NoEffect } from './effects/none.js';
export type { PictureFit, PicturePosition } from './effects/placement.js';
export type {
  PlacedPresenter,
  PresenterEffect,
  PresenterPosition,
  PresenterShape,
} from './effects/presenter.js';
export type { PictureSource, VideoSource } from './effects/sources.js';
export type { PlacedVideo, VideoEffect } from './effects/video.js';

/**
 * What others see in the room's place, told apart by `type`. Every effect is plain data; those whose sources
 * are addresses given as strings are plain JSON, to be stored and given again as they are.
 */
export type Effect =
  BlurEffect | ColorEffect | ImageEffect | VideoEffect | GreenscreenEffect | PresenterEffect | NoEffect;

/** An effect after validation: every member is there. @internal */
export type ParsedEffect =
  | Required<BlurEffect>
  | ColorEffect
  | Required<ImageEffect>
  | Required<VideoEffect>
  | ParsedGreenscreen
  | ParsedPresenter
  | NoEffect;

/** What the workers are asked for. @internal */
export type WireEffect =
  | Required<BlurEffect>
  | ColorEffect
  | PlacedImage
  | PlacedVideo
  | PlacedGreenscreen
  | PlacedPresenter
  | NoEffect;

/** @internal */
export const DEFAULT_EFFECT = DEFAULT_BLUR;

const READERS: Readonly<Record<Effect['type'], (option: string, given: Given) => ParsedEffect>> = {
  blur: parseBlur,
  color: parseColor,
  image: parseImage,
  video: parseVideo,
  greenscreen: parseGreenscreen,
  presenter: parsePresenter,
  none: parseNone,
};

/** Raises OptionsError, naming the value and what is allowed. @internal */
export function parseEffect(effect: unknown): ParsedEffect {
  const given = asRecord('effect', effect);
  const type = given['type'];
  if (typeof type !== 'string' || !Object.hasOwn(READERS, type)) {
    throw invalid(
      'effect.type',
      type,
      `use ${Object.keys(READERS)
        .map((name) => `'${name}'`)
        .join(', ')}`,
    );
  }
  return READERS[type as Effect['type']]('effect', given);
}

/** Whether what goes beside the one is what goes beside the other. @internal */
export function showSame(one: WireEffect, other: WireEffect): boolean {
  return pictured(one)?.picture === pictured(other)?.picture;
}

/** The part of an effect that shows a picture which goes beside it. @internal */
export function pictured(effect: WireEffect): PlacedImage | PlacedVideo | PlacedPresenter | null {
  const shown = effect.type === 'greenscreen' ? effect.background : effect;
  return 'picture' in shown ? shown : null;
}
