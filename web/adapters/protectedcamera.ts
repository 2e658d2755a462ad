/* getUserMedia that gives safe streams. The library is loaded by the first call, so types alone are imported. */
import type { BlurStream, BlurStreamOptions, Changes, SafeStream } from '../src/module.js';
import { Cameras } from './cameras.js';
import { likeCamera, MADE } from './cameratrack.js';
import { changesOf } from './changes.js';
import { sameValue } from './samevalue.js';

export type GetUserMedia = (constraints?: MediaStreamConstraints) => Promise<MediaStream>;

/** What the streams of a protected camera have in common. */
export class ProtectedCamera {
  /** Those that run. */
  readonly streams = new Set<SafeStream>();
  readonly #load: () => Promise<BlurStream>;
  readonly #options: () => BlurStreamOptions;
  /** What updates have changed, */
  #kept: Changes = {};
  /** and will have, if those under way are not refused. */
  #asked: Changes = {};
  #updating = 0;

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
    if (camera === undefined || MADE in camera || isScreen(camera)) return given;
    try {
      const blurStream = await this.#load();
      return await this.#begin(blurStream, given, camera);
    } catch (error) {
      for (const track of given.getTracks()) track.stop();
      throw notReadable(error);
    }
  }

  /** Changes all streams that run, and those to come. Rejects if one of them does, and those to come are as before. */
  async update(changes: Changes): Promise<void> {
    this.#updating += 1;
    // Before anything is waited for: a camera that is opened meanwhile looks here when it is about to be given out.
    this.#asked = { ...this.#asked, ...changes };
    try {
      await Promise.all([...this.streams].map((safe) => updateUnlessOver(safe, changes)));
      this.#kept = { ...this.#kept, ...changes };
    } finally {
      this.#updating -= 1;
      if (this.#updating === 0) this.#asked = this.#kept;
    }
  }

  /** A stream with the newest of what was asked for, which may have changed while it was begun. */
  async #begin(blurStream: BlurStream, given: MediaStream, camera: MediaStreamTrack): Promise<SafeStream> {
    let used = this.#asked;
    const safe = await blurStream(given, { ...this.#options(), ...used });
    while (!sameValue(used, this.#asked)) {
      used = this.#asked;
      await safe.update(changesOf({ ...this.#options(), ...used }));
    }
    // In the same breath, or an update in between would miss it.
    return this.#dress(safe, camera);
  }

  #dress(safe: SafeStream, camera: MediaStreamTrack): SafeStream {
    const [track] = safe.getVideoTracks() as [MediaStreamTrack];
    this.streams.add(safe);
    const cameras = new Cameras(camera);
    // The page knows of this track only: when it is done with it, the camera's light has to go out.
    const onAllStopped = (): void => {
      cameras.stop();
      this.streams.delete(safe);
      void safe.stop();
    };
    likeCamera(track, () => cameras.current, onAllStopped);
    const replaceSource = safe.replaceSource.bind(safe);
    const own: Pick<SafeStream, 'clone' | 'replaceSource'> = {
      clone: () => new MediaStream(safe.getTracks().map((one) => one.clone())),
      replaceSource: (source, options) =>
        cameras.follow(source, (followed) => replaceSource(followed, options)),
    };
    for (const [name, value] of Object.entries(own)) {
      Object.defineProperty(safe, name, { value, configurable: true, writable: true });
    }
    return safe;
  }
}

/** One that has ended meanwhile shows nothing any more. */
async function updateUnlessOver(safe: SafeStream, changes: Changes): Promise<void> {
  try {
    await safe.update(changes);
  } catch (error) {
    if (safe.state !== 'stopped') throw error;
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
