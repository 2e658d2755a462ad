/* Why a picture cannot be had, as errors that name the option and what was given for it. */
import { OptionsError } from '../errors.js';

export type AnySource = string | URL | Blob | HTMLImageElement | ImageBitmap | HTMLVideoElement | MediaStream;

/** `policy`: the directive of the Content-Security-Policy that it is loaded under. */
export function unloadable(
  option: string,
  source: AnySource,
  policy: 'img-src' | 'media-src',
  why: unknown,
): OptionsError {
  const words = why instanceof Error ? why.message : String(why);
  return refusal(
    'picture-unloadable',
    option,
    source,
    `could not be loaded as a picture (${words}): see that it is there, that ${policy} of the ` +
      'Content-Security-Policy allows it, and that another origin sends CORS headers',
  );
}

export function crossOrigin(option: string, source: AnySource): OptionsError {
  const element = source instanceof HTMLVideoElement ? '<video>' : '<img>';
  return refusal(
    'picture-cross-origin',
    option,
    source,
    'is of another origin and was loaded without CORS: its pixels may not be read; set ' +
      `crossorigin='anonymous' on the ${element}, and let its server send Access-Control-Allow-Origin`,
  );
}

export function withoutVideo(option: string, source: AnySource): OptionsError {
  return refusal('picture-no-video', option, source, 'holds no picture: give one with a video track');
}

export function over(option: string, source: AnySource): OptionsError {
  return refusal('picture-ended', option, source, 'has ended: open it again');
}

function refusal(code: string, option: string, source: AnySource, words: string): OptionsError {
  const told = describe(source);
  return new OptionsError(code, `${option} ${told} ${words}`, { option, value: told });
}

function describe(source: AnySource): string {
  if (source instanceof HTMLImageElement)
    return `<img src='${source.currentSrc || source.src}'>`.slice(0, 120);
  if (source instanceof HTMLVideoElement) {
    return `<video src='${source.currentSrc || source.src}'>`.slice(0, 120);
  }
  if (source instanceof Blob) return `a ${source.type || 'typeless'} Blob of ${source.size} bytes`;
  if (source instanceof ImageBitmap) return `an ImageBitmap of ${source.width}x${source.height}`;
  if (typeof source === 'object' && 'getVideoTracks' in source) {
    return `a MediaStream of ${source.getVideoTracks().length} video tracks`;
  }
  return `'${String(source).slice(0, 120)}'`;
}
