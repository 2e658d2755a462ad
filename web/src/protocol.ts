/*
 * Every message between the threads. "transfers" names what moves with it; the sender has it no more.
 *
 *   page <-> gate          PageToGate, GateToPage
 *   gate <-> composer      GateToComposer, ComposerToGate
 *   gate <-> segmenter     GateToSegmenter, SegmenterToGate
 *   composer <-> segmenter ComposerToSegmenter, SegmenterToComposer   (over a MessagePort)
 */
import type { AssetFiles } from './assets.js';
import type { WireError } from './errors.js';
import type { Progress, Settings } from './options.js';
import type { Activity, QualityChange, Stats, StreamState } from './stats.js';

/** Raised with every incompatible change: a stale worker script from a cache must not be talked to. */
export const PROTOCOL_VERSION = 3;

export interface WorkerStart {
  readonly protocol: number;
  readonly assetBase: string;
  readonly files: AssetFiles;
}

export type PageToGate =
  | { type: 'probe' }
  /** transfers readable, writable and picture */
  | ({
      type: 'start';
      settings: Settings;
      /** of an image effect */
      picture: ImageBitmap | null;
      readable: ReadableStream<VideoFrame>;
      writable: WritableStream<VideoFrame>;
    } & WorkerStart)
  /** transfers picture, which is there if the image effect is a new one */
  | { type: 'update'; id: number; settings: Settings; picture: ImageBitmap | null }
  | { type: 'stop' };

export type GateToPage =
  | { type: 'probed'; reasons: string[] }
  /** the first veil is on the output track */
  | { type: 'concealing' }
  | { type: 'state'; state: StreamState; reason: string }
  | { type: 'progress'; progress: Progress }
  | { type: 'stats'; stats: Stats }
  | { type: 'notice'; level: 'warning' | 'error'; error: WireError }
  | { type: 'quality'; change: QualityChange }
  | { type: 'updated'; id: number; error: WireError | null }
  /** the last message: nothing is left running */
  | { type: 'stopped'; reason: string };

export type GateToComposer =
  /** transfers port; the picture is a copy */
  | ({ type: 'start'; settings: Settings; picture: ImageBitmap | null; port: MessagePort } & WorkerStart)
  /** transfers frame */
  | { type: 'frame'; sequence: number; frame: VideoFrame }
  /** the picture is a copy */
  | { type: 'update'; id: number; settings: Settings; picture: ImageBitmap | null }
  | { type: 'segmenter-lost'; reason: string }
  /** transfers port */
  | { type: 'segmenter-joined'; port: MessagePort }
  | { type: 'measure' };

/** A frame that may be shown: Python made every pixel of it. */
export interface MadeFrame {
  readonly type: 'made';
  readonly sequence: number;
  readonly kind: 'composed' | 'concealed';
  readonly reason: string;
  readonly frame: VideoFrame;
}

export type ComposerToGate =
  | { type: 'loaded'; name: string }
  | { type: 'starting' }
  | { type: 'ready' }
  /** transfers frame */
  | MadeFrame
  /** nothing came of this frame; the gate writes a veil in its place */
  | { type: 'faulted'; sequence: number; error: WireError }
  | { type: 'updated'; id: number; error: WireError | null }
  /** it hangs, or fails again and again: the gate is to start another one */
  | { type: 'segmenter-broken'; error: WireError }
  | { type: 'notice'; level: 'warning' | 'error'; error: WireError }
  | { type: 'quality'; change: QualityChange }
  | { type: 'measured'; stats: ComposerStats }
  /** beyond repair from the inside: the gate decides whether to start another one */
  | { type: 'failed'; error: WireError };

/** What only the composer can measure, counts too, since the last 'measure'. */
export interface ComposerStats extends Activity {
  readonly stageMs: Readonly<Record<string, number>>;
  readonly modelMs: number | null;
  readonly heapBytes: number;
}

export type GateToSegmenter =
  /** transfers port */
  | ({ type: 'start'; port: MessagePort } & WorkerStart)
  /** transfers port: a new composer takes the place of the old one */
  | { type: 'composer-joined'; port: MessagePort };

export type SegmenterToGate =
  | { type: 'loaded'; name: string }
  | { type: 'starting' }
  | { type: 'ready' }
  | { type: 'failed'; error: WireError };

/** transfers input */
export type ComposerToSegmenter = { type: 'run'; request: number; input: ArrayBuffer };

export type SegmenterToComposer =
  /** the model's description, as text; sent once to every composer that joins */
  | { type: 'ready'; model: string }
  /** transfers mask, and input back for the next request */
  | { type: 'mask'; request: number; mask: Float32Array; input: ArrayBuffer; modelMs: number }
  /** transfers input back */
  | { type: 'model-error'; request: number; error: WireError; input: ArrayBuffer };

/** For the default branch of a switch over messages: a missing case is a compile error. */
export function unreachable(message: never): never {
  throw new TypeError(`unknown message ${JSON.stringify(message)}`);
}
