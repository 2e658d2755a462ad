/* A stream effect for lib-jitsi-meet: `await localTrack.setEffect(new BlurStreamEffect())`. */
import {
  blurStream,
  type BlurStreamError,
  type BlurStreamOptions,
  type Changes,
  type SafeStream,
} from '../src/module.js';
import { OUTPUT, sinkAtOnce } from '../src/transport/choice.js';
import type { Sink } from '../src/transport/ends.js';

/** What the effect needs of a JitsiLocalTrack. */
export interface JitsiTrackLike {
  isVideoTrack(): boolean;
  readonly videoType?: string;
}

export interface BlurStreamEffectOptions extends Omit<BlurStreamOptions, 'signal'> {
  /** The effect could not begin: its track has ended, and nothing was ever on it. */
  readonly onError?: (error: BlurStreamError) => void;
}

export class BlurStreamEffect {
  readonly #onError: (error: BlurStreamError) => void;
  #options: BlurStreamOptions;
  #safe: SafeStream | null = null;
  #run: AbortController | null = null;
  /** Settles, and never rejects, when what was started last has begun or failed. */
  #beginning: Promise<void> = Promise.resolve();

  constructor({ onError = () => undefined, ...options }: BlurStreamEffectOptions = {}) {
    this.#onError = onError;
    this.#options = options;
  }

  /** What is sent; null until it has begun, and after the end. */
  get safe(): SafeStream | null {
    return this.#safe;
  }

  /** Called by Jitsi. Of a screen nothing is blurred. */
  isEnabled(track: JitsiTrackLike): boolean {
    return track.isVideoTrack() && track.videoType === 'camera';
  }

  /** Called by Jitsi, which needs a track at once: it has no frame until the first safe one. */
  startEffect(stream: MediaStream): MediaStream {
    this.stopEffect();
    const output = sinkAtOnce();
    const run = new AbortController();
    this.#run = run;
    this.#beginning = this.#begin(stream, output, run.signal).catch((error: BlurStreamError) => {
      output.end();
      if (!run.signal.aborted) this.#onError(error);
    });
    return new MediaStream([output.track]);
  }

  /** Called by Jitsi; the next stream that it sends is the camera's own, unless it is for muting. */
  stopEffect(): void {
    this.#run?.abort();
    this.#run = null;
    this.#safe = null;
  }

  /** Changes what is sent, as soon as it has begun, and what will be. Rejects as the stream does: all is as before then. */
  async update(changes: Changes): Promise<void> {
    let run: AbortController | null;
    do {
      run = this.#run;
      await this.#beginning;
      try {
        await this.#safe?.update(changes);
      } catch (error) {
        if (run === this.#run) throw error;
      }
      // Jitsi may have started another one meanwhile, which has the options of before.
    } while (run !== this.#run);
    this.#options = { ...this.#options, ...changes };
  }

  async #begin(stream: MediaStream, output: Sink, signal: AbortSignal): Promise<void> {
    const options = { ...this.#options, signal, [OUTPUT]: output };
    const safe = await blurStream(stream, options);
    if (!signal.aborted) this.#safe = safe;
  }
}
