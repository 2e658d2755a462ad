import { Assets, type Manifest } from './assets.js';
import type { ParsedOptions } from './options.js';

/** As many as browsers open to one host over HTTP/1.1, less two for the page itself. */
const AT_ONCE = 4;

/** Fetches and checks every file, so that the browser has them when they are needed. Raises AssetError. */
export async function preloadAssets(manifest: Manifest, options: ParsedOptions): Promise<void> {
  const names = Object.keys(manifest.files);
  const totalBytes = Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  let loadedBytes = 0;
  const assets = new Assets(
    options.assetBase,
    manifest.files,
    (name) => {
      loadedBytes += manifest.files[name]?.bytes ?? 0;
      options.onProgress({ phase: 'download', loadedBytes, totalBytes });
    },
    options.signal,
  );
  const waiting = names.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const name of waiting) await assets.bytes(name);
    }),
  );
  options.onProgress({ phase: 'ready', loadedBytes, totalBytes });
}
