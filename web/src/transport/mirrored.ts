/*
 * A track whose pixels are mirrored: for a preview only, and small, because the page's own thread draws it.
 */
import { generator, openReadable } from './streams.js';

const HIGHEST_PX = 360;

export interface Mirrored {
  readonly track: MediaStreamTrack;
  /** Leaves the track that it is made from as it is. */
  end(): void;
}

/** Goes on in a hidden tab: it is driven by the frames. */
export function mirrored(source: MediaStreamTrack): Mirrored {
  const made = generator();
  const reader = openReadable(source).getReader();
  const writer = made.writable.getWriter();
  const canvas = new OffscreenCanvas(2, 2);
  const context = canvas.getContext('2d', { alpha: false });
  const mirror = (frame: VideoFrame): VideoFrame => {
    const { displayWidth, displayHeight, timestamp } = frame;
    const scale = Math.min(1, HIGHEST_PX / displayHeight);
    const [width, height] = [displayWidth, displayHeight].map((side) => Math.round(side * scale)) as [
      number,
      number,
    ];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    context?.setTransform(-1, 0, 0, 1, width, 0);
    context?.drawImage(frame, 0, 0, width, height);
    return new VideoFrame(canvas, { timestamp });
  };
  const run = async (): Promise<void> => {
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) break;
      let turned: VideoFrame;
      try {
        turned = mirror(frame);
      } finally {
        frame.close();
      }
      await writer.write(turned).finally(() => turned.close());
    }
  };
  const end = (): void => {
    made.stop();
    reader.cancel().catch(() => undefined);
  };
  run().then(end, end);
  return { track: made, end };
}
