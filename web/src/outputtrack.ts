/** What pages look for in the track that they send, to know which camera it is of. */
const OF_THE_CAMERA = ['deviceId', 'groupId', 'facingMode'] as const;

/**
 * The safe track and its clones, made to answer as a camera's do: a generated track knows no camera, is never muted and
 * guesses its frame rate. Its size is its own. What constraints do is left to the browser: it scales what is safe
 * already, and nobody else's picture changes.
 */
export class OutputTrack {
  readonly track: MediaStreamTrack;
  readonly #source: () => MediaStreamTrack;
  readonly #clones = new Set<MediaStreamTrack>();
  #muted = false;
  /** What the page wants; while the source is disabled it is not what is. */
  #wanted: boolean;

  /** `source`: the camera that it shows now. */
  constructor(track: MediaStreamTrack, source: () => MediaStreamTrack) {
    this.track = track;
    this.#source = source;
    this.#wanted = track.enabled;
    this.#dress(track);
    Object.defineProperty(track, 'enabled', {
      get: () => Reflect.get(MediaStreamTrack.prototype, 'enabled', track) as boolean,
      set: (enabled: unknown) => this.#enable((this.#wanted = Boolean(enabled))),
      configurable: true,
    });
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    this.#forget();
    for (const track of [this.track, ...this.#clones]) {
      if (track.readyState === 'live') track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    }
  }

  /** The source was disabled or enabled. What the page has disabled stays so. */
  follow(enabled: boolean): void {
    this.#enable(enabled && this.#wanted);
  }

  #enable(enabled: boolean): void {
    Reflect.set(MediaStreamTrack.prototype, 'enabled', enabled, this.track);
  }

  /** Nothing tells when a clone is stopped. */
  #forget(): void {
    for (const clone of this.#clones) if (clone.readyState === 'ended') this.#clones.delete(clone);
  }

  /** `inherited`: of the track that it is cloned from, until it has had a frame. */
  #dress(one: MediaStreamTrack, inherited: MediaTrackSettings = {}): MediaStreamTrack {
    const [settings, clone] = [one.getSettings.bind(one), one.clone.bind(one)];
    const answers: Partial<MediaStreamTrack> = {
      getSettings: () => ({ ...inherited, ...settings(), ...this.#settingsOf(one) }),
      clone: () => {
        const made = this.#dress(clone(), one.getSettings());
        // Clones do not follow the source: one that began disabled because of it would stay so.
        if (one === this.track) made.enabled = this.#wanted;
        this.#forget();
        this.#clones.add(made);
        return made;
      },
    };
    for (const [name, value] of Object.entries(answers)) {
      Object.defineProperty(one, name, { value, configurable: true, writable: true });
    }
    Object.defineProperty(one, 'label', { get: () => this.#source().label, configurable: true });
    Object.defineProperty(one, 'muted', { get: () => this.#muted, configurable: true });
    return one;
  }

  #settingsOf(one: MediaStreamTrack): MediaTrackSettings {
    const camera = this.#source().getSettings();
    const settings: MediaTrackSettings = {};
    for (const name of OF_THE_CAMERA) if (camera[name] !== undefined) settings[name] = camera[name];
    if (camera.frameRate !== undefined) {
      settings.frameRate = Math.min(camera.frameRate, ...limitsOf(one.getConstraints().frameRate));
    }
    return settings;
  }
}

/** Browsers drop frames down to each of these. */
function limitsOf(asked: ConstrainDouble | undefined): number[] {
  if (typeof asked === 'number') return [asked];
  const { exact, ideal, max } = asked ?? {};
  return [exact, ideal, max].filter((limit) => limit !== undefined);
}
