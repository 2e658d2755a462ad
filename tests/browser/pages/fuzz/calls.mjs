/* Values that JSON has not, and the calls of the API and of its ports that are given them. */

const cyclic = {};
cyclic.self = cyclic;
const throwing = () => { throw new RangeError('broken by the test'); };
const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];
const revoked = Proxy.revocable({}, {});
revoked.revoke();

const SPECIAL = {
  undefined: () => undefined,
  nan: () => NaN,
  infinity: () => -Infinity,
  bigint: () => 10n ** 30n,
  symbol: () => Symbol('broken'),
  function: () => () => undefined,
  'throwing function': () => throwing,
  'throwing getters': () => Object.defineProperties({}, Object.fromEntries(
    ['type', 'effect', 'strength', 'source', 'toJSON', 'getVideoTracks', 'stopSource', 'length'].map((name) => [name, { get: throwing, enumerable: true }]),
  )),
  'throwing proxy': () => new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, throwing]))),
  'throwing list': () => new Proxy([1, 2], { get: throwing }),
  revoked: () => revoked.proxy,
  cyclic: () => cyclic,
  'without a prototype': () => Object.create(null),
  'of another kind': () => new (class Odd { get type() { return 'blur'; } })(),
  holes: () => new Array(2),
  long: () => 'a'.repeat(1_000_000),
  many: () => Array.from({ length: 100_000 }, (_, index) => index),
  date: () => new Date(NaN),
  'no primitive': () => ({ [Symbol.toPrimitive]: throwing, toString: throwing }),
  'a blob': () => new Blob(['no picture'], { type: 'image/png' }),
  'an address': () => new URL('/nowhere.png', location.href),
  'an element': () => document.createElement('video'),
  'an empty stream': () => new MediaStream(),
  'tracks of its own': () => ({ getVideoTracks: () => [{ readyState: 'live', stop() {} }], getAudioTracks: () => [], getTracks: () => [] }),
  'tracks that throw': () => ({ getVideoTracks: throwing, getAudioTracks: throwing, getTracks: throwing }),
  'no tracks': () => ({ getVideoTracks: () => null, getAudioTracks: () => 7 }),
  'an aborted signal': () => AbortSignal.abort(),
};
export const names = Object.keys(SPECIAL);

/** {'$': name} becomes a special value, wherever it stands. */
function alive(value) {
  if (Array.isArray(value)) return value.map(alive);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.$ === 'string' && Object.hasOwn(SPECIAL, value.$)) return SPECIAL[value.$]();
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, alive(one)]));
}

/** What is right stops here, before anything is loaded. */
const stopped = (options) =>
  typeof options === 'object' && options !== null && !Array.isArray(options) && Object.getPrototypeOf(options) === Object.prototype && !('signal' in options)
    ? { ...options, signal: AbortSignal.abort() }
    : options;
const safely = (call, otherwise) => { try { return call(); } catch { return otherwise; } };

const CALLS = {
  blurStream: (given) => subject.blurStream(subject.camera, safely(() => stopped(given), given)),
  'blurStream of': (given) => subject.blurStream(given, { signal: AbortSignal.abort() }),
  preload: (given) => subject.blurStream.preload(safely(() => stopped(given), given)),
  update: (given) => subject.safe.update(given),
  replaceSource: (given) => subject.safe.replaceSource(given),
  'replaceSource with': (given) => subject.safe.replaceSource(subject.camera, given),
  selfView: async (given) => (await subject.safe.selfView(given)).close(),
};

/** What each call comes to: null, or its error as data. */
export async function run(cases) {
  const outcomes = [];
  for (const { call, given } of cases) {
    const startMs = performance.now();
    let outcome = {};
    try {
      const value = alive(given);
      if (value !== undefined || call !== 'selfView') await CALLS[call](value);
    } catch (error) {
      outcome = error instanceof Error ? asData(error) : { typed: false, message: String(error) };
    }
    outcomes.push({ ...outcome, ms: performance.now() - startMs });
  }
  return outcomes;
}

let port = null;
let gate = null;

/** Keeps the port of the next stream, and its gate. */
export function listenIn() {
  for (const [Sender, keep] of [[MessagePort, (it) => { port = it; }], [Worker, (it) => { gate = it; }]]) {
    const { postMessage } = Sender.prototype;
    Sender.prototype.postMessage = function kept(message, ...rest) {
      if (begins(message)) keep(this);
      return postMessage.call(this, message, ...rest);
    };
    subject.leaving.push(() => { Sender.prototype.postMessage = postMessage; });
  }
}

function begins(message) {
  try {
    return message?.type === 'start' || message?.type === 'open' && message.protocol;
  } catch {
    return false; // of a revoked proxy, which cannot cross either
  }
}

/** Says it to the stream, or to the gate; what cannot cross is nothing to it. How many did. */
export function say(messages) {
  let said = 0;
  for (const { to, message } of messages) {
    try {
      (to === 'gate' ? gate : port).postMessage(alive(message));
      said += 1;
    } catch (error) {
      if (error.name !== 'DataCloneError' && !(error instanceof RangeError)) throw error;
    }
  }
  return said;
}
