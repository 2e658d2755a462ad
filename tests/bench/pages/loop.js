// What bench_loop.py drives: the camera through a worker that does nothing, or through blurStream, with the same taps.
const tap = new Worker('tap.js', { type: 'module' });
let stop = () => undefined;
let safe = null;

const asked = new Map();
tap.onmessage = ({ data }) => { asked.get(data.id)?.(data); asked.delete(data.id); };

function ask(message, transfer = []) {
  const id = crypto.randomUUID();
  return new Promise((resolve) => { asked.set(id, resolve); tap.postMessage({ ...message, id }, transfer); });
}

async function camera(width, height, frameRate) {
  return navigator.mediaDevices.getUserMedia({ video: { width, height, frameRate } });
}

async function show(input, output) {
  document.querySelector('#output').srcObject = new MediaStream([output]);
  const [before, after] = [input, output].map((track) => new MediaStreamTrackProcessor({ track: track.clone() }).readable);
  await ask({ type: 'start', before, after }, [before, after]);
}

globalThis.bench = {
  /** The camera's frames through a worker, untouched: the floor that everything is compared with. */
  async passThrough(width, height, frameRate) {
    const stream = await camera(width, height, frameRate);
    const [track] = stream.getVideoTracks();
    const { readable } = new MediaStreamTrackProcessor({ track });
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    const worker = new Worker('pass.js', { type: 'module' });
    worker.postMessage({ readable, writable: generator.writable }, [readable, generator.writable]);
    await show(track, generator);
    stop = () => { track.stop(); generator.stop(); worker.terminate(); };
  },

  /** The camera through blurStream; returns when the first safe and the first composed frame came, in ms. */
  async product(width, height, frameRate, effect) {
    const stream = await camera(width, height, frameRate);
    const began = performance.now();
    safe = await globalThis.blurStream(stream, { effect });
    const safeMs = performance.now() - began;
    await safe.ready;
    const readyMs = performance.now() - began;
    const [track] = stream.getVideoTracks();
    await show(track, safe.getVideoTracks()[0]);
    stop = () => { safe.stop(); track.stop(); };
    return { safeMs, readyMs };
  },

  /** What the taps saw since the last call: frames in and out, and how long each was under way. */
  measure: () => ask({ type: 'measure' }),
  stats: () => safe && { state: safe.state, ...safe.stats },
  stop: () => stop(),
};
