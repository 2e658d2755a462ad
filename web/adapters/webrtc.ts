/* A sender of a peer connection that never has the camera's own track. */
import { blurStream, SourceError, type BlurStreamOptions, type Changes, type SafeStream } from '../src/module.js';

export interface ProtectedSender {
  /** What is sent; null while nothing is. */
  readonly safe: SafeStream | null;
  /** Changes what is sent, and what will be. */
  update(changes: Changes): Promise<void>;
  /** Nothing is sent any more. The camera and the sender are left to you. */
  stop(): Promise<void>;
  /** Sends the camera's own track again: others see the room. */
  restore(): Promise<void>;
}

/**
 * Puts a safe track in the place of the one that `sender` has. Nothing is sent until it is there, and nothing if that
 * fails. From then on a camera that is given to `sender.replaceTrack` is made safe, too; what was captured from a display
 * is sent as it is. Rejects with SourceError ('no-sender-track') or as blurStream does.
 */
export async function protectSender(
  sender: RTCRtpSender,
  options: BlurStreamOptions = {},
): Promise<ProtectedSender> {
  if (sender.track?.kind !== 'video') {
    throw new SourceError(
      'no-sender-track',
      `The sender has ${sender.track === null ? 'no track' : 'an audio track'}: pass the one that sends the camera's`,
      { kind: sender.track?.kind ?? null },
    );
  }
  const made = new SenderProtection(sender, options);
  try {
    await sender.replaceTrack(sender.track);
  } catch (error) {
    await made.stop();
    throw error;
  }
  return made;
}

class SenderProtection implements ProtectedSender {
  readonly #sender: RTCRtpSender;
  readonly #send: (track: MediaStreamTrack | null) => Promise<void>;
  #options: BlurStreamOptions;
  #safe: SafeStream | null = null;
  #camera: MediaStreamTrack | null = null;
  /** One replacement after the other: the newest counts. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(sender: RTCRtpSender, options: BlurStreamOptions) {
    this.#sender = sender;
    this.#options = options;
    this.#send = sender.replaceTrack.bind(sender);
    sender.replaceTrack = (track) => this.#inTurn(() => this.#replace(track));
  }

  get safe(): SafeStream | null {
    return this.#safe;
  }

  async update(changes: Changes): Promise<void> {
    await this.#queue;
    await this.#safe?.update(changes);
    this.#options = { ...this.#options, ...changes };
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#leave(null));
  }

  restore(): Promise<void> {
    return this.#inTurn(() => this.#leave(this.#camera));
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #replace(track: MediaStreamTrack | null): Promise<void> {
    // Sound is the browser's to refuse.
    if (track !== null && (track.kind !== 'video' || this.#safe?.getVideoTracks().includes(track))) {
      return this.#send(track);
    }
    if (track === null || track.getSettings().displaySurface !== undefined) {
      await this.#send(track);
      return this.#close();
    }
    await this.#send(null);
    const before = this.#safe;
    this.#safe = null;
    this.#camera = track;
    try {
      // The one before ends afterwards: the workers go on for the new one.
      this.#safe = await blurStream(new MediaStream([track]), this.#options);
      await this.#send(this.#safe.getVideoTracks()[0] ?? null);
    } catch (error) {
      this.#close();
      throw error;
    } finally {
      void before?.stop();
    }
  }

  async #leave(track: MediaStreamTrack | null): Promise<void> {
    Reflect.deleteProperty(this.#sender, 'replaceTrack');
    await this.#send(track).finally(() => this.#close());
  }

  #close(): void {
    void this.#safe?.stop();
    this.#safe = null;
    this.#camera = null;
  }
}
