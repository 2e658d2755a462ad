import type { BlurStreamError } from './errors.js';
import { Mirror, type Blank } from './mirror.js';
import { OutputTrack } from './outputtrack.js';
import { settlePlatformBlur } from './platform.js';
import { videoTrackOf } from './source.js';

export interface CameraEvents {
  /** Why there is nothing to see; null: there is again. */
  hold(reason: Blank | null): void;
  warn(error: BlurStreamError): void;
}

/** The source of a safe stream, one after another, and what of it has to be seen to besides its frames. */
export class Camera {
  readonly #events: CameraEvents;
  readonly #output: MediaStreamTrack;
  readonly #mirror: Mirror;
  #stream: MediaStream;
  #track: MediaStreamTrack;
  /** The output has it, unless the page has given it another one. */
  #hint: string;
  #endPlatform = (): void => undefined;
  #blurs = false;

  constructor(stream: MediaStream, track: MediaStreamTrack, output: MediaStreamTrack, events: CameraEvents) {
    [this.#stream, this.#track, this.#output, this.#events] = [stream, track, output, events];
    this.#hint = track.contentHint;
    this.#mirror = new Mirror(track, new OutputTrack(output, () => this.#track), (reason) => events.hold(reason));
  }

  get stream(): MediaStream {
    return this.#stream;
  }

  /** Another one, with a live video track. */
  change(stream: MediaStream): void {
    this.#stream = stream;
    this.#track = videoTrackOf(stream);
    const { contentHint } = this.#track;
    if (this.#output.contentHint === this.#hint) this.#output.contentHint = contentHint;
    this.#hint = contentHint;
    this.#mirror.watch(this.#track);
    this.#settlePlatform();
  }

  /** The camera's own blur is in the way of ours; without ours (effect 'none') it is the user's. */
  setBlurs(blurs: boolean): void {
    if (blurs === this.#blurs) return;
    this.#blurs = blurs;
    this.#settlePlatform();
  }

  leave(): void {
    this.#mirror.stop();
    this.#endPlatform();
  }

  #settlePlatform(): void {
    this.#endPlatform();
    this.#endPlatform = this.#blurs
      ? settlePlatformBlur(this.#track, (error) => this.#events.warn(error))
      : () => undefined;
  }
}

/** `except`: tracks that are used still. */
export function stopTracks(stream: MediaStream, except: readonly MediaStreamTrack[] = []): void {
  for (const track of stream.getTracks()) if (!except.includes(track)) track.stop();
}
