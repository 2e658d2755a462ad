// node kernels_in_pyodide.mjs REPOSITORY NUMPY_WHEEL REQUEST: frame_times.everything in stock Pyodide, as JSON.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [root, wheel, request] = process.argv.slice(2);
try {
  const { loadPyodide, version } = await import(pathToFileURL(`${root}/web/node_modules/pyodide/pyodide.mjs`).href);
  const python = await loadPyodide({ env: { BLURSTREAM_KERNELS: '/repository/build/kernels/kernels.so' } });
  await python.unpackArchive(new Uint8Array(readFileSync(wheel)), 'wheel');
  python.mountNodeFS('/repository', root);
  python.globals.set('request', request);
  python.globals.set('cpu_ms', () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; });
  const results = python.runPython(`
import sys
sys.path[:0] = ['/repository/py', '/repository/tests/bench']
import frame_times
frame_times.in_pyodide(request, cpu_ms)
`);
  const runtime = `Pyodide ${version} in Node.js ${process.version}`;
  console.log(JSON.stringify({ runtime, results: JSON.parse(results) }));
} catch (error) {
  console.error(String(error?.message ?? error).slice(-2000)); // the stack quotes a megabyte of minified script
  process.exit(1);
}
