/*
 * A track whose pixels are mirrored: for a preview only, and small, because the page's own thread draws it.
 */
import { capture } from './canvas.js';
import { Playback } from './playback.js';
import { hasStreams, openReadable, streamSink } from './streams.js';

const HIGHEST_PX = 360;

export interface Mirrored {
  readonly track: MediaStreamTrack;
  /** Leaves the track that it is made from as it is. */
  end(): void;
}

export function mirrored(source: MediaStreamTrack): Mirrored {
  return hasStreams() ? ofStreams(source) : ofElement(source);
}

/** Goes on in a hidden tab: it is driven by the frames. */
function ofStreams(source: MediaStreamTrack): Mirrored {
  const { track, wire } = streamSink();
  const reader = openReadable(source).getReader();
  const writer = (wire as Extract<typeof wire, { type: 'stream' }>).writable.getWriter();
  const canvas = new OffscreenCanvas(2, 2);
  const context = canvas.getContext('2d', { alpha: false });
  const run = async (): Promise<void> => {
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) break;
      let turned: VideoFrame;
      try {
        if (context !== null) draw(context, frame, frame.displayWidth, frame.displayHeight);
        turned = new VideoFrame(canvas, { timestamp: frame.timestamp });
      } finally {
        frame.close();
      }
      await writer.write(turned).finally(() => turned.close());
    }
  };
  const end = (): void => {
    track.stop();
    reader.cancel().catch(() => undefined);
  };
  run().then(end, end);
  return { track, end };
}

/** Stands still where nobody sees the page; its window is one more that does. */
function ofElement(source: MediaStreamTrack): Mirrored {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  const { track, request } = capture(canvas);
  const playback = new Playback(source, () => {
    const { video } = playback;
    if (context !== null) draw(context, video, video.videoWidth, video.videoHeight);
    request();
  });
  return {
    track,
    end: () => {
      playback.close();
      track.stop();
    },
  };
}

function draw(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  picture: VideoFrame | HTMLVideoElement,
  fromWidth: number,
  fromHeight: number,
): void {
  const { canvas } = context;
  const scale = Math.min(1, HIGHEST_PX / fromHeight);
  const [width, height] = [Math.round(fromWidth * scale), Math.round(fromHeight * scale)];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  context.setTransform(-1, 0, 0, 1, width, 0);
  context.drawImage(picture, 0, 0, width, height);
}
