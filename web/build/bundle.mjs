/*
 * Bundles web/src in two phases, because the library carries the hash of the manifest, and the manifest
 * those of the workers:
 *   node build/bundle.mjs --phase workers --assets DIR --record FILE
 *   node build/bundle.mjs --phase library --out DIR --manifest-sha256 HEX --record FILE
 * The record tells what was put into which script, as esbuild has it.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { rollUpTypes } from './types.mjs';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const source = (name) => join(web, 'src', name);
const packageFile = (name) => join(web, 'node_modules', name);
const { version } = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));

const { values } = parseArgs({
  options: {
    phase: { type: 'string' },
    assets: { type: 'string' },
    out: { type: 'string' },
    'manifest-sha256': { type: 'string' },
    record: { type: 'string' },
  },
});

const COMMON = {
  bundle: true,
  minify: true,
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'eof',
  logLevel: 'warning',
  metafile: true,
};

async function bundleWorkers(assets) {
  mkdirSync(assets, { recursive: true });
  const workers = await build({
    ...COMMON,
    entryPoints: ['gate', 'composer', 'segmenter'].map((name) => source(`worker/${name}.ts`)),
    outdir: assets,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    // Branches of Pyodide and onnxruntime-web for Node.js, never taken in a browser.
    external: ['node:*', 'ws', 'module', 'worker_threads'],
  });
  // Its loader is in segmenter.mjs: import() of one more script could be answered with another one than was checked.
  const wasm = 'ort-wasm-simd-threaded.wasm';
  copyFileSync(packageFile(`onnxruntime-web/dist/${wasm}`), join(assets, wasm));
  record(workers);
}

async function bundleLibrary(out, manifestSha256) {
  if (!/^[0-9a-f]{64}$/.test(manifestSha256)) {
    throw new Error(
      `--manifest-sha256 is '${manifestSha256}': pass the 64 hex digits of the sha256 of manifest.json`,
    );
  }
  mkdirSync(out, { recursive: true });
  const define = {
    BLURSTREAM_VERSION: JSON.stringify(version),
    BLURSTREAM_MANIFEST_SHA256: JSON.stringify(manifestSha256),
  };
  const banner = { js: `/* BlurStream ${version}, Apache-2.0 */` };
  const classic = await build({
    ...COMMON,
    define,
    banner,
    entryPoints: [source('global.ts')],
    format: 'iife',
    outfile: join(out, 'blurstream.js'),
  });
  const module = await build({
    ...COMMON,
    define,
    banner,
    entryPoints: [source('module.ts')],
    format: 'esm',
    outfile: join(out, 'blurstream.mjs'),
  });
  const types = rollUpTypes(web);
  // TypeScript looks for the one or the other, by the name that is imported.
  for (const name of ['blurstream.d.ts', 'blurstream.d.mts']) writeFileSync(join(out, name), types);
  record(classic, module);
}

function record(...results) {
  const outputs = Object.assign({}, ...results.map(({ metafile }) => metafile.outputs));
  writeFileSync(values.record, JSON.stringify({ outputs }));
}

if (values.phase === 'workers' && values.assets && values.record) await bundleWorkers(values.assets);
else if (values.phase === 'library' && values.out && values.record)
  await bundleLibrary(values.out, values['manifest-sha256'] ?? '');
else throw new Error('usage: --phase workers --assets DIR --record FILE | --phase library --out DIR --manifest-sha256 HEX --record FILE');
