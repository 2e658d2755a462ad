/*
 * Bundles web/adapters, which leave the library (and React) out, and web/examples, which take in what they use:
 *   node build/adapters.mjs --out DIR --record FILE  for dist/adapters, with the types; the record is as bundle.mjs has it
 *   node build/adapters.mjs --pages DIR FILE…        scripts of pages, each one file: the examples, the tests'
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { adapterTypes } from './types.mjs';

export const MODULES = ['getusermedia', 'jitsi', 'livekit', 'react', 'webrtc'];

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));
const COMMON = {
  bundle: true,
  target: 'es2022',
  charset: 'utf8',
  logLevel: 'warning',
  // Tests and examples lie outside of web/.
  nodePaths: [join(web, 'node_modules')],
  // twilio-video and React ask Node for it.
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** The library is one file that the page has already: `address` of it, as the bundle has to name it. */
const libraryAt = (address) => ({
  name: 'library',
  setup({ onResolve }) {
    onResolve({ filter: /\/(src\/module\.js|blurstream\.mjs)$/ }, () => ({ path: address, external: true }));
  },
});

/** Pages take the adapters as they are shipped. React's imports a bare name, which is for bundlers such as this one. */
const shippedAdapters = {
  name: 'adapters',
  setup({ onResolve }) {
    onResolve({ filter: /^\/adapters\// }, ({ path }) =>
      path.endsWith('/react.mjs') ? { path: join(dirname(web), 'dist', path) } : { path, external: true },
    );
  },
};

/** twilio-video makes its import() out of a string, for which a page would have to allow 'unsafe-eval'. */
const importWithoutEval = {
  name: 'import-without-eval',
  setup({ onLoad }) {
    onLoad({ filter: /twilio-video.es5.util.dynamicimport\.js$/ }, () => ({
      contents: 'module.exports = (address) => import(address);',
    }));
  },
};

async function bundleAdapters(out, record) {
  mkdirSync(out, { recursive: true });
  const shipped = {
    ...COMMON,
    minify: true,
    metafile: true,
    banner: { js: `/* BlurStream ${version}, Apache-2.0 */` },
    plugins: [libraryAt('../blurstream.mjs')],
  };
  const modules = await build({
    ...shipped,
    entryPoints: MODULES.map((name) => join(web, 'adapters', `${name}.ts`)),
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    external: ['react'],
  });
  const script = await build({
    ...shipped,
    entryPoints: [join(web, 'adapters', 'getusermedia-script.ts')],
    outfile: join(out, 'getusermedia.js'),
    format: 'iife',
  });
  adapterTypes(web, MODULES, out);
  const outputs = { ...modules.metafile.outputs, ...script.metafile.outputs };
  writeFileSync(record, JSON.stringify({ outputs }));
}

function bundlePages(out, entryPoints) {
  mkdirSync(out, { recursive: true });
  return build({
    ...COMMON,
    entryPoints,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    plugins: [libraryAt('/blurstream.mjs'), shippedAdapters, importWithoutEval],
  });
}

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' }, record: { type: 'string' }, pages: { type: 'string' } },
  allowPositionals: true,
});
if (values.out && values.record) await bundleAdapters(values.out, values.record);
else if (values.pages && positionals.length > 0) await bundlePages(values.pages, positionals);
else throw new Error('usage: --out DIR --record FILE | --pages DIR FILE…');
