/* Random calls of the API, in any order and often on top of one another; what may be seen, and what the state has to be. */
import { Source } from './source.mjs';

const SIZES = [[320, 180], [322, 181], [160, 90], [640, 360]];
const FORMATS = ['I420', 'NV12', 'RGBA', 'BGRX'];
const pick = (random, list) => list[Math.floor(random() * list.length)];

/** Numbers 0..1 that follow from a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many streams at once, each as large as any, and of every kind in turn: what memory they need there is then. */
export async function fill({ count, effects }) {
  const size = Math.max(...SIZES.map(([width]) => width));
  const [width, height] = SIZES.find(([width]) => width === size);
  for (const format of FORMATS) {
    const sources = Array.from({ length: count }, () => new Source());
    const streams = await Promise.all(sources.map(async (source) => {
      await source.show({ picture: 'portrait', width, height, format });
      return subject.blurStream(source.stream);
    }));
    for (const effect of effects) await Promise.all(streams.map((safe) => safe.update({ effect })));
    await Promise.all(streams.map((safe) => safe.stop()));
    for (const source of sources) source.stop();
  }
}

/** One stream, from its beginning to its end, with some calls in between. Returns what was done, and what was wrong. */
export async function call({ seed, effects, steps }) {
  const random = randomFrom(seed);
  const done = [];
  const wrong = [];
  const sources = [];
  const camera = async () => {
    const source = new Source();
    sources.push(source);
    const [width, height] = pick(random, SIZES);
    await source.show({ picture: 'portrait', width, height, format: pick(random, FORMATS) });
    return source.stream;
  };
  const track = () => stream.getVideoTracks()[0];
  let stream = await camera();
  let paused = false;
  let effect = { type: 'blur' };
  const safe = await subject.blurStream(stream, { effect });
  const [output] = safe.getVideoTracks();
  /** Rows before this many are the camera's own picture, as asked for. */
  const raw = [];
  const settle = async (name, promise) => {
    done.push(name);
    try {
      await promise;
    } catch (error) {
      if (error.code !== 'superseded') wrong.push(`${name}: ${error.code ?? error}`);
    }
  };
  const calls = {
    async update() {
      const before = effect;
      effect = pick(random, effects);
      if (effect.type === 'none') raw.push({ fromMs: performance.now(), toMs: Infinity });
      await settle(`update ${effect.type}`, safe.update({ effect, denoise: random() < 0.5 }));
      if (before.type === 'none' && effect.type !== 'none') endRaw();
    },
    async twice() {
      const [first, second] = [pick(random, effects), pick(random, effects)].filter(({ type }) => type !== 'none');
      if (second === undefined) return;
      const wasRaw = effect.type === 'none';
      effect = second;
      await Promise.all([settle('update', safe.update({ effect: first })), settle('update again', safe.update({ effect }))]);
      if (wasRaw) endRaw();
    },
    async pause() {
      paused = true;
      await settle('pause', safe.pause());
    },
    async resume() {
      paused = false;
      await settle('resume', safe.resume());
    },
    async replace() {
      stream = await camera();
      await settle('replace', safe.replaceSource(stream, { stopSource: random() < 0.5 }));
    },
    async reopen() {
      await settle('reopen', safe.replaceSource(async () => (stream = await camera()), { stopSource: true }));
    },
    async mute() {
      const it = track();
      const turn = (muted) => {
        Object.defineProperty(it, 'muted', { value: muted, configurable: true });
        it.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
      };
      turn(true);
      await until(() => safe.state === 'concealed' && output.muted, 'mute');
      turn(false);
      done.push('mute');
    },
    async disable() {
      track().enabled = false;
      await until(() => safe.state === 'concealed' && !output.enabled, 'disable');
      track().enabled = true;
      await until(() => output.enabled, 'enable');
      done.push('disable');
    },
    async wait() {
      await new Promise((resolve) => setTimeout(resolve, random() * 150));
    },
  };
  // The frame that a tap has not read yet when an update has settled.
  const endRaw = () => { if (raw.length > 0) raw.at(-1).toMs = Math.min(raw.at(-1).toMs, performance.now() + 150); };
  async function until(condition, what) {
    const endMs = performance.now() + 20_000;
    while (!condition()) {
      if (performance.now() > endMs) return void wrong.push(`${what}: ${safe.state} ${safe.reason} for 20 s`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  for (let step = 0; step < steps; step += 1) await calls[pick(random, Object.keys(calls))]();

  const wanted = paused ? ['concealed'] : effect.type === 'none' ? ['raw'] : ['running', 'concealed'];
  await until(() => wanted.includes(safe.state) && (!paused || safe.reason === 'paused'), `at the end, ${done}`);
  if (safe.getVideoTracks()[0] !== output || output.readyState !== 'live') wrong.push('the output track is another one');
  await safe.stop({ stopSource: true });
  if (safe.state !== 'stopped' || output.readyState !== 'ended') wrong.push(`stopped: ${safe.state} ${output.readyState}`);
  if (track().readyState !== 'ended') wrong.push('the camera is on');
  for (const source of sources) source.stop();
  return { seed, done, wrong, raw, rows: await subject.rowsOf(output) };
}
