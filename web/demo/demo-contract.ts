/** What this page asks of the library, until the library's own types have all of it. */
import type { BlurStream } from '../src/index.js';
import type { BlurEffect, ColorEffect, ImageEffect, PictureFit } from '../src/effects.js';
import type { Progress } from '../src/options.js';
import type { SafeStream as Known } from '../src/safestream.js';

export interface VideoEffect {
  readonly type: 'video';
  readonly source: string | URL | Blob | HTMLVideoElement | MediaStream;
  readonly fit?: PictureFit;
  readonly position?: readonly [number, number];
}

export interface GreenscreenEffect {
  readonly type: 'greenscreen';
  readonly background: ColorEffect | ImageEffect | VideoEffect;
  readonly key?: string;
  readonly tolerance?: number;
  readonly softness?: number;
  readonly spill?: number;
}

export type PresenterShape = 'cutout' | 'circle' | 'rounded';
export type PresenterPosition =
  | 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right' | readonly [number, number];

export interface PresenterEffect {
  readonly type: 'presenter';
  readonly source: ImageEffect['source'] | VideoEffect['source'];
  readonly shape?: PresenterShape;
  readonly size?: number;
  readonly position?: PresenterPosition;
  readonly background?: BlurEffect | ColorEffect;
}

export interface NoEffect {
  readonly type: 'none';
}

export type Effect =
  | BlurEffect | ColorEffect | ImageEffect | VideoEffect | GreenscreenEffect | PresenterEffect | NoEffect;

export interface SelfView {
  readonly element: HTMLElement;
  readonly mode: 'document-pip' | 'video-pip' | 'page';
  close(): void;
}

export interface SafeStream extends Omit<Known, 'update'> {
  update(changes: { readonly effect?: Effect; readonly denoise?: boolean }): Promise<void>;
  selfView(options?: { readonly container?: HTMLElement }): Promise<SelfView>;
}

export interface Library extends Pick<BlurStream, 'isSupported' | 'version'> {
  (stream: MediaStream, options: {
    readonly effect: Effect;
    readonly denoise: boolean;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: Progress) => void;
  }): Promise<SafeStream>;
}
