// node time_web.mjs WEB RUNS MODEL...: how long each takes in onnxruntime-web (wasm SIMD, one thread), in turn; JSON.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const WARM_UP = 50;
const [web, runs, ...files] = process.argv.slice(2);
const ort = await import(pathToFileURL(`${web}/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs`).href);
ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const contenders = [];
for (const file of files) {
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(file)), { executionProviders: ['wasm'] });
  const feed = {};
  for (const { name, shape } of session.inputMetadata) {
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    for (let at = 0; at < values.length; at += 1) values[at] = ((at * 7919) % 1024) / 1024;
    feed[name] = new ort.Tensor('float32', values, shape);
  }
  contenders.push({ name: basename(file, '.onnx'), session, feed, times: [] });
}
for (let run = -WARM_UP; run < Number(runs); run += 1) {
  for (const { session, feed, times } of contenders) {
    const begun = performance.now();
    await session.run(feed);
    if (run >= 0) times.push(performance.now() - begun);
  }
}
const told = contenders.map(({ name, times }) => {
  times.sort((a, b) => a - b);
  return [name, { min: times[0], median: times[times.length >> 1] }];
});
console.log(JSON.stringify(Object.fromEntries(told)));
