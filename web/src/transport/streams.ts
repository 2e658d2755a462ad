/**
 * The way in and out in Chromium: the page makes both ends of a track, and gives their streams to the gate.
 */

import { SourceError } from '../errors.js';
import type { Sink, Source } from './ends.js';

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

/** A track and the stream that is written to it. */
interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare const MediaStreamTrackProcessor: new (init: {
  track: MediaStreamTrack;
  maxBufferSize: number;
}) => TrackProcessor;
declare const MediaStreamTrackGenerator: new (init: { kind: 'video' }) => TrackGenerator;

export function hasStreams(): boolean {
  const native = 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis;
  return native && isTransferable(new ReadableStream());
}

/** Raises SourceError. */
export function streamSource(track: MediaStreamTrack): Source {
  const readable = openReadable(track);
  return {
    track,
    wire: { type: 'stream', readable },
    transfer: [readable as unknown as Transferable],
    warn: () => undefined,
    close: () => undefined,
  };
}

export function streamSink(): Sink {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const { writable } = track;
  return {
    track,
    wire: { type: 'stream', writable },
    transfer: [writable as unknown as Transferable],
    stop: () => track.stop(),
    end: () => {
      // Closed and not stopped, so that its 'ended' event is seen; what was handed over the gate closes.
      if (!writable.locked) void writable.close().catch(() => track.stop());
    },
  };
}

/** Its frames; to be transferred. One is kept: a newer one takes its place. Raises SourceError. */
export function openReadable(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  try {
    return new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable;
  } catch (error) {
    throw unreadable(error);
  }
}

/** What no transport can read. */
export function unreadable(error: unknown): SourceError {
  return new SourceError(
    'track-unreadable',
    `The video track gives no frames (${(error as Error).message}): pass a track that the browser made`,
  );
}

/** Whether the browser hands such a thing to another thread; it is gone then. */
export function isTransferable(value: unknown): boolean {
  const { port1 } = new MessageChannel();
  try {
    port1.postMessage(value, [value as Transferable]);
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
  }
}
