import type { BlurStreamError } from './errors.js';
import type { Changes } from './options.js';
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
  /** Changes what it names, on the same track; settles when the next frame will have it. */
  update(changes: Changes): Promise<void>;
  /**
   * Conceals the picture for as long as it takes, on the same track: one blurred sample of it, or the colour or
   * picture alone. The camera goes on. Settles when the next frame will be concealed.
   */
  pause(): Promise<void>;
  /** Shows the person again. */
  resume(): Promise<void>;
  /**
   * Ends the track and the workers. The source is left as it is; with `stopSource` all its tracks are stopped,
   * camera and microphone.
   */
  stop(options?: { readonly stopSource?: boolean }): void;

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
