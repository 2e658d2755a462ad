// Starts the built minimal Python in Node the way the composer worker does in the browser: NumPy and blurstream are
// written into the file system while the interpreter's wasm is still compiling, no package loader takes part.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { unpack } from "./stored-zip.mjs";

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
