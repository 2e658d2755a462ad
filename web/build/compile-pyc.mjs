// Compiles Python sources to .pyc with Pyodide's own interpreter, so that the byte code is of its exact version.
//
//   node compile-pyc.mjs JOB.json
//
// JOB: {"pyodide": "directory of the npm package", "from": DIR, "to": DIR, "shown": "/lib/…", "optimize": 0 | 2,
//       "files": ["a/b.py", …]}
// `shown` is the directory that tracebacks print. Paths in `files` are relative and keep their place under `to`.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const COMPILE = `
import importlib.util, marshal

UNCHECKED_HASH = 0b01  # the source is not there at run time: nothing to check it against

def compile_pyc(source, shown, optimize):
    code = compile(bytes(source.to_py()), shown, "exec", dont_inherit=True, optimize=optimize)
    head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little") + bytes(8)
    return head + marshal.dumps(code)

compile_pyc
`;

const { pyodide: folder, from, to, shown, optimize, files } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(resolve(folder, "pyodide.mjs")).href);
// A fixed hash seed: the order in which sets are written depends on it, and equal inputs must give equal files.
const pyodide = await loadPyodide({ indexURL: resolve(folder), env: { PYTHONHASHSEED: "0" } });
const compilePyc = pyodide.runPython(COMPILE);

for (const file of files) {
  const source = new Uint8Array(readFileSync(join(from, file)));
  const result = compilePyc(source, `${shown}/${file}`, optimize);
  const view = result.getBuffer();
  const target = join(to, `${file}c`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, view.data);
  view.release();
  result.destroy();
}
compilePyc.destroy();
console.log(`${files.length} modules compiled with Python ${pyodide.runPython("import sys; sys.version.split()[0]")}`);
