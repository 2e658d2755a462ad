/**
 * Where a still picture comes from. An address needs `img-src` of the page's policy, and CORS if it is of
 * another origin. With an address (a string) an effect is plain JSON, fit to be stored.
 */
export type PictureSource = string | URL | Blob | HTMLImageElement | ImageBitmap;

/**
 * Where a moving picture comes from. Addresses, and Blobs and Files of a video, are played by a hidden
 * `<video>`, silent and in a loop; they need `media-src` (for a Blob `media-src blob:`), and CORS if they are
 * of another origin. A GIF, or an animated WebP, AVIF or PNG, is taken too; as an address it is fetched, for
 * which `connect-src` has to allow it. A `<video>` of the application's own is shown as it plays, and stays
 * the application's, as does a MediaStream.
 */
export type VideoSource = string | URL | Blob | HTMLVideoElement | MediaStream;

const isA = (source: unknown, classes: readonly unknown[]): boolean =>
  classes.some((known) => typeof known === 'function' && source instanceof known);

/** @internal */
export function isPictureSource(source: unknown): source is PictureSource {
  if (typeof source === 'string') return source !== '';
  return isA(source, [URL, Blob, globalThis.HTMLImageElement, globalThis.ImageBitmap]);
}

/** @internal */
export function isVideoSource(source: unknown): source is VideoSource {
  if (typeof source === 'string') return source !== '';
  return isA(source, [URL, Blob, globalThis.HTMLVideoElement]) || isMediaStream(source);
}

/** Not instanceof: a stream may come from another frame of the page. @internal */
export function isMediaStream(source: unknown): source is MediaStream {
  return typeof (source as MediaStream | null | undefined)?.getVideoTracks === 'function';
}
