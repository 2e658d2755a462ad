import { SourceError } from './errors.js';

/** The track to process. Raises SourceError. */
export function videoTrackOf(stream: unknown): MediaStreamTrack {
  // Not instanceof: a stream may come from another frame of the page.
  if (typeof (stream as MediaStream | null)?.getVideoTracks !== 'function') {
    throw new SourceError(
      'not-a-media-stream',
      `The source is ${describe(stream)}: pass a MediaStream, such as ` +
        'navigator.mediaDevices.getUserMedia({video: true}) gives',
      { value: describe(stream) },
    );
  }
  const tracks = (stream as MediaStream).getVideoTracks();
  const [live] = tracks.filter((track) => track.readyState === 'live');
  if (live !== undefined) return live;
  if (tracks.length === 0) {
    throw new SourceError('no-video-track', 'The stream has no video track: ask for {video: true}', {
      tracks: 0,
    });
  }
  throw new SourceError(
    'source-ended',
    `The video track '${tracks[0]?.label}' has ended: open the camera again`,
    { label: tracks[0]?.label },
  );
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value);
  return typeof value === 'string' ? `'${value}'` : String(value);
}
