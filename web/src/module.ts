import { createBlurStream, type BlurStream } from './index.js';

export const blurStream: BlurStream = createBlurStream(import.meta.url);
export default blurStream;

export {
  AbortError,
  AssetError,
  BlurStreamError,
  ModelError,
  OptionsError,
  SourceError,
  UnsupportedError,
  WorkerError,
} from './errors.js';
export type { ErrorDetails } from './errors.js';
export type { BlurStream } from './index.js';
export type {
  BlurBackground,
  BlurEffect,
  BlurStrength,
  ColorEffect,
  Effect,
  GreenscreenEffect,
  ImageEffect,
  NoEffect,
  PictureFit,
  PicturePosition,
  PictureSource,
  PresenterEffect,
  PresenterPosition,
  PresenterShape,
  ScreenBackground,
  VideoEffect,
  VideoSource,
} from './effects.js';
export type { BlurStreamOptions, Changes, PreloadOptions, Progress } from './options.js';
export type { SafeStream, SafeStreamEventMap } from './safestream.js';
export type { SelfView, SelfViewMode, SelfViewOptions } from './selfview.js';
export type { Stats, StreamState } from './stats.js';
export type { SupportReport } from './support.js';
