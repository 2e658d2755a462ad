/*
 * Every message between the threads. "transfers" names what moves with it; the sender has it no more.
 *
 *   page <-> gate          PageToGate, GateToPage
 *   page <-> stream        PageToStream, StreamToPage         (a stream of the gate, over a MessagePort of its own)
 *   gate <-> composer      GateToComposer, ComposerToGate
 *   gate <-> segmenter     GateToSegmenter, SegmenterToGate
 *   composer <-> segmenter ComposerToSegmenter, SegmenterToComposer   (over a MessagePort)
 *   page <-> stream's ends GateToElement, ElementToGate, GateToCanvas, CanvasToGate, PageToClone   (each over a
 *                          MessagePort; which of them there are depends on the transport, see transport/ends.ts)
 */
import type { AssetFiles } from './assets.js';
import type { WireError } from './errors.js';
import type { Progress, Settings } from './options.js';
import type { MovingSource } from './pictures/moving.js';
import type { WorkerScripts } from './scripts.js';
import type { Activity, QualityChange, Stats, StreamState } from './stats.js';
import type { WireSink, WireSource } from './transport/ends.js';
import type { FrameShape } from './worker/shape.js';

/** Raised with every incompatible change: a stale worker script from a cache must not be talked to. */
export const PROTOCOL_VERSION = 6;

export interface WorkerStart {
  readonly protocol: number;
  readonly assetBase: string;
  readonly workers: WorkerScripts;
  readonly files: AssetFiles;
}

/**
 * What a stream is asked for. The picture is a copy: one that was transferred to the gate would get to the composer empty
 * in WebKitGTK 2.50.
 */
export interface Look {
  readonly settings: Settings;
  /** a still one of the effect; null in an update if it is the one before */
  readonly picture: ImageBitmap | null;
}

/** transfers what moving holds */
export interface MovingLook extends Look {
  /** the effect's picture, if it is one that moves and a new one */
  readonly moving: MovingSource | null;
}

export type PageToGate =
  | { type: 'probe' }
  /** transfers port: all else about this stream goes over it */
  | ({ type: 'open'; port: MessagePort } & WorkerStart)
  /** no stream is left */
  | { type: 'close' };

export type GateToPage = {
  type: 'probed';
  reasons: string[];
  /** it reads and makes tracks: the transport 'worker-track' */
  tracks: boolean;
};

export type PageToStream =
  /** before 'start': the stream is to be written to a track that the gate makes */
  | { type: 'generate' }
  /** transfers what source and sink hold, too */
  | ({ type: 'start'; source: WireSource; sink: WireSink } & MovingLook)
  | ({ type: 'update'; id: number } & MovingLook)
  /** transfers what source holds: frames of another camera from now on; null: of none, until there is one */
  | { type: 'source'; id: number; source: WireSource | null }
  /** the source gives nothing that is to be seen; null: it does again */
  | { type: 'hold'; reason: string | null }
  | { type: 'stop' };

export type StreamToPage =
  /** transfers track: it is written to from 'start' on; null: the gate can make none */
  | { type: 'generated'; track: MediaStreamTrack | null }
  /** the first veil is on the output track */
  | { type: 'concealing' }
  | { type: 'state'; state: StreamState; reason: string }
  | { type: 'progress'; progress: Progress }
  | { type: 'stats'; stats: Stats }
  | { type: 'notice'; level: 'warning' | 'error'; error: WireError }
  | { type: 'quality'; change: QualityChange }
  /** of an update or a source: its first frame is on the output track */
  | { type: 'updated'; id: number; error: WireError | null }
  /** the last message: nothing of the stream is left running */
  | { type: 'stopped'; reason: string };

export type GateToComposer =
  /** transfers port */
  | ({ type: 'start'; port: MessagePort } & WorkerStart)
  | ({ type: 'open'; stream: number; update: number } & Look)
  | { type: 'close'; stream: number }
  /** transfers frame and backdrop. `renewed`: it is the first of another camera */
  | {
      type: 'frame';
      stream: number;
      sequence: number;
      frame: VideoFrame;
      shape: FrameShape;
      renewed: boolean;
      /** the newest frame of the effect's moving picture, if it is not known yet */
      backdrop: VideoFrame | null;
    }
  /** transfers backdrop */
  | ({ type: 'update'; stream: number; id: number; backdrop: VideoFrame | null } & Look)
  | { type: 'measure'; stream: number }
  | { type: 'segmenter-lost'; reason: string }
  /** transfers port */
  | { type: 'segmenter-joined'; port: MessagePort };

/** A frame that may be shown: Python made every pixel of it, or was asked for the camera's own. */
export interface MadeFrame {
  readonly type: 'made';
  readonly stream: number;
  readonly sequence: number;
  readonly kind: 'composed' | 'concealed' | 'raw';
  readonly reason: string;
  readonly frame: VideoFrame;
  /** the newest update that it was made with, -1 if there was none */
  readonly update: number;
}

export type ComposerToGate =
  | { type: 'loaded'; name: string }
  | { type: 'starting' }
  | { type: 'ready' }
  /** transfers frame */
  | MadeFrame
  /** nothing came of this frame; the gate writes a veil in its place */
  | { type: 'faulted'; stream: number; sequence: number; error: WireError }
  /** an update: frames go on as before */
  | { type: 'refused'; stream: number; id: number; error: WireError }
  | { type: 'notice'; stream: number; level: 'warning' | 'error'; error: WireError }
  | { type: 'quality'; stream: number; change: QualityChange }
  | { type: 'measured'; stream: number; stats: ComposerStats }
  /** it hangs, or fails again and again: the gate is to start another one */
  | { type: 'segmenter-broken'; error: WireError }
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

export type GateToElement =
  /** the newest picture, as soon as it is not known yet */
  | { type: 'next' }
  /** the same; none has come for a while */
  | { type: 'look' }
  /** no more are wanted */
  | { type: 'end' };

export type ElementToGate =
  /** transfers frame */
  | { type: 'frame'; frame: VideoFrame }
  /** the track has ended */
  | { type: 'ended' };

export type GateToCanvas =
  /** transfers frame */
  | { type: 'frame'; frame: VideoFrame }
  /** the track is at its end */
  | { type: 'end' };

export type CanvasToGate =
  /** it may have another one */
  | { type: 'drawn' }
  /** the page has stopped the track */
  | { type: 'ended' };

/** the track that was cloned for the gate has ended, or is not read any more */
export type PageToClone = { type: 'ended' };

/** For the default branch of a switch over messages: a missing case is a compile error. */
export function unreachable(message: never): never {
  throw new TypeError(`unknown message ${JSON.stringify(message)}`);
}
