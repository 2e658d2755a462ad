/* One declaration file for the whole library: what tsc declares for the public modules, joined. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const folder = mkdtempSync(join(tmpdir(), 'blurstream-types-'));
  try {
    tsc(
      web,
      '-p',
      web,
      '--noEmit',
      'false',
      '--declaration',
      '--emitDeclarationOnly',
      '--stripInternal',
      '--outDir',
      join(folder, 'parts'),
    );
    const parts = PUBLIC.map((name) => readFileSync(join(folder, 'parts', `${name}.d.ts`), 'utf8'));
    const types = LIBRARIES + parts.map(withoutModules).join('\n');
    writeFileSync(join(folder, 'blurstream.d.ts'), types);
    copyFileSync(join(web, 'build', 'consumer.ts'), join(folder, 'consumer.ts'));
    tsc(
      folder,
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--types',
      '',
      join(folder, 'consumer.ts'),
    );
    return types;
  } finally {
    rmSync(folder, { recursive: true });
  }

  function tsc(cwd, ...args) {
    const program = join(web, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [program, ...args], { cwd, stdio: 'inherit' });
  }
}

/** All of it is in one file now: nothing is imported, and nothing exported a second time. */
function withoutModules(text) {
  return text
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export (type )?\{[^}]*\}( from [^;]*)?;\n/gm, '')
    .trimStart();
}
