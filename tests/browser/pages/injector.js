/*
 * Put in front of a worker's own script by instrumented.py, behind trapdoor.js: breaks what crosses the worker's
 * boundaries, as often as the page says (pages/injector.mjs). The table of faults is in fault_table.py.
 *
 *   read        a frame of the camera's stream           write       a frame to the output track
 *   copyTo      pixels out of a frame                    construct   new VideoFrame
 *   A<B, A>B    a message that A gets from B, or sends   python …    a call of the engine, or of a kernel
 */
{
  const me = self.name.replace('blurstream-', '');
  const page = new BroadcastChannel('injector');
  const RealFrame = self.VideoFrame;
  // Not of trapdoor.js, whose ledger is of the product's frames.
  const Unnoted = RealFrame.prototype.constructor;
  const never = () => new Promise(() => undefined);
  let arms = [];

  page.onmessage = ({ data }) => {
    if (data.worker !== me) return;
    if (data.arms) arms = data.arms.map((arm) => ({ ...arm }));
    if (data.jumpMs) jump(data.jumpMs);
  };
  page.postMessage({ born: me });

  /** The deed to be done here now, if there is one; a string, for Python asks too. */
  const strike = (at, type = '') => {
    const arm = arms.find((one) => one.at === at && one.left > 0 && (one.type || type) === type);
    if (arm === undefined) return undefined;
    arm.left -= 1;
    page.postMessage({ struck: arm.id, atMs: performance.timeOrigin + performance.now() });
    return arm.deed;
  };
  self.strike = strike;

  /** As after a sleep: the clock is ahead, and no timer has run. */
  const { now } = performance;
  const jump = (ms) => { performance.now = () => now.call(performance) + ms; };

  // The camera's stream.
  let camera = null;
  const { read } = ReadableStreamDefaultReader.prototype;
  ReadableStreamDefaultReader.prototype.read = async function readOrFail() {
    const result = await read.call(this);
    if (!(result.value instanceof RealFrame)) return result;
    if (me === 'gate') {
      camera?.close();
      camera = new Unnoted(result.value);
    }
    const deed = strike('read');
    if (deed === undefined) return result;
    result.value.close();
    switch (deed) {
      case 'rejects': throw new TypeError('broken by the test');
      case 'hangs': return never();
      case 'closed': return result;
      case 'junk': return { done: false, value: { hello: 'there' } };
      case 'empty': return { done: false, value: null };
      default: return { done: false, value: sound() };
    }
  };
  const sound = () => new AudioData({
    format: 'f32', sampleRate: 8000, numberOfFrames: 80, numberOfChannels: 1, timestamp: 0, data: new Float32Array(80),
  });

  // The output track.
  const { write } = WritableStreamDefaultWriter.prototype;
  const stuck = new WeakSet(); // one that hangs keeps all waiting that come after it
  WritableStreamDefaultWriter.prototype.write = function writeOrFail(chunk) {
    switch (strike('write')) {
      case 'rejects': return Promise.reject(new TypeError('broken by the test'));
      case 'hangs': stuck.add(this); // falls through
      default: return stuck.has(this) ? never() : write.call(this, chunk);
    }
  };

  // Pixels.
  const { copyTo } = RealFrame.prototype;
  RealFrame.prototype.copyTo = async function copyOrFail(target, options) {
    switch (strike('copyTo')) {
      case 'rejects': throw new DOMException('broken by the test', 'OperationError');
      case 'hangs': return never();
      case 'short': {
        const all = new Uint8Array(target.byteLength);
        const layout = await copyTo.call(this, all, options);
        target.set(all.subarray(0, target.byteLength >> 1));
        return layout;
      }
      default: return copyTo.call(this, target, options);
    }
  };
  self.VideoFrame = new Proxy(self.VideoFrame, {
    construct: (target, args) => {
      if (strike('construct') !== undefined) throw new RangeError('broken by the test');
      return Reflect.construct(target, args);
    },
  });

  // Messages.
  const kept = new Map();
  const grey = (timestamp, width, height) => new self.VideoFrame(new Uint8Array((width * height * 3) / 2).fill(99), {
    format: 'I420', codedWidth: width, codedHeight: height, timestamp,
  });
  const instead = (data, frame) => {
    data.frame.close();
    return { ...data, frame };
  };
  /** What a deed makes of a message: those that are to arrive instead. */
  const spoilt = (deed, data, at) => {
    switch (deed) {
      case 'lost':
        data.frame?.close();
        return [];
      case 'twice': return [data, data.frame ? { ...data, frame: data.frame.clone() } : data];
      case 'late':
        kept.set(at, data);
        return [];
      case 'unknown':
        data.frame?.close();
        return [{ ...data, frame: undefined, type: 'nonsense' }];
      case 'null':
        data.frame?.close();
        return [null];
      case 'stale': return [{ ...data, sequence: data.sequence - 1000, request: data.request - 1000 }];
      case 'other-stream': return [{ ...data, stream: data.stream + 1000 }];
      case 'no-frame':
        data.frame.close();
        return [{ ...data, frame: undefined }];
      case 'closed':
        data.frame.close();
        return [data];
      case 'small': return [instead(data, grey(data.frame.timestamp, 64, 64))];
      case 'raw': return [{ ...instead(data, new self.VideoFrame(camera, { timestamp: data.frame.timestamp })), kind: 'raw' }];
      case 'raw-unnamed': return [{ ...instead(data, camera.clone()), kind: 'camera' }];
      // The picture of another moment: the camera's newest is younger than the one that is waited for.
      case 'raw-of-another-time': return [instead(data, new self.VideoFrame(camera, { timestamp: data.frame.timestamp - 1 }))];
      case 'no-input': return [{ ...data, input: new ArrayBuffer(8) }];
      case 'nan': return [{ ...data, mask: data.mask.fill(NaN) }];
      case 'zeros': return [{ ...data, mask: data.mask.fill(0) }];
      case 'ones': return [{ ...data, mask: data.mask.fill(1) }];
      case 'huge': return [{ ...data, mask: data.mask.fill(3e38) }];
      case 'half': return [{ ...data, mask: data.mask.slice(0, data.mask.length >> 1) }];
      case 'words': return [{ ...data, mask: 'somebody' }];
      default: return [data];
    }
  };
  const through = (at, data, hand) => {
    const late = kept.get(at);
    const arriving = spoilt(strike(at, data?.type), data, at);
    if (late === undefined) return arriving.forEach(hand);
    if (kept.get(at) === late) kept.delete(at);
    [...arriving, late].forEach(hand);
  };
  const heard = (at, handler, self_) => (event) => through(at, event.data, (data) => handler.call(self_, { data }));

  const other = { gate: 'page', composer: 'segmenter', segmenter: 'composer' }[me];
  const port = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    ...port, set(handler) { port.set.call(this, heard(`${me}<${other}`, handler, this)); },
  });
  // trapdoor.js has put a class of its own before the browser's.
  const down = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Worker.prototype), 'onmessage');
  self.Worker = class extends self.Worker {
    #name;
    constructor(url, options) {
      super(url, options);
      this.#name = options.name.replace('blurstream-', '');
    }
    set onmessage(handler) { down.set.call(this, heard(`${me}<${this.#name}`, handler, this)); }
    postMessage(message, transfer = []) {
      through(`${me}>${this.#name}`, message, (data) => {
        super.postMessage(data, data === message ? transfer : [data?.frame].filter(Boolean));
      });
    }
  };
}
