/*
 * Tracks that a worker reads and makes, as in Safari, for Chromium, which has no such thing: put before the library's
 * script in the page, and in front of the gate's. What is handed over in truth is a port. It is a stand-in, to keep the
 * library's own code at work; how a browser does it only that browser shows (test_webkit.py).
 */
{
  const inPage = 'document' in globalThis;
  const post = MessagePort.prototype.postMessage;

  /** In a worker: a track, which is its port. */
  class HandedTrack extends EventTarget {
    readyState = 'live';
    constructor(port) {
      super();
      this.port = port;
    }
    stop() {
      if (this.readyState === 'ended') return;
      this.readyState = 'ended';
      post.call(this.port, 'stop');
    }
  }
  const Track = inPage ? MediaStreamTrack : HandedTrack;

  /** Frames of a page's track, one for each that is asked for, until it is stopped. */
  const serve = (track, port) => {
    const reader = new hiddenNatives.MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
    port.onmessage = async ({ data }) => {
      if (data === 'stop') return track.stop();
      const { value, done } = await reader.read();
      post.call(port, done ? null : value, done ? [] : [value]);
    };
    (hiddenNatives.handed ??= []).push(track);
  };

  /** A page's track, of the frames that come over a port. */
  const made = (port) => {
    const track = new hiddenNatives.MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    hiddenNatives.made?.(track);
    port.onmessage = async ({ data }) => {
      if (data === null) return writer.close();
      const taken = await writer.write(data).then(() => true, () => false);
      data.close();
      post.call(port, taken);
    };
    return track;
  };

  const outOf = (value, ports) => {
    if (value instanceof Track) return { handedTrack: ports.get(value) };
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, outOf(item, ports)]));
  };
  const into = (value) => {
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
    if (value.handedTrack !== undefined) return inPage ? made(value.handedTrack) : new HandedTrack(value.handedTrack);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, into(item)]));
  };

  MessagePort.prototype.postMessage = function postTracks(message, transfer = []) {
    const ports = new Map();
    const moved = [...transfer].map((item) => {
      if (!(item instanceof Track)) return item;
      let { port } = item;
      if (inPage) {
        const { port1, port2 } = new MessageChannel();
        serve(item, port1);
        port = port2;
      }
      ports.set(item, port);
      return port;
    });
    return ports.size === 0 ? post.call(this, message, transfer) : post.call(this, outOf(message, ports), moved);
  };
  const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    configurable: true,
    get,
    set(handler) {
      set.call(this, handler && ((event) => {
        const data = into(event.data);
        return handler.call(this, data === event.data ? event : { data });
      }));
    },
  });

  if (!inPage) {
    globalThis.MediaStreamTrack = HandedTrack;
    globalThis.MediaStreamTrackProcessor = class {
      constructor({ track }) {
        let answer = null;
        track.port.onmessage = ({ data }) => answer?.(data);
        this.readable = new ReadableStream({
          pull: async (controller) => {
            const frame = await new Promise((resolve) => { answer = resolve; post.call(track.port, 'next'); });
            if (frame === null) controller.close();
            else controller.enqueue(frame);
          },
        }, { highWaterMark: 0 });
      }
    };
    globalThis.VideoTrackGenerator = class {
      constructor() {
        const { port1, port2 } = new MessageChannel();
        let answer = null;
        port1.onmessage = ({ data }) => answer?.(data);
        this.track = new HandedTrack(port2);
        this.writable = new WritableStream({
          write: async (frame) => {
            const taken = await new Promise((resolve) => { answer = resolve; post.call(port1, frame, [frame]); });
            if (!taken) throw new TypeError('the track has ended');
          },
          close: () => post.call(port1, null),
        });
      }
    };
  }
}
