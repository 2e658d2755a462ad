/* The picture of an image effect: from whatever it was given as to pixels that a worker can draw. */
import { aborted, OptionsError } from './errors.js';
import type { ParsedEffect, PictureSource, WireEffect } from './effects.js';

/** An effect as the workers take it, and the picture that goes beside it. */
export interface PlacedEffect {
  readonly effect: WireEffect;
  readonly picture: ImageBitmap | null;
}

/** Of the largest frames there are. */
const LONGEST_SIDE = 4096;

let nextPicture = 0;

/** Loads what the effect needs. Raises OptionsError, and AbortError if the signal fires meanwhile. */
export async function placeEffect(effect: ParsedEffect, signal: AbortSignal | null): Promise<PlacedEffect> {
  if (effect.type !== 'image') return { effect, picture: null };
  const picture = await orAborted(decode(effect.source), signal);
  const { fit, position } = effect;
  return { effect: { type: 'image', picture: nextPicture++, fit, position }, picture };
}

/** A server that never answers must not hold up an abort; what comes too late is let go. */
async function orAborted(loading: Promise<ImageBitmap>, signal: AbortSignal | null): Promise<ImageBitmap> {
  if (signal === null) return loading;
  let onAbort = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(aborted(signal));
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([loading, ended]);
  } catch (error) {
    loading.then((picture) => picture.close()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function decode(source: PictureSource): Promise<ImageBitmap> {
  const told = describe(source);
  let picture: ImageBitmap;
  try {
    if (source instanceof Blob || source instanceof ImageBitmap) picture = await createImageBitmap(source);
    else picture = await createImageBitmap(await loaded(source));
  } catch (error) {
    throw new OptionsError(
      'picture-unloadable',
      `effect.source ${told} could not be loaded as a picture (${(error as Error).message}): see that it is there, that ` +
        'img-src of the Content-Security-Policy allows it, and that another origin sends CORS headers',
      { option: 'effect.source', value: told },
    );
  }
  if (isReadable(picture)) return bounded(picture);
  picture.close();
  throw new OptionsError(
    'picture-cross-origin',
    `effect.source ${told} is of another origin and was loaded without CORS: its pixels may not be read; set ` +
      "crossorigin='anonymous' on the <img>, and let its server send Access-Control-Allow-Origin",
    { option: 'effect.source', value: told },
  );
}

/** Through an <img>, which takes what createImageBitmap does not, such as SVG, and obeys img-src. */
async function loaded(source: string | URL | HTMLImageElement): Promise<HTMLImageElement> {
  let image: HTMLImageElement;
  if (source instanceof HTMLImageElement) {
    image = source;
  } else {
    image = new Image();
    image.crossOrigin = 'anonymous';
    image.src = String(source);
  }
  await image.decode();
  return image;
}

/** Pixels of another origin may be drawn, but neither read nor sent to a worker. */
function isReadable(picture: ImageBitmap): boolean {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (context === null) return false;
  context.drawImage(picture, 0, 0, 1, 1);
  try {
    context.getImageData(0, 0, 1, 1);
    return true;
  } catch {
    return false;
  }
}

/** A photo of many megapixels would only be kept and copied in vain. */
function bounded(picture: ImageBitmap): ImageBitmap {
  const scale = LONGEST_SIDE / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(Math.round(side * scale), 1));
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  const context = canvas.getContext('2d');
  if (context === null) return picture;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.transferToImageBitmap();
}

function describe(source: PictureSource): string {
  if (source instanceof HTMLImageElement) return `<img src='${source.currentSrc || source.src}'>`.slice(0, 120);
  if (source instanceof Blob) return `a ${source.type || 'typeless'} Blob of ${source.size} bytes`;
  if (source instanceof ImageBitmap) return `an ImageBitmap of ${source.width}x${source.height}`;
  return `'${String(source).slice(0, 120)}'`;
}
