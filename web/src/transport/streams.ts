/**
 * The way in and out in Chromium: the page makes both ends of a track, and gives their streams to the gate.
 */

import { SourceError } from '../errors.js';

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

/** A track and the stream that is written to it. @internal */
export interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare const MediaStreamTrackProcessor: new (init: {
  track: MediaStreamTrack;
  maxBufferSize: number;
}) => TrackProcessor;
declare const MediaStreamTrackGenerator: new (init: { kind: 'video' }) => TrackGenerator;

export interface TrackEnds {
  readonly source: MediaStreamTrack;
  /** the safe track */
  readonly track: MediaStreamTrack;
  /** camera frames; to be transferred */
  readonly readable: ReadableStream<VideoFrame>;
  /** safe frames; to be transferred */
  readonly writable: WritableStream<VideoFrame>;
}

/**
 * For adapters that have to hand out the track before blurStream resolves: an option under this name is the track to
 * write to, from `generator`.
 */
export const OUTPUT = Symbol.for('blurstream.output');

/** A track, and where its frames are to be written. */
export function generator(): TrackGenerator {
  return new MediaStreamTrackGenerator({ kind: 'video' });
}

/** The output that the options of an adapter bring along. */
export function outputOf(options: unknown): TrackGenerator | undefined {
  return (options as { readonly [OUTPUT]?: TrackGenerator } | undefined)?.[OUTPUT];
}

/** `given`: the output, where there is one already. Raises SourceError. */
export function openTracks(source: MediaStreamTrack, given?: TrackGenerator): TrackEnds {
  const readable = openReadable(source); // first: where that fails no track is left behind
  const track = given ?? generator();
  const { writable } = track;
  track.contentHint = source.contentHint;
  return { source, track, readable, writable };
}

/** Its frames; to be transferred. One is kept: a newer one takes its place. Raises SourceError. */
export function openReadable(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  try {
    return new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable;
  } catch (error) {
    throw new SourceError(
      'track-unreadable',
      `The video track gives no frames (${(error as Error).message}): pass a track that the browser made`,
    );
  }
}
