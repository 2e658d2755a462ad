/** Where the raw picture comes from: a built-in clip, or a camera. */

/** A raw stream and what belongs to it. `release` ends both. */
export interface Source {
  readonly kind: 'clip' | 'green' | 'camera';
  readonly stream: MediaStream;
  /** of the camera; empty for a clip */
  readonly deviceId: string;
  release(): void;
}

/** Opens one of them. Raises SourceProblem. */
export type Opener = () => Promise<Source>;

/** Why there is no source, in words for the person at the screen. */
export class SourceProblem extends Error {}

/** Made by the build, see py/blurstream_build/clip_demo.py. */
const CLIPS = { clip: 'demo.webm', green: 'demo-green.webm' };
const WANTED: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

type Capturing = HTMLVideoElement & { captureStream?(): MediaStream };

/** Plays a clip in a loop, out of sight, and gives what it shows as a stream. Raises SourceProblem. */
export async function openClip(kind: keyof typeof CLIPS): Promise<Source> {
  const clip: Capturing = document.createElement('video');
  clip.muted = clip.loop = clip.playsInline = true;
  clip.src = CLIPS[kind];
  const release = (): void => {
    clip.pause();
    clip.removeAttribute('src');
    clip.load();
  };
  try {
    await clip.play();
  } catch (error) {
    release();
    throw new SourceProblem(`The built-in clip does not play here (${(error as Error).message}). Try your webcam.`);
  }
  const stream = clip.captureStream?.();
  if (stream === undefined) {
    release();
    throw new SourceProblem('This browser cannot turn a clip into a stream. Try your webcam.');
  }
  if (stream.getVideoTracks().length === 0) {
    await new Promise((resolve) => stream.addEventListener('addtrack', resolve, { once: true }));
  }
  return {
    kind, stream, deviceId: '',
    release: () => {
      for (const track of stream.getTracks()) track.stop();
      release();
    },
  };
}

/** Asks for a camera, this one if a deviceId is given. Raises SourceProblem. */
export async function openCamera(deviceId = ''): Promise<Source> {
  if (navigator.mediaDevices === undefined) {
    throw new SourceProblem('Cameras need a secure page: open it from https or localhost.');
  }
  const device = deviceId === '' ? {} : { deviceId: { exact: deviceId } };
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...device }, audio: false });
  } catch (error) {
    throw new SourceProblem(wordsFor(error as DOMException));
  }
  const opened = stream.getVideoTracks()[0]?.getSettings().deviceId ?? deviceId;
  return {
    kind: 'camera', stream, deviceId: opened,
    release: () => { for (const track of stream.getTracks()) track.stop(); },
  };
}

/** The cameras by name; their names are known once one has been allowed. */
export async function cameras(): Promise<{ id: string; name: string }[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
    .map(({ deviceId, label }, index) => ({ id: deviceId, name: label || `Camera ${index + 1}` }));
}

function wordsFor({ name, message }: DOMException): string {
  switch (name) {
    case 'NotAllowedError': case 'SecurityError':
      return 'The camera was not allowed. Allow it beside the address of this page, then try again.';
    case 'NotFoundError':
      return 'No camera was found. Plug one in, then try again.';
    case 'NotReadableError': case 'AbortError':
      return 'The camera cannot be opened: another program may be using it.';
    case 'OverconstrainedError':
      return 'That camera is gone. Choose another one.';
    default:
      return `The camera cannot be opened: ${name}, ${message}.`;
  }
}
