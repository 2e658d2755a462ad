/* One declaration file for the whole library: what tsc declares for the public modules, joined. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of TypeScript: what the declarations use that older targets do not have. */
const LIBRARIES = '/// <reference lib="esnext.disposable" />\n';
const EFFECTS = ['placement', 'sources', 'blur', 'color', 'image', 'video', 'greenscreen', 'presenter', 'none'];
/** In the order in which a reader wants them; each may use the ones before it. */
const PUBLIC = [
  'errors',
  ...EFFECTS.map((name) => `effects/${name}`),
  'effects',
  'options',
  'stats',
  'selfview',
  'safestream',
  'support',
  'index',
  'module',
];

/** Returns the text of blurstream.d.ts, after a small program has been checked against it. */
export function rollUpTypes(web) {
  return inFolder((folder) => {
    declare(web, web, join(folder, 'parts'));
    const parts = PUBLIC.map((name) => readFileSync(join(folder, 'parts', `${name}.d.ts`), 'utf8'));
    const types = LIBRARIES + parts.map(withoutModules).join('\n');
    writeFileSync(join(folder, 'blurstream.d.ts'), types);
    checkConsumer(web, folder, 'consumer.ts');
    return types;
  });
}

/** Writes the types of the adapters beside them, checked against the packages that they are for. */
export function adapterTypes(web, modules, out) {
  const library = rollUpTypes(web);
  inFolder((folder) => {
    declare(web, join(web, 'adapters'), join(folder, 'parts'));
    mkdirSync(join(folder, 'adapters'));
    writeFileSync(join(folder, 'blurstream.d.mts'), library);
    for (const name of modules) {
      const text = readFileSync(join(folder, 'parts', 'adapters', `${name}.d.ts`), 'utf8');
      const types = text.replaceAll(`'../src/module.js'`, `'../blurstream.mjs'`);
      for (const target of [join(folder, 'adapters'), out]) writeFileSync(join(target, `${name}.d.mts`), types);
    }
    checkConsumer(web, folder, 'adapters-consumer.ts');
  });
}

function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'blurstream-types-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What tsc declares for a project, without what is internal. */
function declare(web, project, outDir) {
  const how = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--stripInternal'];
  tsc(web, web, '-p', project, ...how, '--outDir', outDir);
}

/** A program of a user's, in a folder with nothing but the declarations. */
function checkConsumer(web, folder, program) {
  copyFileSync(join(web, 'build', program), join(folder, program));
  const packages = ['@types/', ''].map((scope) => `${join(web, 'node_modules')}/${scope}*`);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    skipLibCheck: true,
    paths: { '*': packages },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [program] }));
  tsc(web, folder, '-p', folder);
}

function tsc(web, cwd, ...args) {
  const program = join(web, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [program, ...args], { cwd, stdio: 'inherit' });
}

/** All of it is in one file now: nothing is imported, and nothing exported a second time. */
function withoutModules(text) {
  return text
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export (type )?\{[^}]*\}( from [^;]*)?;\n/gm, '')
    .trimStart();
}
