import type { SafeStream } from '../src/module.js';

type Source = Parameters<SafeStream['replaceSource']>[0];

/** The cameras of one safe stream, one after another. They are stopped with it: nobody else may know of them. */
export class Cameras {
  #current: MediaStreamTrack;
  #over = false;
  readonly #held: Set<MediaStreamTrack>;
  /** Those that are about to be. */
  readonly #coming = new Set<MediaStreamTrack>();

  constructor(first: MediaStreamTrack) {
    this.#current = first;
    this.#held = new Set([first]);
  }

  get current(): MediaStreamTrack {
    return this.#current;
  }

  /** Replaces the source by `replace`, which rejects if it is not taken. */
  async follow(source: Source, replace: (source: Source) => Promise<void>): Promise<void> {
    let next: MediaStreamTrack | undefined;
    const note = (stream: MediaStream): MediaStream => {
      // What is no stream is for `replace` to refuse.
      if (stream instanceof MediaStream) next = stream.getVideoTracks()[0];
      if (next !== undefined) this.#coming.add(next);
      return stream;
    };
    try {
      await replace(typeof source === 'function' ? async () => note(await source()) : note(source));
      if (next !== undefined) {
        this.#held.add(next);
        this.#current = next;
      }
    } finally {
      if (next !== undefined) this.#coming.delete(next);
      if (this.#over) next?.stop();
    }
  }

  stop(): void {
    this.#over = true;
    for (const camera of [...this.#held, ...this.#coming]) camera.stop();
  }
}
