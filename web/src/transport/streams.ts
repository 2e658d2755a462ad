/**
 * The way in and out in Chromium: the page makes both ends of a track, and gives their streams to the gate.
 */

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

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

export function openTracks(source: MediaStreamTrack): TrackEnds {
  const readable = openReadable(source);
  const track = generator();
  const { writable } = track;
  track.contentHint = source.contentHint;
  return { source, track, readable, writable };
}

/** Its frames; to be transferred. One is kept: a newer one takes its place. */
export function openReadable(track: MediaStreamTrack): ReadableStream<VideoFrame> {
  return new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable;
}

/** A track, and where its frames are to be written. */
export function generator(): TrackGenerator {
  return new MediaStreamTrackGenerator({ kind: 'video' });
}
