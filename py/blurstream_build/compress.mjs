// Brotli at the highest quality, from Node's own zlib: pairs of SOURCE TARGET as arguments.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const compress = promisify(brotliCompress);
const pairs = process.argv.slice(2);
if (pairs.length === 0 || pairs.length % 2) {
  console.error('usage: node compress.mjs SOURCE TARGET [SOURCE TARGET ...]');
  process.exit(2);
}
for (let i = 0; i < pairs.length; i += 2) {
  const [source, target] = [pairs[i], pairs[i + 1]];
  const data = await readFile(source);
  console.log(`brotli ${i / 2 + 1}/${pairs.length / 2} ${source.split(/[\\/]/).pop()} ${(data.length / 1e6).toFixed(1)} MB`);
  const packed = await compress(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
    },
  });
  await writeFile(`${target}.part`, packed);
  await rename(`${target}.part`, target);
}
