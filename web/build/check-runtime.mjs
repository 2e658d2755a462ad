// Proves that the minimal Python starts and holds all that blurstream imports, also what it imports late.
//
//   node check-runtime.mjs PYODIDE_DIR ASSETS MODULE…

import { performance } from "node:perf_hooks";
import { loadMinimal } from "./minimal-pyodide.mjs";

const [pyodideDir, assets, ...modules] = process.argv.slice(2);
process.on("uncaughtException", fail); // Node would print the line of the minified script that it came from
const start = performance.now();
const pyodide = await loadMinimal(pyodideDir, assets, ["numpy.zip", "blurstream.zip"]);
const loaded = performance.now();
pyodide.runPython("import numpy");
const imported = performance.now();

pyodide.globals.set("modules", pyodide.toPy(modules));
const missing = pyodide.runPython(`
import importlib

def trouble(name):
    try:
        importlib.import_module(name)
    except Exception as error:
        return f"{name}: {type(error).__name__}: {error}"

"\\n".join(filter(None, map(trouble, modules)))
`);
if (missing) fail(missing);

// What NumPy must be able to do although its docstrings, tests and optional packages are gone.
pyodide.runPython(`
import ctypes
import numpy as np

plane = np.arange(12, dtype=np.uint8).reshape(3, 4)
assert ctypes.cast(plane.ctypes.data, ctypes.POINTER(ctypes.c_uint8))[5] == 5
assert np.ctypeslib.as_array((ctypes.c_float * 3)(1, 2, 3)).sum() == 6
assert np.frombuffer(memoryview(plane), np.uint8).nbytes == 12 and np.flatnonzero(plane > 9).tolist() == [10, 11]
assert np.clip(plane, 2, 5).max() == 5 and np.einsum("ij->j", plane).shape == (4,)
assert np.lib.stride_tricks.as_strided(plane, (2, 2), (4, 1)).tolist() == [[0, 1], [4, 5]]
assert np.allclose(np.linalg.solve(np.eye(2) * 2, np.ones(2)), 0.5) and np.percentile(plane, 50) == 5.5
assert np.isnan(np.float32("nan")) and repr(plane.dtype) == "dtype('uint8')" and repr(plane[:1]).startswith("array([[0, 1")
`);
console.log(`starts in ${(loaded - start).toFixed(0)} ms, NumPy in ${(imported - loaded).toFixed(0)} ms`);

function fail(reason) {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(1);
}
