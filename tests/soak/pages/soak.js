/* Streams that run for long, and what can be told of them; driven by test_soak.py. */
import { ask } from '/pages/breakable.mjs';
import { Source } from '/pages/source.mjs';

const WITH_FRAMES = ['gate', 'composer'];
const WORKERS = [...WITH_FRAMES, 'segmenter'];
const EVENTS = ['warning', 'error'];

class Stream {
  #safe;
  #witness = new Worker('/soak/witness.js', { type: 'module', name: 'test-witness' });
  #source;

  /** `source`: of the page's own, else the browser's fake camera. */
  constructor(name, camera, source, safe) {
    this.name = name;
    this.camera = camera;
    this.#source = source;
    this.#safe = safe;
    for (const type of EVENTS) safe.addEventListener(type, ({ detail }) => events.push({ name, type, code: detail.code }));
    safe.addEventListener('statechange', ({ detail }) => events.push({ name, type: 'statechange', code: `${detail.state} ${detail.reason}` }));
    const { readable } = new MediaStreamTrackProcessor({ track: safe.getVideoTracks()[0], maxBufferSize: 60 });
    this.#witness.postMessage({ readable }, [readable]);
  }

  get state() { return this.#safe.state; }
  get ready() { return this.#safe.ready; }

  /** Of the time since the last sample. */
  async sample() {
    const seen = await this.#ask('sample');
    const { stats } = this.#safe;
    return {
      ...seen, name: this.name, state: this.state, fps: stats?.outputFps ?? 0, latencyMs: stats?.latencyMs?.median ?? null,
      heapBytes: stats?.heapBytes ?? 0, restarts: stats?.restarts ?? 0, level: stats?.quality?.level ?? 0,
      dropped: stats?.droppedFrames ?? 0,
    };
  }

  collect() { return this.#ask('collect'); }

  #ask(what) {
    return new Promise((resolve) => {
      this.#witness.onmessage = ({ data }) => resolve(data);
      this.#witness.postMessage(what);
    });
  }

  async pause() {
    if (this.#source) await this.#source.show(null);
    else for (const track of this.camera.getVideoTracks()) track.stop();
  }

  async stop() {
    await this.#safe.stop();
    for (const track of this.camera.getTracks()) track.stop();
    this.#source?.stop();
    this.#witness.terminate();
  }
}

let streams = [];
const events = [];

async function open(name, begin) {
  const [camera, source] = await begin();
  const stream = new Stream(name, camera, source, await blurStream(camera));
  streams.push(stream);
  await stream.ready;
}

const fakeCamera = async () => [await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: 30 } })];

async function drawn() {
  const source = new Source();
  await source.show({ picture: 'portrait', width: 640, height: 360, format: 'I420' });
  return [source.stream, source];
}

globalThis.soak = {
  openCamera: () => open('camera', fakeCamera),
  openDrawn: (name) => open(name, drawn),
  /** The stream of this name is over. */
  async close(name) {
    const gone = streams.find((one) => one.name === name);
    streams = streams.filter((one) => one !== gone);
    await gone.stop();
  },
  states: () => Object.fromEntries(streams.map((one) => [one.name, one.state])),
  sample: async () => ({ hidden: document.hidden, streams: await Promise.all(streams.map((one) => one.sample())) }),
  /** Frames that the workers have held, and how many of them are open. */
  async frames() {
    const all = (await Promise.all(WITH_FRAMES.map((worker) => ask(worker, 'count')))).filter((one) => one !== null);
    return { seen: all.reduce((sum, { seen }) => sum + seen, 0), open: all.reduce((sum, one) => sum + one.open, 0) };
  },
  /** The garbage of every thread. */
  async collect() {
    gc();
    const answers = await Promise.all([...streams.map((one) => one.collect()), ...WORKERS.map((worker) => ask(worker, 'collect'))]);
    if (answers.includes(null)) throw new Error('a worker has not collected its garbage');
  },
  pause: () => Promise.all(streams.map((one) => one.pause())),
  takeEvents: () => events.splice(0),
  other: null,
  hide() { soak.other = globalThis.open('/pages/blank.html'); },
  show() { soak.other.close(); },
};
