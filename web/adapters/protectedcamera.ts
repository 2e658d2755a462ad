/* getUserMedia that gives safe streams. The library is loaded by the first call, so types alone are imported. */
import type { BlurStream, BlurStreamOptions, Changes, SafeStream } from '../src/module.js';
import { likeCamera } from './cameratrack.js';

export type GetUserMedia = (constraints?: MediaStreamConstraints) => Promise<MediaStream>;

/** What was made here, by whichever of several: it is not made safe twice. */
const MADE = new WeakSet<MediaStreamTrack>();

/** What the streams of a protected camera have in common. */
export class ProtectedCamera {
  /** Those that run. */
  readonly streams = new Set<SafeStream>();
  readonly #load: () => Promise<BlurStream>;
  #options: () => BlurStreamOptions;

  /** `options` is asked for with every camera: one that throws makes the call reject, as any other failure. */
  constructor(load: () => Promise<BlurStream>, options: () => BlurStreamOptions) {
    this.#load = load;
    this.#options = options;
  }

  /**
   * What `open` gives, made safe. Without video, and of a screen, it is passed on as it is. Rejects as `open` does; with
   * NotReadableError, whose `cause` tells why, if the picture cannot be made safe: the camera is off then.
   */
  async protect(open: () => Promise<MediaStream>): Promise<MediaStream> {
    const given = await open();
    const [camera] = given.getVideoTracks();
    if (camera === undefined || MADE.has(camera) || isScreen(camera)) return given;
    try {
      const blurStream = await this.#load();
      return this.#dress(await blurStream(given, this.#options()), camera);
    } catch (error) {
      for (const track of given.getTracks()) track.stop();
      throw notReadable(error);
    }
  }

  /** Changes all streams that run, and those to come. Rejects if one of them does. */
  async update(changes: Changes): Promise<void> {
    await Promise.all([...this.streams].map((safe) => safe.update(changes)));
    const before = this.#options;
    this.#options = () => ({ ...before(), ...changes });
  }

  #dress(safe: SafeStream, camera: MediaStreamTrack): SafeStream {
    const [track] = safe.getVideoTracks() as [MediaStreamTrack];
    MADE.add(track);
    this.streams.add(safe);
    // The page knows of this track only: when it is done with it, the camera's light has to go out.
    const onAllStopped = (): void => {
      camera.stop();
      this.streams.delete(safe);
      void safe.stop();
    };
    likeCamera(track, () => camera, onAllStopped);
    Object.defineProperty(safe, 'clone', {
      value: () => new MediaStream(safe.getTracks().map((one) => one.clone())),
      configurable: true,
      writable: true,
    });
    return safe;
  }
}

/** Only what was captured from a display has this setting; a camera never has. */
function isScreen(track: MediaStreamTrack): boolean {
  return track.getSettings().displaySurface !== undefined;
}

/** What pages know from getUserMedia, and are written to cope with. */
function notReadable(error: unknown): DOMException {
  const message = error instanceof Error ? error.message : String(error);
  const made = new DOMException(`The camera cannot be made private: ${message}`, 'NotReadableError');
  return Object.defineProperty(made, 'cause', { value: error, configurable: true });
}
