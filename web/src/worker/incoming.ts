/* The frames of a camera, whichever way they come: one stream, of which the newest frame is read. */
import { WorkerError } from '../errors.js';
import { unreachable, type ElementToGate, type GateToElement, type PageToClone } from '../protocol.js';
import type { WireSource } from '../transport/ends.js';
import { letGo } from './fitting.js';

/** As often as this a <video> is looked at that tells of no pictures; a worker's timer goes on in a hidden tab. */
const LOOK_EVERY_MS = 33;

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
declare const MediaStreamTrackProcessor: new (init: {
  track: MediaStreamTrack;
  maxBufferSize: number;
}) => TrackProcessor;

/** Never raises: what cannot be read is a stream that fails. Cancelled, it lets go of the camera. */
export function framesOf(source: WireSource): ReadableStream<VideoFrame> {
  switch (source.type) {
    case 'stream':
      return source.readable;
    case 'track':
      return ofClone(source.track, source.port);
    case 'element':
      return ofElement(source.port);
    default:
      return unreachable(source);
  }
}

/** Nothing is kept that nobody reads: a frame that waits would be an old one. */
const KEEP_NONE: QueuingStrategy<VideoFrame> = { highWaterMark: 0 };

function ofClone(track: MediaStreamTrack, port: MessagePort): ReadableStream<VideoFrame> {
  let frames: ReadableStreamDefaultReader<VideoFrame> | null = null;
  const inTime = timekeeper();
  const leave = (): void => {
    track.stop();
    port.close();
  };
  return new ReadableStream<VideoFrame>(
    {
      start: () => {
        const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
        frames = readable.getReader();
        // Of the clone nobody else tells: the processor's stream ends with it.
        port.onmessage = ({ data }: MessageEvent<PageToClone>) => {
          if (data.type === 'ended') leave();
        };
      },
      pull: async (controller) => {
        const { value, done } = (await frames?.read()) ?? { value: undefined, done: true };
        if (!done && value !== undefined) return controller.enqueue(inTime(value));
        leave();
        controller.close();
      },
      cancel: () => {
        leave();
        return frames?.cancel();
      },
    },
    KEEP_NONE,
  );
}

/** WebKitGTK 2.50 gives the frames of some tracks no time of their own: theirs is that of their coming. */
function timekeeper(): (frame: VideoFrame) => VideoFrame {
  let [last, lastMs] = [0, performance.now()];
  return (frame) => {
    const elapsedUs = Math.max(Math.round((performance.now() - lastMs) * 1000), 1);
    const timed = Number.isSafeInteger(frame.timestamp) && frame.timestamp > last;
    [last, lastMs] = [timed ? frame.timestamp : last + elapsedUs, performance.now()];
    if (timed) return frame;
    const stamped = new VideoFrame(frame, { timestamp: last });
    frame.close();
    return stamped;
  };
}

function ofElement(port: MessagePort): ReadableStream<VideoFrame> {
  const ask = (message: GateToElement): void => port.postMessage(message);
  let looking: ReturnType<typeof setInterval> | undefined;
  let answer: (() => void) | null = null;
  let over = false;
  const leave = (): void => {
    over = true;
    clearInterval(looking);
    ask({ type: 'end' });
    answer?.();
  };
  return new ReadableStream<VideoFrame>(
    {
      start: (controller) => {
        port.onmessage = ({ data }: MessageEvent<ElementToGate>) => {
          if (data.type === 'frame') {
            if (over) return letGo(data.frame);
            controller.enqueue(data.frame);
            return answer?.();
          }
          if (over) return;
          leave();
          if (data.type === 'ended') controller.close();
          else controller.error(new WorkerError('source-garbled', 'The page said of its <video> what nobody understands'));
        };
        looking = setInterval(() => {
          if (answer !== null) ask({ type: 'look' });
        }, LOOK_EVERY_MS);
      },
      // Settles when the frame has come: there is one question at a time.
      pull: () =>
        new Promise<void>((resolve) => {
          answer = () => {
            answer = null;
            resolve();
          };
          ask({ type: 'next' });
        }),
      cancel: leave,
    },
    KEEP_NONE,
  );
}
