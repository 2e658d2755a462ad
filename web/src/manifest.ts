import { AssetError } from './errors.js';

export interface AssetEntry {
  readonly sha256: string;
  readonly bytes: number;
}

/** By name of the file. */
export type AssetFiles = Readonly<Record<string, AssetEntry>>;

export interface Manifest {
  readonly version: string;
  readonly files: AssetFiles;
}

/** A file of the assets folder itself: no address, no other folder. */
export function isAssetName(name: string): boolean {
  return /^\w[\w.-]*$/.test(name);
}

/** Reads manifest.json, which was fetched from `url`. Raises AssetError. */
export function parseManifest(url: string, text: string): Manifest {
  const wrong = (what: string): AssetError =>
    new AssetError('asset-corrupt', `${url} ${what}: build the assets again`, {
      url,
      expected: 'the files of assets/, each with sha256 and bytes',
      actual: what,
    });
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw wrong('is no JSON');
  }
  const { version, files } = (given ?? {}) as { version?: unknown; files?: unknown };
  if (typeof version !== 'string') throw wrong('has no version');
  if (typeof files !== 'object' || files === null || Array.isArray(files)) throw wrong('has no list of files');
  for (const [name, entry] of Object.entries(files as Record<string, unknown>)) {
    const shown = JSON.stringify(name.slice(0, 80));
    if (!isAssetName(name)) throw wrong(`lists ${shown}, which is no file of the folder`);
    if (!isEntry(entry)) throw wrong(`tells no sha256 or size of ${shown}`);
  }
  return { version, files: files as AssetFiles };
}

function isEntry(value: unknown): value is AssetEntry {
  const { sha256, bytes } = (value ?? {}) as { sha256?: unknown; bytes?: unknown };
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return false;
  return Number.isSafeInteger(bytes) && (bytes as number) >= 0;
}
