import type { AssetFiles } from '../assets.js';
import type { Progress } from '../options.js';

/** How much of the asset files is here; a file that is fetched again counts once. */
export class Loading {
  readonly #files: AssetFiles;
  readonly #loaded: Set<string>;
  readonly #totalBytes: number;

  /** `loaded`: files that are here already. */
  constructor(files: AssetFiles, loaded: readonly string[]) {
    this.#files = files;
    this.#loaded = new Set(loaded);
    this.#totalBytes = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add(name: string): Progress {
    this.#loaded.add(name);
    const loadedBytes = [...this.#loaded].reduce((sum, file) => sum + (this.#files[file]?.bytes ?? 0), 0);
    const phase = loadedBytes < this.#totalBytes ? 'download' : 'start';
    return { phase, loadedBytes, totalBytes: this.#totalBytes };
  }

  ready(): Progress {
    return { phase: 'ready', loadedBytes: this.#totalBytes, totalBytes: this.#totalBytes };
  }
}
