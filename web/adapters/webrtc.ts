/* A sender of a peer connection that never has the camera's own track. */
import {
  AbortError,
  blurStream,
  SourceError,
  type BlurStreamOptions,
  type Changes,
  type SafeStream,
} from '../src/module.js';

/** On a sender that is protected, by whichever of several bundles. */
const PROTECTED = Symbol.for('blurstream.protected');

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
 * is sent as it is. Rejects with SourceError ('no-sender-track', or 'sender-protected' if it is already) or as blurStream
 * does.
 */
export async function protectSender(
  sender: RTCRtpSender,
  options: BlurStreamOptions = {},
): Promise<ProtectedSender> {
  if (PROTECTED in sender) {
    throw new SourceError(
      'sender-protected',
      'The sender is protected already: use the update() of that protection, or wait for its stop() or restore()',
    );
  }
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
  readonly #send: RTCRtpSender['replaceTrack'];
  readonly #replaceTrack: RTCRtpSender['replaceTrack'];
  /** What the sender had of its own before, from somebody else. */
  readonly #before: PropertyDescriptor | undefined;
  readonly #over = new AbortController();
  #left = false;
  #options: BlurStreamOptions;
  #safe: SafeStream | null = null;
  #camera: MediaStreamTrack | null = null;
  /** One replacement after the other: the newest counts. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(sender: RTCRtpSender, options: BlurStreamOptions) {
    this.#sender = sender;
    this.#options = options;
    this.#send = sender.replaceTrack.bind(sender);
    this.#before = Object.getOwnPropertyDescriptor(sender, 'replaceTrack');
    // Somebody who wrapped it keeps calling it after the end.
    this.#replaceTrack = (track) => (this.#left ? this.#send(track) : this.#inTurn(() => this.#replace(track)));
    Object.assign(sender, { replaceTrack: this.#replaceTrack, [PROTECTED]: true });
  }

  get safe(): SafeStream | null {
    return this.#safe;
  }

  /** In turn: a camera that comes meanwhile is begun with what was asked for. */
  update(changes: Changes): Promise<void> {
    return this.#inTurn(async () => {
      await this.#safe?.update(changes);
      this.#options = { ...this.#options, ...changes };
    });
  }

  stop(): Promise<void> {
    return this.#end(() => null);
  }

  restore(): Promise<void> {
    return this.#end(() => this.#camera);
  }

  /** At once for what is being begun, and for what waits: nobody could stop it afterwards. */
  #end(last: () => MediaStreamTrack | null): Promise<void> {
    if (this.#left) return Promise.resolve();
    this.#over.abort(new AbortError('stopped', 'The protection of this sender was ended meanwhile'));
    return this.#inTurn(() => this.#leave(last()));
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(act);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #replace(track: MediaStreamTrack | null): Promise<void> {
    this.#over.signal.throwIfAborted();
    // Sound is the browser's to refuse.
    if (track !== null && (track.kind !== 'video' || this.#safe?.getVideoTracks().includes(track))) {
      return this.#send(track);
    }
    if (track === null || track.getSettings().displaySurface !== undefined) {
      await this.#send(track);
      this.#camera = null;
      return this.#close();
    }
    await this.#send(null);
    const before = this.#safe;
    this.#safe = null;
    this.#camera = track;
    try {
      // The one before ends afterwards: the workers go on for the new one.
      this.#safe = await blurStream(new MediaStream([track]), { ...this.#options, signal: this.#signal() });
      await this.#send(this.#safe.getVideoTracks()[0] ?? null);
    } catch (error) {
      this.#close();
      if (!this.#over.signal.aborted) this.#camera = null; // restore() sends it
      throw error;
    } finally {
      void before?.stop();
    }
  }

  #signal(): AbortSignal {
    const { signal } = this.#options;
    return signal === undefined ? this.#over.signal : AbortSignal.any([this.#over.signal, signal]);
  }

  async #leave(track: MediaStreamTrack | null): Promise<void> {
    await this.#send(track).finally(() => {
      this.#close();
      this.#camera = null;
      if (!this.#left) this.#giveBack();
      this.#left = true;
    });
  }

  #giveBack(): void {
    Reflect.deleteProperty(this.#sender, PROTECTED);
    if (this.#sender.replaceTrack !== this.#replaceTrack) return;
    Reflect.deleteProperty(this.#sender, 'replaceTrack');
    if (this.#before !== undefined) Object.defineProperty(this.#sender, 'replaceTrack', this.#before);
  }

  #close(): void {
    void this.#safe?.stop();
    this.#safe = null;
  }
}
