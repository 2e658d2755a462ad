import { AssetError } from './errors.js';
import { isAssetName, parseManifest, type AssetEntry, type AssetFiles, type Manifest } from './manifest.js';

export type { AssetFiles, Manifest } from './manifest.js';

// Kept from before guardGlobalFetch: the only way to the network.
const network = globalThis.fetch?.bind(globalThis);

/**
 * Fetches the manifest and compares it with the hash compiled into this script. Raises AssetError.
 * 'no-cache' asks the server whether it changed: after an update in place no stale one may come out of the
 * cache.
 */
export async function fetchManifest(
  assetBase: string,
  sha256: string,
  signal: AbortSignal | null,
): Promise<Manifest> {
  const url = new URL('manifest.json', assetBase).href;
  const response = await request(url, { cache: 'no-cache', signal });
  const bytes = await response.arrayBuffer();
  const actual = await hexDigest(bytes);
  if (actual !== sha256) throw corrupt(url, sha256, actual);
  return parseManifest(url, new TextDecoder().decode(bytes));
}

/** The asset files below one address; whatever it hands out has the hash the manifest gives. */
export class Assets {
  readonly #base: string;
  readonly #files: AssetFiles;
  readonly #onLoaded: (name: string) => void;
  readonly #signal: AbortSignal | null;
  readonly #early = new Map<string, Promise<Response>>();

  constructor(
    base: string,
    files: AssetFiles,
    onLoaded: (name: string) => void = () => undefined,
    signal: AbortSignal | null = null,
  ) {
    this.#base = base;
    this.#files = files;
    this.#onLoaded = onLoaded;
    this.#signal = signal;
  }

  url(name: string): string {
    return new URL(name, this.#base).href;
  }

  /** Begins to fetch a file; the next fetch() of it, once, gets the response. */
  fetchEarly(name: string): void {
    const response = this.fetch(name);
    // Whoever asks for it hears of a failure.
    response.catch(() => undefined);
    this.#early.set(name, response);
  }

  /**
   * Fetches one file with the browser's own integrity check, which keeps the response one that the browser
   * can cache compiled WebAssembly for. Raises AssetError.
   */
  async fetch(name: string): Promise<Response> {
    const early = this.#early.get(name);
    this.#early.delete(name);
    if (early !== undefined) return early;
    const entry = this.#entry(name);
    const url = this.url(name);
    let response: Response;
    try {
      response = await network(url, {
        integrity: `sha256-${hexToBase64(entry.sha256)}`,
        signal: this.#signal,
      });
      if (!response.ok) throw new TypeError(`status ${response.status}`);
    } catch (error) {
      if (this.#signal?.aborted) throw error;
      response = await this.#refetch(url, entry);
    }
    this.#onLoaded(name);
    return withWasmType(name, response);
  }

  async bytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.fetch(name)).arrayBuffer());
  }

  async text(name: string): Promise<string> {
    return (await this.fetch(name)).text();
  }

  /**
   * Checks a script, and returns its address for import() or new Worker(), which then find it in the cache.
   */
  async script(name: string): Promise<string> {
    await this.bytes(name);
    return this.url(name);
  }

  /**
   * Puts a fetch in the place of the global one that knows these files only: code that is not ours (Pyodide,
   * onnxruntime) fetches with integrity too, and can ask nothing else of the network. Such code may swallow a
   * failure, or leave it to nobody: it is told of none, and waits. The promise returned here rejects instead.
   */
  guardGlobalFetch(): Promise<never> {
    const ours = new Set(Object.keys(this.#files).map((name) => this.url(name)));
    const failed = new Promise<never>((_resolve, reject) => {
      globalThis.fetch = (input) => {
        const url = new URL(input instanceof Request ? input.url : input, this.#base).href;
        const response = ours.has(url)
          ? this.fetch(url.slice(this.#base.length))
          : Promise.reject(
              new AssetError('asset-unknown', `${url} is not in the manifest and is not fetched`, {
                url,
                expected: 'a file of the manifest',
                actual: url,
              }),
            );
        return new Promise((resolve) => response.then(resolve, reject));
      };
    });
    failed.catch(() => undefined);
    return failed;
  }

  #entry(name: string): AssetEntry {
    // Whatever the list says: nothing outside of the folder is ever asked for.
    const entry = isAssetName(name) && Object.hasOwn(this.#files, name) ? this.#files[name] : undefined;
    if (entry === undefined) {
      const url = this.url(name);
      throw new AssetError('asset-unknown', `manifest.json lists no ${name}: build the assets again`, {
        url,
        expected: 'an entry in manifest.json',
        actual: 'none',
      });
    }
    return entry;
  }

  /**
   * The integrity check does not tell what went wrong; a second fetch, past the cache, does, and may even
   * heal.
   */
  async #refetch(url: string, entry: AssetEntry): Promise<Response> {
    const response = await request(url, { cache: 'reload', signal: this.#signal });
    const bytes = await response.arrayBuffer();
    const actual = await hexDigest(bytes);
    if (actual !== entry.sha256) throw corrupt(url, entry.sha256, actual);
    return new Response(bytes, { headers: { 'content-type': response.headers.get('content-type') ?? '' } });
  }
}

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await network(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    if (await answersWithoutCors(url)) {
      throw new AssetError(
        'asset-cross-origin',
        `${url} is on another origin, and served without CORS headers: send ` +
          `Access-Control-Allow-Origin: ${location.origin} with every file of the assets folder`,
        { url, expected: 'Access-Control-Allow-Origin', actual: 'none that fits' },
      );
    }
    throw new AssetError(
      'asset-unreachable',
      `${url} cannot be fetched (${(error as Error).message}): check the ` +
        "network, assetBase, the page's Content-Security-Policy (connect-src), and on another origin its CORS headers",
      { url, expected: 'a response', actual: (error as Error).message },
    );
  }
  if (!response.ok) {
    throw new AssetError(
      'asset-missing',
      `${url} answers ${response.status}: check assetBase, and that every ` +
        'file of the assets folder is on the server',
      { url, expected: 'status 200', actual: `status ${response.status}` },
    );
  }
  return response;
}

/** The browser does not tell a server that cannot be reached from one that may not be read: only the latter answers. */
async function answersWithoutCors(url: string): Promise<boolean> {
  if (new URL(url).origin === location.origin) return false;
  return network(url, { mode: 'no-cors', method: 'HEAD' }).then(
    () => true,
    () => false,
  );
}

function corrupt(url: string, expected: string, actual: string): AssetError {
  return new AssetError(
    'asset-corrupt',
    `${url} has sha256 ${actual}, not ${expected}: script and assets must come ` + 'from the same build',
    { url, expected, actual },
  );
}

/** Streaming compilation insists on the type, and not every server knows it. */
function withWasmType(name: string, response: Response): Response {
  if (!name.endsWith('.wasm') || response.headers.get('content-type')?.startsWith('application/wasm'))
    return response;
  return new Response(response.body, { headers: { 'content-type': 'application/wasm' } });
}

async function hexDigest(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function hexToBase64(hex: string): string {
  return btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16))));
}
