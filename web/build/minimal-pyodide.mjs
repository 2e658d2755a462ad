// Starts the built minimal Python in Node the way the composer worker does in the browser: NumPy and blurstream are
// written into the file system while the interpreter's wasm is still compiling, no package loader takes part.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const END_OF_DIRECTORY = 0x06054b50;
const END_SIZE = 22;

/** Calls `each(name, bytes)` for every file of a zip archive without compression. */
export function unzipStored(bytes, each) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - END_SIZE; // our archives have no comment, so the record ends the file
  if (end < 0 || view.getUint32(end, true) !== END_OF_DIRECTORY) throw new Error("not a zip archive of the build");
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const nameLength = view.getUint16(entry + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(entry + 46, entry + 46 + nameLength));
    if (view.getUint16(entry + 10, true) !== 0) throw new Error(`${name} is compressed`);
    const header = view.getUint32(entry + 42, true);
    const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    each(name, bytes.subarray(start, start + view.getUint32(entry + 24, true)));
    entry += 46 + nameLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
  }
}

/** Writes the files of an archive below `root` of Pyodide's file system. The archive's memory is kept, not copied. */
export function unpack(FS, root, bytes) {
  const made = new Set();
  unzipStored(bytes, (name, data) => {
    const path = `${root}/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) FS.mkdirTree(folder);
    made.add(folder);
    FS.writeFile(path, data, { canOwn: true });
  });
}

/** The interpreter with the archives of a folder of assets in site-packages. */
export async function loadMinimal(pyodideDir, assets, archives) {
  const { loadPyodide } = await import(pathToFileURL(resolve(pyodideDir, "pyodide.mjs")).href);
  const folder = resolve(assets);
  return loadPyodide({
    indexURL: folder,
    packageBaseUrl: folder,
    lockFileContents: JSON.parse(readFileSync(join(folder, "pyodide-lock.json"), "utf8")),
    fsInit: async (FS, { sitePackages }) => {
      for (const name of archives) unpack(FS, sitePackages, new Uint8Array(readFileSync(join(folder, name))));
    },
  });
}
