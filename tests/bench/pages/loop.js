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

const sources = new Map();

/** 'slides' of 1080 rows that stand still, or move 'talk'; anything else is an address. */
async function sourceOf(name) {
  if (name !== 'slides' && name !== 'talk') return name;
  if (!sources.has(name)) sources.set(name, name === 'slides' ? await createImageBitmap(slide(1)) : talk());
  return sources.get(name);
}

function slide(number, canvas = new OffscreenCanvas(1920, 1080)) {
  const context = canvas.getContext('2d');
  context.fillStyle = '#f4f1ea';
  context.fillRect(0, 0, 1920, 1080);
  context.fillStyle = '#203040';
  context.font = '96px sans-serif';
  context.fillText(`Slide ${number}`, 120, 200);
  context.font = '40px sans-serif';
  for (let row = 0; row < 14; row += 1) context.fillText('What is shown to others has to be read by them.', 120, 320 + 52 * row);
  return canvas;
}

let playing = null;

/** Plays a film and takes its frames, for nothing: what decoding costs by itself. */
async function playBeside(address) {
  playing?.pause();
  playing = null;
  if (address === null) return;
  const video = playing = Object.assign(document.createElement('video'), { src: address, muted: true, loop: true });
  const take = () => {
    new VideoFrame(video).close();
    if (playing === video) video.requestVideoFrameCallback(take);
  };
  video.requestVideoFrameCallback(take);
  await video.play();
}

/** A share of a screen on which something changes ten times a second. */
function talk() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1920, height: 1080 });
  let number = 0;
  const draw = () => slide(++number, canvas);
  draw();
  setInterval(draw, 100);
  return canvas.captureStream(10);
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

  playBeside,

  /** Changes the effect; `source` names one of ours. */
  async update(effect) {
    const { source, background } = effect;
    if (source !== undefined) return safe.update({ effect: { ...effect, source: await sourceOf(source) } });
    if (background?.source === undefined) return safe.update({ effect });
    return safe.update({ effect: { ...effect, background: { ...background, source: await sourceOf(background.source) } } });
  },

  /** What the taps saw since the last call: frames in and out, how long each was under way, the longest time without one. */
  measure: () => ask({ type: 'measure' }),
  stats: () => safe && { state: safe.state, ...safe.stats },
  stop: () => stop(),
};
