import { SourceError, type BlurStreamError } from './errors.js';

/*
 * The blur of a camera or an operating system. On top of it ours finds the person's outline in a picture that was cut
 * once already, and the room is blurred twice. So it is switched off, if it can be; ours always stays: the other one is
 * weaker, made for looks, and may be switched off at any moment without a word.
 */

interface BlurringTrack extends MediaStreamTrack {
  getSettings(): MediaTrackSettings & { backgroundBlur?: boolean };
  getCapabilities(): MediaTrackCapabilities & { backgroundBlur?: boolean[] };
}

const SWITCH = 'configurationchange';

/**
 * Switches the platform's own blur of `track` off, once; where it cannot be, or is switched on again later, `warn` gets
 * a SourceError ('platform-blur') each time. Returns what ends this: it gives the camera its blur back.
 * @internal
 */
export function settlePlatformBlur(track: MediaStreamTrack, warn: (error: BlurStreamError) => void): () => void {
  const camera = track as BlurringTrack;
  const self = {};
  settled.set(track, self);
  let over = false;
  let switchedOff = false;
  let wasOn = isOn(camera);

  const tell = (): void => {
    const canSwitchOff = canBeOff(camera);
    warn(
      new SourceError(
        'platform-blur',
        `The camera '${camera.label}' or the system blurs the background, too: ` +
          `${canSwitchOff ? 'it was switched on' : 'it cannot be switched off from here, do it'} in the settings of the ` +
          'camera or the system. The effect of this stream stays on',
        { label: camera.label, canSwitchOff },
      ),
    );
  };
  const onChange = (): void => {
    const on = isOn(camera);
    // Somebody wanted it so: it is told, not fought.
    if (on && !wasOn) tell();
    if (on) switchedOff = false;
    wasOn = on;
  };
  const giveBack = (): void => {
    // Whoever shows the camera as it is from now on has the privacy that was there before.
    const mine = settled.get(track) === self;
    if (switchedOff && mine && camera.readyState === 'live') void set(camera, true).catch(() => undefined);
    switchedOff = false;
  };
  const switchOff = async (): Promise<void> => {
    if (canBeOff(camera)) await set(camera, false).catch(() => undefined);
    wasOn = isOn(camera);
    switchedOff = !wasOn;
    if (over) giveBack();
    else if (wasOn) tell();
  };

  camera.addEventListener(SWITCH, onChange);
  // Not at once: whoever has just been given the stream listens to its warnings by then.
  const start = setTimeout(() => void (wasOn && switchOff()));
  return () => {
    over = true;
    clearTimeout(start);
    camera.removeEventListener(SWITCH, onChange);
    giveBack();
  };
}

/** What each camera was asked for last: one after the other, or the last word is not the last one asked. */
const asked = new WeakMap<MediaStreamTrack, Promise<void>>();
/** Whose business each camera's blur is: what has been followed by another settlement gives nothing back. */
const settled = new WeakMap<MediaStreamTrack, object>();

function isOn(camera: BlurringTrack): boolean {
  return camera.getSettings().backgroundBlur === true;
}

function canBeOff(camera: BlurringTrack): boolean {
  // Not in every browser: then there is no such blur either.
  return camera.getCapabilities?.().backgroundBlur?.includes(false) ?? false;
}

function set(camera: BlurringTrack, backgroundBlur: boolean): Promise<void> {
  const before = asked.get(camera) ?? Promise.resolve();
  const next = before
    .catch(() => undefined)
    .then(() =>
      // Beside the constraints that are there: applyConstraints forgets what it is not given.
      camera.applyConstraints({
        ...camera.getConstraints(),
        backgroundBlur: { exact: backgroundBlur },
      } as MediaTrackConstraints),
    );
  asked.set(camera, next);
  return next;
}
