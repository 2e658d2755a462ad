/** What is loaded, and how large: from the manifest that the library itself checks every file against. */
import type { AssetEntry, Manifest } from '../src/manifest.js';
import { find, kilobytes, made, megabytes, put } from './demo-page.js';

const BASE = '../assets/';
/** From this share of the size on disk on a server is said not to compress. */
const UNCOMPRESSED = 0.95;

/** The first that fits. */
const PARTS: readonly (readonly [name: string, fits: RegExp])[] = [
  ['Model runtime (onnxruntime)', /^ort-/],
  ['Python (Pyodide)', /^(pyodide|python_)/],
  ['NumPy', /^numpy/],
  ['Segmentation model', /^segmenter\.(onnx|json)$/],
  ['BlurStream and its kernels', /./],
];

interface Asset extends AssetEntry {
  readonly name: string;
  /** on the way from this server, compressed if it does that; null if it does not say */
  readonly sentBytes: number | null;
}

/** Fills the board. Nothing else depends on it, so it says itself what went wrong. */
export async function showLoaded(): Promise<void> {
  try {
    const answer = await fetch(`${BASE}manifest.json`);
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    const { files } = await answer.json() as Manifest;
    const assets = await Promise.all(Object.entries(files).map(async ([name, entry]) =>
      ({ name, ...entry, sentBytes: await sentSize(name) })));
    show(assets.sort((a, b) => b.bytes - a.bytes));
  } catch (error) {
    put('loaded-sum', `assets/manifest.json cannot be read: ${(error as Error).message}. Run python3 build.py build.`);
  }
}

/** What travels for this file, asked for without fetching it. */
async function sentSize(name: string): Promise<number | null> {
  const answer = await fetch(BASE + name, { method: 'HEAD' });
  const length = Number(answer.headers.get('content-length') ?? NaN);
  return answer.ok && length > 0 ? length : null;
}

function show(assets: readonly Asset[]): void {
  const disk = sum(assets, ({ bytes }) => bytes);
  const known = assets.every(({ sentBytes }) => sentBytes !== null);
  const sent = known ? sum(assets, ({ sentBytes }) => sentBytes ?? 0) : null;
  put('loaded-sum', `${assets.length} files, ${megabytes(disk)} on disk; ` + (sent === null ? 'kept by the browser afterwards.'
    : sent > UNCOMPRESSED * disk ? 'this server sends them uncompressed (build.py build writes compressed copies).'
      : `${megabytes(sent)} as this server sends them, once, then from the cache.`));

  const bar = find('parts-bar', HTMLElement);
  const legend = find('parts', HTMLElement);
  PARTS.forEach(([part], index) => {
    const own = assets.filter(({ name }) => PARTS.findIndex(([, fits]) => fits.test(name)) === index);
    const bytes = sum(own, known ? ({ sentBytes }) => sentBytes ?? 0 : (asset) => asset.bytes);
    const segment = made('span', `segment tone-${index + 1}`);
    segment.style.width = `${100 * bytes / (sent ?? disk)}%`;
    bar.append(segment);
    legend.append(made('li', '', made('span', `swatch tone-${index + 1}`), made('b', '', part),
      made('span', 'value', kilobytes(bytes))));
  });

  find('file-rows', HTMLElement).append(...assets.map(({ name, sha256, bytes, sentBytes }) => {
    const hash = made('code', 'hash', `${sha256.slice(0, 16)}…`);
    hash.title = `sha256 ${sha256}`;
    const head = made('th', '', made('span', 'file', name), hash);
    head.scope = 'row';
    return made('tr', '', head, made('td', 'n', kilobytes(bytes)), made('td', 'n', sentBytes === null ? '–' : kilobytes(sentBytes)));
  }));
  put('total-disk', kilobytes(disk));
  put('total-sent', sent === null ? '–' : kilobytes(sent));
  find('files', HTMLElement).hidden = false;
}

function sum(assets: readonly Asset[], bytes: (asset: Asset) => number): number {
  return assets.reduce((total, asset) => total + bytes(asset), 0);
}
