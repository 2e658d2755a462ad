// Starts stock Pyodide in Node with folders of this machine mounted, and runs pytest in it.
//
//   node run-tests.mjs JOB.json
//
// JOB: {"pyodide": "directory of the npm package", "mounts": {"/inside": "outside", …}, "files": {the same},
//       "env": {…}, "cwd": "/inside", "script": "a Python file", "args": ["for", "pytest"], "report": "/inside/report"}
// The script's `main(args, report)` writes the outcome of every test to the report; see inside.py.

import { mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(resolve(job.pyodide, "pyodide.mjs")).href);

const pyodide = await loadPyodide({
  indexURL: resolve(job.pyodide),
  env: job.env,
  fsInit: async (FS) => {
    for (const [inside, outside] of Object.entries(job.mounts)) {
      mkdirSync(outside, { recursive: true });
      FS.mkdirTree(inside);
      FS.mount(FS.filesystems.NODEFS, { root: outside }, inside);
    }
    for (const [inside, outside] of Object.entries(job.files)) FS.writeFile(inside, readFileSync(outside));
    FS.chdir(job.cwd);
  },
});
pyodide.runPython(readFileSync(job.script, "utf8"), { filename: job.script });
const main = pyodide.globals.get("main");
process.exitCode = main(pyodide.toPy(job.args), job.report);
