/* A track processor for livekit-client. */
import { AbortError, blurStream, type BlurStreamOptions, type Changes, type SafeStream } from '../src/module.js';
import { likeCamera } from './cameratrack.js';

/**
 * `createLocalVideoTrack({processor: new BlurStreamProcessor()})`. To change the effect use `update`: a `setProcessor` over
 * another one, and `stopProcessor`, send the camera's own track meanwhile.
 */
export class BlurStreamProcessor {
  readonly name = 'blurstream';
  /** What LiveKit sends. It stays after the end, stopped: without it LiveKit would fall back to the camera's. */
  processedTrack?: MediaStreamTrack;
  #options: BlurStreamOptions;
  #safe: SafeStream | null = null;
  #camera: MediaStreamTrack | null = null;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(options: BlurStreamOptions = {}) {
    this.#options = options;
  }

  /** What is sent; null before LiveKit has started it, and after the end. */
  get safe(): SafeStream | null {
    return this.#safe;
  }

  /** Called by LiveKit. */
  init({ track }: { readonly track: MediaStreamTrack }): Promise<void> {
    return this.#inTurn(() => this.#start(track));
  }

  /** Called by LiveKit when it has another camera, or the same one again after muting. */
  restart({ track }: { readonly track: MediaStreamTrack }): Promise<void> {
    return this.#inTurn(async () => {
      try {
        if (this.#safe === null) return await this.#start(track);
        await this.#safe.replaceSource(new MediaStream([track]));
        this.#camera = track;
      } catch (error) {
        // LiveKit stops the camera while it is muted, and with it our stream.
        if (!(error instanceof AbortError)) throw error;
        await this.#start(track);
      }
    });
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#starting.then(act);
    this.#starting = done.catch(() => undefined);
    return done;
  }

  async #start(track: MediaStreamTrack): Promise<void> {
    const safe = await blurStream(new MediaStream([track]), this.#options);
    void this.#safe?.stop();
    this.#safe = safe;
    this.#camera = track;
    const [processed] = safe.getVideoTracks() as [MediaStreamTrack];
    // LiveKit reads the size to choose its layers, before the first frame has told it.
    this.processedTrack = likeCamera(processed, () => this.#camera ?? track);
  }

  /** Called by LiveKit. */
  async destroy(): Promise<void> {
    await this.#starting;
    await this.#safe?.stop();
    this.#safe = null;
  }

  /** Changes what is sent, and what will be: while LiveKit is muted the next camera has it. */
  update(changes: Changes): Promise<void> {
    return this.#inTurn(async () => {
      await this.#safe?.update(changes).catch((error: unknown) => {
        // LiveKit has stopped the camera, and with it our stream; what is asked for is right all the same.
        if (!(error instanceof AbortError)) throw error;
      });
      this.#options = { ...this.#options, ...changes };
    });
  }
}
