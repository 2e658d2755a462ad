import type { BlurStreamError } from './errors.js';
import type { Changes } from './options.js';
import type { SelfView, SelfViewOptions } from './selfview.js';
import type { QualityChange, Stats, StreamState } from './stats.js';

export interface SafeStreamEventMap extends MediaStreamEventMap {
  /** The state or its reason changed. */
  statechange: CustomEvent<{ readonly state: StreamState; readonly reason: string }>;
  /** Once a second. */
  stats: CustomEvent<Stats>;
  /** Quality went a step down, or up again, to keep pace with the camera. Privacy stays the same. */
  quality: CustomEvent<QualityChange>;
  /** Something is amiss and will mend by itself: the picture is concealed meanwhile. */
  warning: CustomEvent<BlurStreamError>;
  /** Something went wrong; with `state` 'failed' it will not mend. */
  error: CustomEvent<BlurStreamError>;
}

/** What to send instead of the camera's stream: its processed picture and its audio tracks as they are. */
export interface SafeStream extends MediaStream {
  /**
   * Resolves when the person is shown for the first time; rejects if that can never be. Until then the
   * picture is concealed.
   */
  readonly ready: Promise<void>;
  readonly state: StreamState;
  /** Why the state is what it is, as a code; empty while all is well. */
  readonly reason: string;
  /** The newest measurements; null until there are any. */
  readonly stats: Stats | null;
  /**
   * Changes what it names, on the same track; settles when the first frame of the new look has been written, or when
   * it will be, while the source gives no frames.
   */
  update(changes: Changes): Promise<void>;
  /**
   * Conceals the picture for as long as it takes, on the same track: one blurred sample of it, or the colour or
   * picture alone. The camera goes on. Settles when the first concealed frame has been written.
   */
  pause(): Promise<void>;
  /** Shows the person again. */
  resume(): Promise<void>;
  /**
   * Another camera, size or rotation on the same track; settles when its first frame has been written. Nothing of what
   * was seen before is used for it. If the new stream has sound, its audio tracks take the place of those before. The
   * source before is left as it is; with `stopSource` its tracks are stopped. Rejects with SourceError, and then
   * nothing changes.
   *
   * A function is called when the source before has been let go: for devices that open one camera at a time. Until it
   * has given a stream the picture is veiled, with the reason `source-changing`.
   */
  replaceSource(
    source: MediaStream | (() => MediaStream | Promise<MediaStream>),
    options?: { readonly stopSource?: boolean },
  ): Promise<void>;
  /**
   * A mirrored preview of what is sent, in a window that stays on top where the browser has one; that needs a click or
   * a key press just before. It closes with the stream. Rejects with OptionsError.
   */
  selfView(options?: SelfViewOptions): Promise<SelfView>;
  /**
   * Ends the track, and the workers if no other stream uses them; settles when they are gone. The source is left as it
   * is; with `stopSource` all its tracks are stopped, camera and microphone.
   */
  stop(options?: { readonly stopSource?: boolean }): Promise<void>;
  /** As `stop()`: for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;

  addEventListener<K extends keyof SafeStreamEventMap>(
    type: K,
    listener: (this: SafeStream, event: SafeStreamEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof SafeStreamEventMap>(
    type: K,
    listener: (this: SafeStream, event: SafeStreamEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}
