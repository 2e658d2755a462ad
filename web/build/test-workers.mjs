/*
 * Bundles workers of the tests, each with the modules of web/src that it imports:
 *   node build/test-workers.mjs --out DIR FILE…
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
if (!values.out || positionals.length === 0) throw new Error('usage: --out DIR FILE…');

await build({
  entryPoints: positionals,
  outdir: values.out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'warning',
  nodePaths: [join(web, 'node_modules')],
  // As in bundle.mjs.
  external: ['node:*', 'ws', 'module', 'worker_threads'],
});
