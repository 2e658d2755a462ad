/**
 * The way in where tracks have no streams: a <video> plays the track, and the gate asks for its newest picture. That
 * goes on in a hidden tab, where videos tell of no pictures and the page's timers are slowed down, but messages come.
 */

import { SourceError } from '../errors.js';
import { unreachable, type ElementToGate, type GateToElement } from '../protocol.js';
import { whenEnded } from './ending.js';
import type { Source } from './ends.js';
import { Playback } from './playback.js';

/** Raises SourceError. */
export function elementSource(track: MediaStreamTrack): Source {
  const { port1, port2 } = new MessageChannel();
  const tell = (message: ElementToGate, transfer: Transferable[] = []): void => port1.postMessage(message, transfer);
  let wanted = false;
  const give = (): void => {
    if (!wanted) return;
    const frame = playback.take();
    if (frame === null) return;
    wanted = false;
    tell({ type: 'frame', frame }, [frame]);
  };
  const playback = new Playback(track, give, (why) =>
    source.warn(
      new SourceError(
        'source-not-played',
        `The browser does not play the camera's picture (${(why as Error).message}), without which there are no ` +
          'frames: it is tried again; let a click or a key press begin it',
      ),
    ),
  );
  const leave = whenEnded(track, () => tell({ type: 'ended' }));
  const close = (): void => {
    leave();
    playback.close();
    port1.close();
  };
  port1.onmessage = ({ data }: MessageEvent<GateToElement>) => {
    switch (data.type) {
      case 'next':
        wanted = true;
        if (playback.fresh) give();
        return;
      case 'look':
        playback.look();
        if (playback.fresh) give();
        return;
      case 'end':
        return close();
      default:
        return unreachable(data);
    }
  };
  const source: Source = {
    track,
    wire: { type: 'element', port: port2 },
    transfer: [port2],
    warn: () => undefined,
    close,
  };
  return source;
}
