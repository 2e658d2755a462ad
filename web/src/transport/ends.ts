/*
 * The two ends of a safe stream, as the page opens them and as the gate is handed them. Whichever transport made them,
 * the gate makes one stream of camera frames of the first and one of safe frames of the second.
 */
import type { BlurStreamError } from '../errors.js';

export type TransportName = 'streams' | 'worker-track' | 'element';

/** Where camera frames come from. transfers what it holds */
export type WireSource =
  | { readonly type: 'stream'; readonly readable: ReadableStream<VideoFrame> }
  /** a clone of the camera's track; PageToClone over the port */
  | { readonly type: 'track'; readonly track: MediaStreamTrack; readonly port: MessagePort }
  /** a <video> of the page: GateToElement and ElementToGate over the port */
  | { readonly type: 'element'; readonly port: MessagePort };

/** Where safe frames go. transfers what it holds */
export type WireSink =
  | { readonly type: 'stream'; readonly writable: WritableStream<VideoFrame> }
  /** the track that the gate has made, see 'generate' */
  | { readonly type: 'generated' }
  /** a canvas of the page: GateToCanvas and CanvasToGate over the port */
  | { readonly type: 'canvas'; readonly port: MessagePort };

/** The page's side of the way in. */
export interface Source {
  readonly track: MediaStreamTrack;
  readonly wire: WireSource;
  readonly transfer: readonly Transferable[];
  /** Hears of what may mend by itself. */
  warn: (error: BlurStreamError) => void;
  /** Lets go of the track, which is left as it is. The gate does so too, when it takes no more frames. */
  close(): void;
}

/** The page's side of the way out. */
export interface Sink {
  /** the safe track */
  readonly track: MediaStreamTrack;
  readonly wire: WireSink;
  readonly transfer: readonly Transferable[];
  /** As `stop()` of the track: no event is fired. */
  stop(): void;
  /** Nobody writes to it any more: it ends, with the event, unless it has ended. */
  end(): void;
}
