import { WorkerError } from '../errors.js';
import type { MadeFrame } from '../protocol.js';
import type { FrameShape } from './shape.js';

export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

const KINDS: readonly string[] = ['composed', 'concealed', 'raw'] satisfies MadeFrame['kind'][];

/**
 * What shows that a frame is not the one that Python made of a camera frame of this shape; null if nothing does. A
 * closed frame has no format, and one that is written to a track ends it.
 */
export function whatIsWrong(
  { kind, frame }: MadeFrame,
  { timestamp }: FrameShape,
  size: FrameSize | null,
): string | null {
  if (!(frame instanceof VideoFrame)) return 'it has no picture';
  if (!KINDS.includes(kind)) return `its kind is '${String(kind)}'`;
  if (frame.format !== 'I420') return `its format is ${frame.format}`;
  if (frame.timestamp !== timestamp) return `it is of ${frame.timestamp} us, not of ${timestamp}`;
  const { width, height } = frame.visibleRect ?? { width: 0, height: 0 };
  if (size === null || (width === size.width && height === size.height)) return null;
  return `it is ${width}x${height}, not ${size.width}x${size.height}`;
}

export function refused(why: string): WorkerError {
  return new WorkerError('frame-refused', `A frame is not shown: ${why}; a veil takes its place`, { why });
}

/** Closes what may not even be a frame. */
export function letGo(frame: unknown): void {
  (frame as VideoFrame | null | undefined)?.close?.();
}
