// Takes frames through blurstream.bridge in the minimal Python of dist/assets, with the calls that the composer makes.
//
//   node exercise-runtime.mjs PYODIDE_DIR LOADER ASSETS         prints one JSON object
//
// LOADER is web/build/minimal-pyodide.mjs. The frame is a gradient with noise; the mask says that a person fills the
// middle. Nothing is segmented here: model and browser have their own tests.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideDir, loader, assets] = process.argv.slice(2);
const [width, height, maskWidth, maskHeight] = [640, 360, 256, 144];
process.on("uncaughtException", (error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
const { loadMinimal } = await import(pathToFileURL(loader).href);
const python = await loadMinimal(pyodideDir, assets, ["numpy.zip", "blurstream.zip"]);
python.FS.mkdirTree("/lib/blurstream");
python.FS.writeFile("/lib/blurstream/kernels.so", readFileSync(join(assets, "kernels.so")));
python.runPython("import os; os.environ['BLURSTREAM_KERNELS'] = '/lib/blurstream/kernels.so'");

const heap = (pointer, bytes) => new Uint8Array(python._module.HEAPU8.buffer, pointer, bytes);
const emitted = [];
const inputs = [];
const events = [];
const engine = python.pyimport("blurstream.bridge").Engine(
  (request, pointer, bytes) => inputs.push({ request, values: new Float32Array(heap(pointer, bytes).slice().buffer) }),
  (slot, kind, reason, pointer, bytes, w, h, timestamp, layout) =>
    emitted.push({ slot, kind, reason, timestamp, size: [w, h], layout: [...layout], bytes: heap(pointer, bytes).slice() }),
  (event) => events.push(JSON.parse(event)),
);

const luma = new Uint8Array(width * height).map((_, i) => 60 + ((i * 2654435761) >>> 25) + (i % width) / 16);
function send(timestamp) {
  // something moves beyond what is measured: a picture that is the same needs no mask of its own
  for (let y = 0; y < height; y += 1) {
    for (let x = width - 80; x < width; x += 1) luma[y * width + x] = 255 - luma[y * width + x];
  }
  const [slot, pointer, bytes, ...planes] = engine.begin("I420", width, height, timestamp, "bt709", false, timestamp);
  const memory = heap(pointer, bytes);
  for (let y = 0; y < height; y += 1) {
    memory.set(luma.subarray(y * width, (y + 1) * width), planes[0] + y * planes[1]);
  }
  for (const plane of [1, 2]) {
    for (let y = 0; y < height / 2; y += 1) {
      const start = planes[2 * plane] + y * planes[2 * plane + 1];
      memory.fill(100 + 40 * plane, start, start + width / 2);
    }
  }
  engine.submit(slot, timestamp);
}

/** Mean absolute difference of a frame's luma from the camera's in a rectangle. */
function difference(frame, left, top, columns, rows) {
  const [offset, stride] = frame.layout;
  let sum = 0;
  for (let y = top; y < top + rows; y += 1) {
    for (let x = left; x < left + columns; x += 1) sum += Math.abs(frame.bytes[offset + y * stride + x] - luma[y * width + x]);
  }
  return sum / (columns * rows);
}

engine.configure('{"effect": {"type": "blur", "strength": "private"}}');
send(1000); // there is no model yet
engine.open_model(readFileSync(join(assets, "segmenter.json"), "utf8"));
const person = new Float32Array(maskWidth * maskHeight).map((_, i) => (Math.abs((i % maskWidth) - 128) < 48 ? 1 : 0));
send(2000);
engine.on_mask(inputs[0].request, person, 2010);
send(3000);
engine.on_mask(inputs[1].request, person.fill(NaN), 3010);
send(4000);
engine.on_model_error("probe", "the model is said to have failed", 4010);

console.log(JSON.stringify({
  frames: emitted.map((frame) => ({
    kind: frame.kind, reason: frame.reason, timestamp: frame.timestamp, size: frame.size,
    person: difference(frame, width / 2 - 40, 100, 80, 160), background: difference(frame, 0, 0, 80, height),
  })),
  inputs: inputs.map(({ values }) => ({ values: values.length, least: Math.min(...values), most: Math.max(...values) })),
  events: events.map((event) => event.code),
}));
