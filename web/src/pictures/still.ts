/* A still picture: from whatever it was given as to pixels that a worker can draw. */
import type { PictureSource } from '../effects.js';
import { crossOrigin, unloadable } from './refusals.js';

/** Of the largest frames there are. */
const LONGEST_SIDE = 4096;

/** Raises OptionsError. */
export async function stillPicture(option: string, source: PictureSource): Promise<ImageBitmap> {
  let picture: ImageBitmap;
  try {
    if (source instanceof Blob || source instanceof ImageBitmap) picture = await createImageBitmap(source);
    else picture = await createImageBitmap(await loaded(source));
  } catch (error) {
    throw unloadable(option, source, 'img-src', error);
  }
  if (isReadable(picture)) return bounded(picture);
  picture.close();
  throw crossOrigin(option, source);
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
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(Math.round(side * scale), 1),
  );
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  const context = canvas.getContext('2d');
  if (context === null) return picture;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.transferToImageBitmap();
}
