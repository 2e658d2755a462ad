/*
 * Put in front of a worker's own script by instrumented.py. It lets the page break the worker from outside, and
 * keeps a ledger of the VideoFrames that the worker holds.
 */
{
  const me = self.name.replace('blurstream-', '');
  let ledger = [];
  let seen = 0;
  const RealFrame = VideoFrame;
  const opened = () => ledger.filter(({ format }) => format !== null);
  const note = (value) => {
    if (!(value instanceof RealFrame)) return value;
    seen += 1;
    ledger.push(value);
    if (seen % 1000 === 0) ledger = opened(); // it is to be small after hours, too
    return value;
  };

  self.VideoFrame = new Proxy(RealFrame, {
    construct: (target, args) => note(Reflect.construct(target, args)),
  });
  const { clone } = RealFrame.prototype;
  RealFrame.prototype.clone = function cloneNoted() { return note(clone.call(this)); };
  const { read } = ReadableStreamDefaultReader.prototype;
  ReadableStreamDefaultReader.prototype.read = async function readNoted() {
    const result = await read.call(this);
    note(result.value);
    return result;
  };

  // Frames arrive in messages, too, before the handler of the script gets them.
  const noteMessages = ({ data }) => { note(data?.frame); note(data?.backdrop); };
  self.addEventListener('message', noteMessages);
  self.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', noteMessages);
    }
  };

  /** What Python looks at, see instrumented.py. */
  self.fault = '';
  const trapdoor = new BroadcastChannel('trapdoor');
  trapdoor.onmessage = ({ data }) => {
    if (data.worker !== me) return;
    switch (data.fault) {
      case 'count':
        trapdoor.postMessage({ answered: me, seen, open: opened().length });
        return;
      case 'collect': // garbage; the browser has been told to have gc()
        ledger = opened();
        self.gc();
        trapdoor.postMessage({ answered: me });
        return;
      case 'leak': note(new RealFrame(new Uint8Array(6), { format: 'I420', codedWidth: 2, codedHeight: 2, timestamp: 0 })); return;
      case 'hang': for (;;);
      case 'close': self.close(); return;
      case 'throw': throw new Error('broken by the test');
      default: self.fault = data.fault;
    }
  };
}
