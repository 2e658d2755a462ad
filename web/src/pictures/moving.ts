/* How a moving picture crosses to the gate, which is where its frames are taken. */

/** In `first` is the frame to begin with, where there is one already. */
export type MovingSource =
  /** the frames of a track; a stream that is read to its end says that the track has ended */
  | {
      readonly type: 'track';
      readonly first: VideoFrame | null;
      readonly readable: ReadableStream<VideoFrame>;
    }
  /**
   * a `<video>` of the page: each message to the port is answered with its newest frame, or null if that is
   * known; of a track 'ended' is said, too
   */
  | { readonly type: 'player'; readonly first: VideoFrame | null; readonly port: MessagePort }
  /** an animated picture, to be decoded frame by frame */
  | {
      readonly type: 'animation';
      readonly first: VideoFrame;
      readonly bytes: ArrayBuffer;
      readonly mimeType: string;
    };

/** What of a picture is handed over, not copied. */
export function transfersOf(moving: MovingSource | null): Transferable[] {
  const whole = [moving?.first ?? null].filter((picture) => picture !== null);
  switch (moving?.type) {
    case undefined:
      return whole;
    case 'track':
      return [...whole, moving.readable as unknown as Transferable];
    case 'player':
      return [...whole, moving.port];
    case 'animation':
      return [...whole, moving.bytes];
  }
}

/** Lets go of one that was not handed over; of one that was, nothing is left here. */
export function discard(moving: MovingSource | null): void {
  moving?.first?.close();
  if (moving?.type === 'player') moving.port.close();
  if (moving?.type === 'track') moving.readable.cancel().catch(() => undefined);
}
