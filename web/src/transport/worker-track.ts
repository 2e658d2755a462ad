/**
 * The way in and out in Safari: the gate reads a clone of the camera's track, and makes the track that it writes to.
 */

import { aborted, fromWire, UnsupportedError } from '../errors.js';
import type { Seat } from '../engine.js';
import type { PageToClone } from '../protocol.js';
import { hasCanvas } from './canvas.js';
import { whenEnded } from './ending.js';
import type { Sink, Source } from './ends.js';
import { isTransferable, unreadable } from './streams.js';

/** Whether a track can be handed to a worker; what the worker can do with it only the worker knows. */
export function areTracksTransferable(): boolean {
  if (!hasCanvas()) return false;
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  const [track] = canvas.captureStream().getVideoTracks() as [MediaStreamTrack];
  try {
    return isTransferable(track);
  } finally {
    track.stop();
  }
}

/** Raises SourceError. */
export function trackSource(track: MediaStreamTrack): Source {
  const { port1, port2 } = new MessageChannel();
  const tell = (message: PageToClone): void => port1.postMessage(message);
  let clone: MediaStreamTrack;
  try {
    clone = track.clone(); // a track that is handed over is the page's no more
  } catch (error) {
    throw unreadable(error);
  }
  // The clone outlives a camera that was stopped, and would keep its light on.
  const leave = whenEnded(track, () => tell({ type: 'ended' }));
  return {
    track,
    wire: { type: 'track', track: clone, port: port2 },
    transfer: [clone as unknown as Transferable, port2],
    warn: () => undefined,
    close: () => {
      leave();
      tell({ type: 'ended' });
      clone.stop(); // if it was not handed over
    },
  };
}

/** A track that the gate writes to; null if it can make none. Raises what the gate fails with. */
export async function generatedSink(seat: Seat, signal: AbortSignal | null): Promise<Sink | null> {
  const track = await new Promise<MediaStreamTrack | null>((resolve, reject) => {
    const abort = (): void => reject(aborted(signal as AbortSignal));
    signal?.addEventListener('abort', abort, { once: true });
    seat.listen({
      hear: (message) => {
        if (message.type === 'generated') resolve(message.track);
        else if (message.type === 'notice') reject(fromWire(message.error));
        else if (message.type === 'stopped') reject(new UnsupportedError('unsupported', 'The gate makes no track'));
      },
      died: reject,
    });
    seat.post({ type: 'generate' });
  });
  if (track === null) return null;
  return { track, wire: { type: 'generated' }, transfer: [], stop: () => track.stop(), end: () => undefined };
}
