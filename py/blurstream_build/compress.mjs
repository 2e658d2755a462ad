// Brotli at the highest quality, from Node's own zlib, on all cores: pairs of SOURCE TARGET as arguments.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);
const pairs = [];
for (let i = 2; i < process.argv.length; i += 2) pairs.push([process.argv[i], process.argv[i + 1]]);
if (pairs.length === 0 || process.argv.length % 2) {
  console.error('usage: node compress.mjs SOURCE TARGET [SOURCE TARGET ...]');
  process.exit(2);
}

const files = await Promise.all(pairs.map(async ([source, target]) => ({ source, target, data: await readFile(source) })));
files.sort((a, b) => b.data.length - a.data.length); // the longest first: the cores end together
const total = files.length;
const busy = new Set();

function tell() {
  console.log(`brotli: ${total - files.length - busy.size} of ${total} done, at ${[...busy].join(' and ')}`);
}

async function worker() {
  for (let file = files.shift(); file; file = files.shift()) {
    const { source, target, data } = file;
    const name = `${basename(source)} (${(data.length / 1e6).toFixed(1)} MB)`;
    busy.add(name);
    tell();
    const packed = await compress(data, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 24,
        [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
      },
    });
    await writeFile(`${target}.part`, packed);
    await rename(`${target}.part`, target);
    busy.delete(name);
  }
}
await Promise.all(cpus().map(worker));
