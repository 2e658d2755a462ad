/* For pages that open the camera themselves: in their place (protectCamera), or by their hand (safeGetUserMedia). */
import {
  blurStream,
  BlurStreamError,
  type BlurStreamOptions,
  type Changes,
  type SafeStream,
} from '../src/module.js';
import { ProtectedCamera, type GetUserMedia } from './protectedcamera.js';
import { takeOver } from './takeover.js';

export interface CameraProtection {
  /** Those that run. */
  readonly streams: ReadonlySet<SafeStream>;
  /** Changes all streams that run, and those to come. */
  update(changes: Changes): Promise<void>;
  /** Puts the browser's own functions back; streams that run stay safe. */
  restore(): void;
}

let active: CameraProtection | null = null;

/**
 * From now on every getUserMedia with video gives a safe stream; what it gives without, and getDisplayMedia, are left as
 * they are. A picture that cannot be made safe rejects with NotReadableError. To be called before any other script can
 * keep a reference to the browser's own function; frames of the page have functions of their own. Raises BlurStreamError
 * ('camera-protected') if it was called before and not restored.
 */
export function protectCamera(options: BlurStreamOptions = {}): CameraProtection {
  if (active !== null) {
    throw new BlurStreamError('camera-protected', 'protectCamera was called before: use its update() or restore()');
  }
  const protection = takeOver(cameraFor(options));
  active = {
    ...protection,
    restore: () => {
      protection.restore();
      active = null;
    },
  };
  return active;
}

/**
 * A function like getUserMedia that gives safe streams, for tools that take one, such as twilio-video. It is the
 * browser's own that it calls, of the time when it is called.
 */
export function safeGetUserMedia(options: BlurStreamOptions = {}): (constraints?: MediaStreamConstraints) => Promise<MediaStream> {
  const camera = cameraFor(options);
  const open: GetUserMedia = (constraints) => navigator.mediaDevices.getUserMedia(constraints);
  return (constraints) => camera.protect(() => open(constraints));
}

function cameraFor(options: BlurStreamOptions): ProtectedCamera {
  return new ProtectedCamera(() => Promise.resolve(blurStream), () => options);
}
