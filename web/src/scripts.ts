/* The scripts of the workers: checked against the manifest, then started, in one of two ways. */
import type { Assets } from './assets.js';
import { UnsupportedError } from './errors.js';

/**
 * 'address': the browser loads the script itself, from where it was checked; a strict policy needs no more than its own
 * origin. 'blob': it is handed the very bytes that were checked.
 */
export type WorkerScripts = 'address' | 'blob';

/** What a script imports. In a blob that is done for it: for its import() a policy would need `script-src blob:`, too. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = { 'composer.mjs': ['pyodide.asm.mjs'] };
/** The name that a page's Content-Security-Policy has to allow where it asks for Trusted Types. */
const POLICY = 'blurstream';

interface ImportingScope {
  blurstreamImports?: Readonly<Record<string, object>>;
}

/** Of this thread, by asset: an address made anew for every start would stay in memory. */
const blobs = new Map<string, string>();

/** The address to start a worker's script from; its bytes have been checked. Raises AssetError. */
export async function scriptOf(assets: Assets, name: string, from: WorkerScripts): Promise<string> {
  if (from === 'address') return assets.script(name);
  const own = assets.url(name);
  const known = blobs.get(own);
  if (known !== undefined) return known;
  const imports = IMPORTS[name] ?? [];
  const [script, ...imported] = await Promise.all([name, ...imports].map((file) => blobOf(assets, file)));
  const address = imports.length === 0 ? (script as string) : importing(script as string, imports, imported);
  blobs.set(own, address);
  return address;
}

/** What scriptOf has imported for the script that runs here; undefined where it has to do that itself. */
export function importedFor(name: string): object | undefined {
  return (globalThis as ImportingScope).blurstreamImports?.[name];
}

/** Starts a module worker. Raises UnsupportedError where a policy forbids even to try. */
export function startWorker(address: string, name: string): Worker {
  try {
    return new Worker(trusted(address), { type: 'module', name: `blurstream-${name}` });
  } catch (error) {
    throw new UnsupportedError(
      'worker-refused',
      `${address} cannot be started as a worker (${(error as Error).message}): check worker-src of the ` +
        `Content-Security-Policy; where it asks for Trusted Types it needs "trusted-types ${POLICY}"`,
      { url: address },
    );
  }
}

async function blobOf(assets: Assets, name: string): Promise<string> {
  return asModule(await assets.bytes(name));
}

/** A module that imports `imported` and leaves them where the script at `address` looks for them. */
function importing(address: string, names: readonly string[], imported: readonly string[]): string {
  const lines = imported.map((from, index) => `import * as module${index} from ${JSON.stringify(from)};`);
  const entries = names.map((name, index) => `${JSON.stringify(name)}: module${index}`);
  const leave = `globalThis.blurstreamImports = { ${entries.join(', ')} };`;
  return asModule([...lines, `import ${JSON.stringify(address)};`, leave].join('\n'));
}

function asModule(text: BlobPart): string {
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
}

interface TrustedTypePolicy {
  createScriptURL(address: string): unknown;
}
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): TrustedTypePolicy;
}

let policy: TrustedTypePolicy | null | undefined;

/** The address as Trusted Types want it, where the browser has them. Nobody outside of this file gets at the policy. */
export function trusted(address: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  try {
    policy ??= types?.createPolicy(POLICY, { createScriptURL: (given) => given }) ?? null;
  } catch {
    policy = null; // not allowed: fine where nothing asks for it, else the browser says so
  }
  return (policy?.createScriptURL(address) as string | undefined) ?? address;
}
