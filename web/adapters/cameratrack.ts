/* A safe track for code that takes it for the camera's own: it tells and stops what the camera would. */

/** On a track that is safe already, made by whichever of several bundles: it is not made safe twice. */
export const MADE = Symbol.for('blurstream.made');

/**
 * Makes `track` and its clones answer as a camera's does: label, settings, capabilities and constraints are the
 * camera's, the size is that of the safe picture. `camera` tells which one that is now. `onAllStopped` is called when the
 * last of them was stopped or has ended. Returns `track`.
 */
export function likeCamera(
  track: MediaStreamTrack,
  camera: () => MediaStreamTrack,
  onAllStopped: () => void = () => undefined,
): MediaStreamTrack {
  const held = new Set<MediaStreamTrack>();
  const release = (one: MediaStreamTrack): void => {
    if (held.delete(one) && held.size === 0) onAllStopped();
  };
  const dress = (one: MediaStreamTrack): MediaStreamTrack => {
    const own = {
      stop: one.stop.bind(one),
      clone: one.clone.bind(one),
      getSettings: one.getSettings.bind(one),
    };
    held.add(one);
    one.addEventListener('ended', () => release(one));
    const answers: Partial<MediaStreamTrack> = {
      getSettings: () => ({ ...camera().getSettings(), ...sizeOf(own.getSettings()) }),
      getCapabilities: () => camera().getCapabilities(),
      getConstraints: () => camera().getConstraints(),
      applyConstraints: (constraints) => camera().applyConstraints(constraints),
      clone: () => dress(own.clone()),
      stop: () => {
        own.stop();
        release(one);
      },
    };
    for (const [name, value] of Object.entries(answers)) {
      Object.defineProperty(one, name, { value, configurable: true, writable: true });
    }
    Object.defineProperty(one, MADE, { value: true });
    Object.defineProperty(one, 'label', { get: () => camera().label, configurable: true });
    return one;
  };
  return dress(track);
}

/** Not the camera's: with a presenter the picture is as large as the slides. Unknown until the first frame. */
function sizeOf({ width, height, aspectRatio }: MediaTrackSettings): MediaTrackSettings {
  if (width === undefined || height === undefined) return {};
  return { width, height, aspectRatio: aspectRatio ?? width / height };
}
