/* Puts a protected camera in the place of the browser's own, for pages that cannot be changed. */
import type { CameraProtection } from './getusermedia.js';
import type { GetUserMedia, ProtectedCamera } from './protectedcamera.js';

type Callbacks = [constraints: MediaStreamConstraints, taken: (stream: MediaStream) => void, failed: (error: unknown) => void];
type LegacyGetUserMedia = (...args: Callbacks) => void;

const LEGACY_NAMES = ['getUserMedia', 'webkitGetUserMedia', 'mozGetUserMedia'];

/** From now on every camera of this page is `camera`'s. */
export function takeOver(camera: ProtectedCamera): CameraProtection {
  const undo = replaceAll<GetUserMedia>(
    navigator.mediaDevices,
    'getUserMedia',
    (native) =>
      function (this: MediaDevices, constraints) {
        return camera.protect(() => native.call(this, constraints));
      },
  );
  for (const name of LEGACY_NAMES) {
    undo.push(
      ...replaceAll<LegacyGetUserMedia>(
        navigator,
        name,
        (native) =>
          function (this: Navigator, constraints, taken, failed) {
            const open = (): Promise<MediaStream> =>
              new Promise((resolve, reject) => native.call(this, constraints, resolve, reject));
            void camera.protect(open).then(taken, failed);
          },
      ),
    );
  }
  return {
    streams: camera.streams,
    update: (changes) => camera.update(changes),
    restore: () => {
      for (const one of undo.splice(0)) one();
    },
  };
}

/**
 * Replaces a method wherever it hangs: on the object, where other scripts put theirs, and on its prototypes. Returns what
 * takes it back.
 */
function replaceAll<F extends (...args: never[]) => unknown>(
  start: object | undefined,
  name: string,
  make: (native: F) => F,
): (() => void)[] {
  const undo: (() => void)[] = [];
  for (let owner = start as object | null | undefined; owner; owner = Object.getPrototypeOf(owner) as object | null) {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    if (typeof before?.value !== 'function') continue;
    const place = owner;
    const value = make(before.value as F);
    Object.defineProperty(place, name, { ...before, value });
    undo.push(() => {
      // Somebody who wrapped ours meanwhile keeps calling it.
      if (Object.getOwnPropertyDescriptor(place, name)?.value === value) Object.defineProperty(place, name, before);
    });
  }
  return undo;
}
