/* A GIF, or an animated WebP, AVIF or PNG: tried here, played by the gate. */
import type { MovingSource } from './moving.js';

/** How an animated picture begins; null if the browser cannot decode it. */
export async function animationOf(
  picture: Blob,
): Promise<Extract<MovingSource, { type: 'animation' }> | null> {
  const mimeType = picture.type;
  if (!mimeType.startsWith('image/') || !('ImageDecoder' in globalThis)) return null;
  if (!(await ImageDecoder.isTypeSupported(mimeType))) return null;
  const bytes = await picture.arrayBuffer();
  const decoder = new ImageDecoder({ data: bytes, type: mimeType });
  try {
    const { image } = await decoder.decode();
    return { type: 'animation', first: image, bytes, mimeType };
  } catch {
    return null;
  } finally {
    decoder.close();
  }
}

/** Whether there is more than one frame in it. */
export async function isAnimated(picture: Blob): Promise<boolean> {
  const mimeType = picture.type;
  if (!('ImageDecoder' in globalThis) || !(await ImageDecoder.isTypeSupported(mimeType))) return false;
  const decoder = new ImageDecoder({ data: await picture.arrayBuffer(), type: mimeType });
  try {
    await decoder.tracks.ready;
    return decoder.tracks.selectedTrack?.animated ?? false;
  } catch {
    return false;
  } finally {
    decoder.close();
  }
}
