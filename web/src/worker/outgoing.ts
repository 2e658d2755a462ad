/* Where the frames of a stream go, whichever way: one stream, and the gate's SafeWriter is the only one to write to it. */
import { unreachable, type CanvasToGate, type GateToCanvas } from '../protocol.js';
import type { WireSink } from '../transport/ends.js';

/** One is being drawn, one is on its way. */
const FRAMES_OUT = 2;

interface TrackGenerator {
  readonly track: MediaStreamTrack;
  readonly writable: WritableStream<VideoFrame>;
}
declare const VideoTrackGenerator: new () => TrackGenerator;

/** This worker reads tracks and makes them. */
export function hasTracks(): boolean {
  return 'VideoTrackGenerator' in globalThis && 'MediaStreamTrackProcessor' in globalThis;
}

/** The way out of one stream. */
export class Outgoing {
  #generator: TrackGenerator | null = null;

  /** The track that will be written to; null if that cannot be. To be transferred. */
  generate(): MediaStreamTrack | null {
    if (hasTracks()) this.#generator ??= new VideoTrackGenerator();
    return this.#generator?.track ?? null;
  }

  /** Raises TypeError. */
  open(sink: WireSink): WritableStream<VideoFrame> {
    switch (sink.type) {
      case 'stream':
        return sink.writable;
      case 'generated':
        if (this.#generator === null) throw new TypeError('no track was made');
        return this.#generator.writable;
      case 'canvas':
        void this.#generator?.writable.close().catch(() => undefined); // another track was there already
        return ontoCanvas(sink.port);
      default:
        return unreachable(sink);
    }
  }
}

/**
 * A page that is busy takes no frame for a while. That is no reason to end the track: the newest frame waits for it, and
 * whatever is older is not drawn any more.
 */
function ontoCanvas(port: MessagePort): WritableStream<VideoFrame> {
  let free = FRAMES_OUT;
  let waiting: VideoFrame | null = null;
  let over = false;
  const send = (frame: VideoFrame): void => {
    free -= 1;
    const message: GateToCanvas = { type: 'frame', frame };
    port.postMessage(message, [frame]);
  };
  const leave = (): void => {
    over = true;
    waiting?.close();
    waiting = null;
  };
  const end = (): void => {
    leave();
    const message: GateToCanvas = { type: 'end' };
    port.postMessage(message);
  };
  return new WritableStream<VideoFrame>({
    start: (controller) => {
      port.onmessage = ({ data }: MessageEvent<CanvasToGate>) => {
        if (over) return;
        if (data.type === 'ended') {
          leave();
          return controller.error(new TypeError('the track was stopped'));
        }
        free += 1;
        const next = waiting;
        waiting = null;
        if (next !== null) send(next);
      };
    },
    write: (frame) => {
      if (free > 0) return send(frame);
      waiting?.close();
      waiting = frame.clone(); // whoever wrote it closes it
    },
    close: end,
    abort: end,
  });
}
