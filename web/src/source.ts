import { SourceError } from './errors.js';
import { show, tagOf } from './validation.js';

/** The track to process. Raises SourceError. */
export function videoTrackOf(stream: unknown): MediaStreamTrack {
  const tracks = tracksOf(stream);
  if (tracks === null) {
    throw new SourceError(
      'not-a-media-stream',
      `The source is ${describe(stream)}: pass a MediaStream, such as ` +
        'navigator.mediaDevices.getUserMedia({video: true}) gives',
      { value: describe(stream) },
    );
  }
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

/** Not instanceof: a stream may come from another frame of the page. Null if it is none. */
function tracksOf(stream: unknown): MediaStreamTrack[] | null {
  try {
    const tracks: unknown = (stream as MediaStream).getVideoTracks();
    const sound: unknown = (stream as MediaStream).getAudioTracks();
    if (!Array.isArray(tracks) || !Array.isArray(sound)) return null;
    return [...tracks, ...sound].every(isTrack) ? (tracks as MediaStreamTrack[]) : null;
  } catch {
    return null;
  }
}

function isTrack(value: unknown): boolean {
  const { readyState, stop } = value as MediaStreamTrack;
  return typeof readyState === 'string' && typeof stop === 'function';
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? tagOf(value) : show(value);
}
