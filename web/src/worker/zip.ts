import { AssetError } from '../errors.js';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const STORED = 0;

/**
 * The files of a zip archive that holds them uncompressed (the server's brotli does better over the whole).
 * Contents are views on `archive`. Raises AssetError.
 */
export function* storedFiles(
  name: string,
  archive: Uint8Array,
): Generator<readonly [path: string, content: Uint8Array]> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  // build.py writes no archive comment, so the directory's end record is the end of the file.
  const end = archive.byteLength - END_BYTES;
  if (end < 0 || view.getUint32(end, true) !== END_SIGNATURE) throw damaged(name, 'no end record');
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== ENTRY_SIGNATURE) throw damaged(name, `no entry at byte ${at}`);
    const nameBytes = view.getUint16(at + 28, true);
    const path = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameBytes));
    if (view.getUint16(at + 10, true) !== STORED) throw damaged(name, `${path} is compressed`);
    const size = view.getUint32(at + 24, true);
    const local = view.getUint32(at + 42, true);
    // The local header repeats the name, and may have extra fields of its own length.
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (!path.endsWith('/')) yield [path, archive.subarray(start, start + size)];
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
}

function damaged(name: string, what: string): AssetError {
  return new AssetError(
    'asset-corrupt',
    `${name} is not an archive of uncompressed files (${what}): build the assets again`,
    { url: name, expected: 'a zip archive of stored files', actual: what },
  );
}
