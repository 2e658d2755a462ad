/* What the tests drive: one safe stream at a time, its source, every frame it puts out and every event it tells of. */
import { ask, tell } from './breakable.mjs';
import { Source } from './source.mjs';
import { RealGenerator, Tap, tapGenerated, lumaOf } from './tap.mjs';
import { Detector } from './watermark.mjs';

const EVENTS = ['statechange', 'warning', 'error'];
const detector = await Detector.load();
const taps = tapGenerated(detector);

const subject = {
  blurStream: globalThis.blurStream,
  /** Of tracks that nobody taps. */
  RealGenerator,
  events: [],
  statsSeen: 0,
  source: null,
  camera: null,
  safe: null,
  /** What to do at the end of a test. */
  leaving: [],

  /** Opens a source of the page's own, and makes it the input. */
  async open(look) {
    subject.source?.stop();
    subject.source = new Source();
    await subject.source.show(look);
    subject.camera = subject.source.stream;
  },

  /** Begins a stream that nobody looks at and that gets no frames: with it Python stays, for all that come. */
  async keepEngine() {
    const source = new Source();
    await source.show({ picture: 'portrait', width: 320, height: 180, format: 'I420' });
    const keeper = await subject.blurStream(source.stream);
    await keeper.ready;
    await source.show(null);
    Source.open.delete(source); // it stays
    taps.splice(0);
  },

  /** Leaves all behind that a test has begun, and the page as it was. */
  async renew() {
    await subject.safe?.stop();
    for (const { track } of taps.splice(0)) track.stop();
    for (const track of subject.camera?.getTracks() ?? []) track.stop();
    for (const source of Source.open) source.stop();
    for (const leave of subject.leaving.splice(0)) leave();
    for (const video of document.querySelectorAll('video')) {
      video.removeAttribute('src');
      video.load();
      video.remove();
    }
    subject.events.length = 0;
    Object.assign(subject, { statsSeen: 0, source: null, camera: null, safe: null });
  },

  /** Opens the browser's fake camera, and makes it the input. */
  async openCamera(constraints) {
    subject.camera = await navigator.mediaDevices.getUserMedia(constraints);
  },

  async begin(options = {}) {
    const safe = await subject.blurStream(subject.camera, options);
    subject.watch(safe);
    return describe(safe);
  },

  watch(safe) {
    subject.safe = safe;
    for (const type of EVENTS) {
      safe.addEventListener(type, ({ detail }) => subject.events.push({
        type, atMs: performance.now(), count: taps.at(-1)?.count ?? 0, name: detail.name ?? '',
        code: detail.code ?? detail.reason ?? '', state: detail.state ?? safe.state, message: detail.message ?? '',
      }));
    }
    safe.addEventListener('stats', () => { subject.statsSeen += 1; });
  },

  /** Begins with the camera, and tells a failure as data. */
  async attempt(begin) {
    try {
      subject.watch(await begin(subject.camera));
      return null;
    } catch (error) {
      return asData(error);
    }
  },

  get state() { return subject.safe?.state ?? null; },
  rows: () => taps.flatMap((tap) => tap.take()),
  /** All frames of an output that has ended. */
  async rowsOf(output) {
    const tap = taps.find(({ track }) => track === output);
    while (!tap.ended) await new Promise((resolve) => setTimeout(resolve, 5));
    return tap.take();
  },
  /** Frames out since a timestamp of the source; they stay to be taken. */
  rowsSince: (timestamp) => taps.flatMap((tap) => tap.rows).filter((row) => row.timestamp >= timestamp),
  tapped: () => taps.reduce((sum, { count }) => sum + count, 0),
  liveOutputs: () => taps.filter(({ track }) => track.readyState === 'live').length,

  /** Looks at another track as well. */
  tap(track) {
    taps.push(new Tap(track, detector));
    return taps.at(-1);
  },

  /** {width, height, luma} of the newest frame, its luma in base64. */
  async newest() {
    const { luma, width, height } = taps.at(-1).newest;
    const reader = new FileReader();
    const address = await new Promise((resolve) => {
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob([luma]));
    });
    return { width, height, luma: address.slice(address.indexOf(',') + 1) };
  },

  /** How far the newest frame is from the nearest picture of the footage, in a box given in shares of the frame. */
  async distance(picture, [left, top, right, bottom]) {
    const { luma, width, height } = taps.at(-1).newest;
    const bytes = new Uint8Array(await (await fetch(`/footage/${picture}_${width}x${height}.i420`)).arrayBuffer());
    const size = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
    let least = Infinity;
    for (let start = 0; start < bytes.length; start += size) {
      let most = 0;
      for (let y = Math.round(top * height); y < bottom * height; y += 1) {
        for (let at = y * width + Math.round(left * width); at < y * width + right * width; at += 1) {
          most = Math.max(most, Math.abs(luma[at] - bytes[start + at]));
        }
      }
      least = Math.min(least, most);
    }
    return least;
  },

  /** [r, g, b] of the output as it is shown, at points given in shares of the frame. */
  async seen(points) {
    const bitmap = await grab(subject.safe.getVideoTracks()[0]);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return points.map(([x, y]) => [...context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data.subarray(0, 3)]);
  },

  /** Breaks a worker of the instrumented build. */
  break: tell,

  /** How many frames a worker of the instrumented build has held, and how many are open; null if it does not answer. */
  count(worker) { return ask(worker, 'count'); },

  /** Scores of one picture of the footage, before anything has been done to it. */
  async scoreOf({ picture, width, height }) {
    const bytes = new Uint8Array(await (await fetch(`/footage/${picture}_${width}x${height}.i420`)).arrayBuffer());
    return detector.score(bytes.subarray(0, width * height), width, height);
  },
};

// A capture that nobody holds is collected while it works: its promise rejects with nothing, or never settles.
const grabbing = new Set();
const GRAB_MS = 5000;

async function grab(track, tries = 5) {
  const capture = new ImageCapture(track);
  grabbing.add(capture);
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no frame of the output could be grabbed in ${GRAB_MS} ms`)), GRAB_MS);
  });
  try {
    return await Promise.race([capture.grabFrame(), late]);
  } catch (error) {
    if (tries > 1) return grab(track, tries - 1);
    throw error ?? new Error('no frame of the output could be grabbed');
  } finally {
    grabbing.delete(capture);
  }
}

function describe(safe) {
  return { state: safe.state, active: safe.active, video: safe.getVideoTracks().length, audio: safe.getAudioTracks().length };
}

export function asData(error) {
  const { name, code, message, details } = error;
  return { name, code, message, details, typed: error instanceof subject.blurStream.BlurStreamError,
    exact: error.constructor === subject.blurStream[name] };
}

globalThis.subject = subject;
globalThis.asData = asData;
globalThis.lumaOf = lumaOf;
