// node kernels_in_pyodide.mjs REPOSITORY NUMPY_WHEEL REPEAT: bench_kernels.everything in stock Pyodide, as JSON.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [root, wheel, repeat] = process.argv.slice(2);
try {
  const { loadPyodide } = await import(pathToFileURL(`${root}/web/node_modules/pyodide/pyodide.mjs`).href);
  const python = await loadPyodide({ env: { BLURSTREAM_KERNELS: '/repository/build/kernels/kernels.so' } });
  await python.unpackArchive(new Uint8Array(readFileSync(wheel)), 'wheel');
  python.mountNodeFS('/repository', root);
  console.log(python.runPython(`
import sys, json
sys.path[:0] = ['/repository/py', '/repository/tests/bench']
import bench_kernels
json.dumps(bench_kernels.everything(${Number(repeat)}))
`));
} catch (error) {
  console.error(String(error?.message ?? error).slice(-2000)); // the stack quotes a megabyte of minified script
  process.exit(1);
}
