/*
 * A moving picture's newest frame, for the gate: taken as it comes, handed on beside a frame of the camera.
 */
import { toWire, WorkerError, type WireError } from '../errors.js';
import { discard, type MovingSource } from '../pictures/moving.js';

/** Some animated pictures ask for no time at all, and mean what browsers have made of it. */
const LEAST_FRAME_MS = 20;
const UNTIMED_FRAME_MS = 100;

/** The moving picture of a stream's effect, if it has one. */
export class MovingPicture {
  readonly #fault: (error: WireError) => void;
  #playing: Playing | null = null;
  #closed = false;

  /** `fault` hears that no new frame will come ('picture-ended', 'picture-failed'): the last one stays. */
  constructor(fault: (error: WireError) => void) {
    this.#fault = fault;
  }

  /** In the place of the one before, or nothing. Owns what the source holds. */
  show(source: MovingSource | null): void {
    this.#playing?.close();
    this.#playing = null;
    if (this.#closed) discard(source);
    else if (source !== null) this.#playing = new Playing(source, this.#fault);
  }

  /** The newest frame, which is the caller's to close; null if it was taken before. Asks for the next one. */
  take(): VideoFrame | null {
    return this.#playing?.take() ?? null;
  }

  /** The last frame is given once more: whoever had it is gone. */
  again(): void {
    this.#playing?.again();
  }

  close(): void {
    this.#closed = true;
    this.show(null);
  }
}

/** Keeps one frame: slides stand still for minutes, and whoever composes may be started again. */
class Playing {
  readonly #fault: (error: WireError) => void;
  /** Ends what gives the frames. */
  readonly #end: () => void;
  #ask: () => void = () => undefined;
  #last: VideoFrame | null = null;
  #fresh = false;
  #closed = false;

  constructor(source: MovingSource, fault: (error: WireError) => void) {
    this.#fault = fault;
    if (source.first !== null) this.#keep(source.first);
    switch (source.type) {
      case 'track':
        this.#end = this.#read(source.readable);
        break;
      case 'player':
        this.#end = this.#pull(source.port);
        break;
      case 'animation':
        this.#end = this.#animate(source.bytes, source.mimeType);
        break;
    }
  }

  take(): VideoFrame | null {
    this.#ask();
    if (!this.#fresh || this.#last === null) return null;
    this.#fresh = false;
    return this.#last.clone();
  }

  again(): void {
    this.#fresh = this.#last !== null;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#last?.close();
    this.#last = null;
    this.#fresh = false;
    this.#end();
  }

  #keep(frame: VideoFrame): void {
    if (this.#closed) return frame.close();
    this.#last?.close();
    this.#last = frame;
    this.#fresh = true;
  }

  #read(readable: ReadableStream<VideoFrame>): () => void {
    const reader = readable.getReader();
    const read = async (): Promise<void> => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        this.#keep(value);
      }
      this.#fail(trackEnded());
    };
    read().catch((error: unknown) => this.#fail(error));
    return () => void reader.cancel().catch(() => undefined);
  }

  /** One question at a time: a busy page answers late, and the last picture stays meanwhile. */
  #pull(port: MessagePort): () => void {
    let asked = false;
    port.onmessage = ({ data }: MessageEvent<VideoFrame | null | 'ended'>) => {
      if (data === 'ended') return this.#fail(trackEnded());
      asked = false;
      if (data !== null) this.#keep(data);
      if (this.#closed) port.close();
    };
    this.#ask = () => {
      if (asked) return;
      asked = true;
      port.postMessage(null);
    };
    // A frame on its way comes home to be closed.
    return () => {
      if (!asked) port.close();
    };
  }

  #animate(bytes: ArrayBuffer, mimeType: string): () => void {
    const begin = (): ImageDecoder => new ImageDecoder({ data: bytes, type: mimeType });
    let decoder = begin();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const play = async (frameIndex: number): Promise<void> => {
      let { image } = await decoder.decode({ frameIndex });
      if (image.codedWidth === 0) {
        // Firefox 153 gives the frame of the round before once more, which was closed then.
        decoder.close();
        decoder = begin();
        ({ image } = await decoder.decode({ frameIndex }));
      }
      const frames = decoder.tracks.selectedTrack?.frameCount ?? 1;
      const askedMs = (image.duration ?? 0) / 1000;
      const shownMs = askedMs < LEAST_FRAME_MS ? UNTIMED_FRAME_MS : askedMs;
      this.#keep(image);
      if (frames > 1 && !this.#closed) timer = setTimeout(() => next((frameIndex + 1) % frames), shownMs);
    };
    const next = (frameIndex: number): void => {
      play(frameIndex).catch((error: unknown) => this.#fail(error));
    };
    next(0);
    return () => {
      clearTimeout(timer);
      decoder.close();
    };
  }

  #fail(error: unknown): void {
    if (!this.#closed) this.#fault(toWire(error, 'picture-failed'));
  }
}

function trackEnded(): WorkerError {
  return new WorkerError('picture-ended', 'The track that effect.source gave has ended: its last picture stays');
}
