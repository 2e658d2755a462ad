/**
 * The way out where no track can be written to: a canvas of the page, on which nothing is ever drawn but what the gate
 * has sent, and a veil before.
 */

import type { CanvasToGate, GateToCanvas } from '../protocol.js';
import type { Sink } from './ends.js';

/** The veil's colour, as worker/veil.ts has it in YUV. */
const VEIL = '#2e3642';
const FIRST_PX = [640, 360] as const;

/** What browsers add to the standard's track, or to its stream. */
interface Requested {
  requestFrame?(): void;
}

export function hasCanvas(): boolean {
  return typeof HTMLCanvasElement !== 'undefined' && 'captureStream' in HTMLCanvasElement.prototype;
}

export function canvasSink(): Sink {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = FIRST_PX;
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new TypeError('there is no 2D canvas in this page');
  context.fillStyle = VEIL;
  context.fillRect(0, 0, canvas.width, canvas.height); // before anybody can see it
  const { track, request } = capture(canvas);
  const { port1, port2 } = new MessageChannel();
  const tell = (message: CanvasToGate): void => port1.postMessage(message);
  const held = withClones(track);
  let over = false;

  const stop = (): void => {
    over = true;
    for (const one of held) one.stop();
  };
  const end = (): void => {
    const live = over ? [] : [...held].filter(({ readyState }) => readyState === 'live');
    stop();
    for (const one of live) one.dispatchEvent(new Event('ended'));
    port1.close();
  };
  const draw = (frame: VideoFrame): void => {
    const { displayWidth, displayHeight } = frame;
    if (canvas.width !== displayWidth || canvas.height !== displayHeight) {
      [canvas.width, canvas.height] = [displayWidth, displayHeight];
    }
    context.drawImage(frame, 0, 0, displayWidth, displayHeight);
    request();
  };
  port1.onmessage = ({ data }: MessageEvent<GateToCanvas>) => {
    if (data.type === 'end') return end();
    const { frame } = data;
    try {
      if (!over && [...held].every(({ readyState }) => readyState === 'ended')) return tell({ type: 'ended' });
      if (!over) draw(frame);
    } finally {
      frame.close();
    }
    tell({ type: 'drawn' });
  };
  return { track, wire: { type: 'canvas', port: port2 }, transfer: [port2], stop, end };
}

/** Frames when they are asked for, if that can be: drawing and sending are one then, whatever the page's clock does. */
export function capture(canvas: HTMLCanvasElement): { track: MediaStreamTrack; request: () => void } {
  let stream = canvas.captureStream(0);
  let track = stream.getVideoTracks()[0] as MediaStreamTrack & Requested;
  const asked: Requested[] = [track, stream as Requested];
  const asking = asked.find(({ requestFrame }) => requestFrame !== undefined);
  if (asking === undefined) {
    track.stop();
    stream = canvas.captureStream();
    track = stream.getVideoTracks()[0] as MediaStreamTrack;
  }
  asking?.requestFrame?.();
  return { track, request: () => asking?.requestFrame?.() };
}

/** The track and whatever is cloned of it: it has ended when all of them have, and with it they do. */
function withClones(track: MediaStreamTrack): Set<MediaStreamTrack> {
  const held = new Set<MediaStreamTrack>();
  const hold = (one: MediaStreamTrack): MediaStreamTrack => {
    held.add(one);
    const clone = one.clone.bind(one);
    // Firefox 153 keeps events that were made by a script from those who listen to a track, unless they ask for them.
    const listen = one.addEventListener.bind(one) as (...args: unknown[]) => void;
    const own = {
      clone: () => hold(clone()),
      addEventListener: (type: string, listener: unknown, options?: unknown) => listen(type, listener, options, true),
    };
    for (const [name, value] of Object.entries(own)) {
      Object.defineProperty(one, name, { value, configurable: true, writable: true });
    }
    return one;
  };
  hold(track);
  return held;
}
