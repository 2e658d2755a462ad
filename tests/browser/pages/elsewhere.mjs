/*
 * A safe stream in any browser: a canvas is its camera, and its output is looked at as a person does, in a <video>, at
 * every picture that is shown. Chromium's own streams, with which other tests see every single frame, are not needed.
 */
import { Detector } from './watermark.mjs';

const FRAME_MS = 40;
const SIZES = { '640x360': [640, 360], '320x180': [320, 180] };
const detector = await Detector.load();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays raw pictures of the footage on a canvas; what shows them is a camera for all that anybody can tell. */
class Camera {
  #canvas = document.createElement('canvas');
  #context = this.#canvas.getContext('2d', { alpha: false });
  #pictures = [];
  #worker = new Worker('/pages/elsewhere-clock.mjs', { type: 'module', name: 'test-clock' });
  #drawn = 0;
  stream;

  async open(picture, size) {
    await this.show(picture, size);
    this.#draw();
    this.stream = this.#canvas.captureStream();
    document.body.append(this.#canvas); // WebKitGTK 2.50 takes no frames of one in no document
    this.#worker.onmessage = () => this.#draw();
    this.#worker.postMessage(FRAME_MS);
  }

  async show(picture, size) {
    const [width, height] = SIZES[size];
    const bytes = new Uint8Array(await (await fetch(`/footage/${picture}_${size}.i420`)).arrayBuffer());
    const each = (width * height * 3) / 2;
    const pictures = [];
    const colorSpace = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false };
    for (let start = 0; start < bytes.length; start += each) {
      const init = { format: 'I420', codedWidth: width, codedHeight: height, timestamp: start, colorSpace };
      pictures.push(new VideoFrame(bytes.subarray(start, start + each), init));
    }
    for (const old of this.#pictures.splice(0, Infinity, ...pictures)) old.close();
  }

  get canvas() { return this.#canvas; }

  /** Stands still: the first picture stays. */
  hold() {
    for (const other of this.#pictures.splice(1)) other.close();
  }

  /** Milliseconds from one picture to the next. */
  pace(ms) {
    this.#worker.postMessage(ms);
  }

  close() {
    this.#worker.terminate();
    for (const track of this.stream.getTracks()) track.stop();
    this.#canvas.remove();
  }

  #draw() {
    const picture = this.#pictures[Math.floor(this.#drawn++ / 4) % this.#pictures.length];
    const { displayWidth: width, displayHeight: height } = picture;
    if (this.#canvas.width !== width || this.#canvas.height !== height) [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#context.drawImage(picture, 0, 0, width, height);
    // Something is to move in every frame: not every browser sends a canvas that stands still.
    this.#context.fillStyle = this.#drawn % 2 === 0 ? '#404040' : '#484848';
    this.#context.fillRect(0, height - 2, 2, 2);
  }
}

/** Every picture that a track shows, from the first. */
class Watch {
  rows = [];
  count = 0;
  ended = false;
  #video = document.createElement('video');
  #canvas = document.createElement('canvas');
  #context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true });

  constructor(track) {
    this.#video.muted = this.#video.playsInline = true;
    this.#video.srcObject = new MediaStream([track]);
    track.addEventListener('ended', () => { this.ended = true; });
    void this.#video.play();
    document.body.append(this.#video);
    const shown = () => {
      this.look();
      this.#video.requestVideoFrameCallback(shown);
    };
    this.#video.requestVideoFrameCallback(shown);
  }

  look() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0) return;
    [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#context.drawImage(this.#video, 0, 0);
    const { data } = this.#context.getImageData(0, 0, width, height);
    const luma = new Uint8Array(width * height);
    let [least, most] = [255, 0];
    for (let at = 0; at < luma.length; at += 1) {
      luma[at] = 16 + 0.1826 * data[4 * at] + 0.6142 * data[4 * at + 1] + 0.062 * data[4 * at + 2];
      least = Math.min(least, luma[at]);
      most = Math.max(most, luma[at]);
    }
    const at = (x, y) => [...data.subarray(4 * (Math.round(y * height) * width + Math.round(x * width))).subarray(0, 3)];
    const { whole, strongest } = detector.score(luma, width, height);
    this.count += 1;
    this.rows.push({ width, height, whole, strongest, flat: most - least < 8, corner: at(0.03, 0.03), middle: at(0.5, 0.6) });
    if (this.rows.length > 2000) this.rows.shift();
  }

  take() {
    return this.rows.splice(0);
  }

  /** How far what is shown is from what the camera has, mean of all colours, in a box given in shares of the picture. */
  difference(camera, [left, top, right, bottom]) {
    const { width, height } = camera;
    const box = [left * width, top * height, (right - left) * width, (bottom - top) * height].map(Math.round);
    const pixels = [camera, this.#video].map((picture) => {
      const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
      context.drawImage(picture, 0, 0, width, height);
      return context.getImageData(...box).data;
    });
    return pixels[0].reduce((sum, value, at) => sum + Math.abs(value - pixels[1][at]), 0) / pixels[0].length;
  }

  close() {
    this.#video.srcObject = null;
    this.#video.remove();
  }
}

const elsewhere = {
  camera: null,
  safe: null,
  watch: null,
  events: [],
  pause,

  async open(picture = 'portrait', size = '640x360') {
    const camera = new Camera();
    await camera.open(picture, size);
    elsewhere.camera = camera;
    return camera.stream;
  },

  async begin(options = {}) {
    const safe = await blurStream(elsewhere.camera.stream, options);
    elsewhere.safe = safe;
    for (const type of ['statechange', 'warning', 'error']) {
      safe.addEventListener(type, ({ detail }) => elsewhere.events.push(
        `${type} ${detail.state ?? ''} ${detail.code ?? detail.reason} ${detail.message ?? ''}`.trim()));
    }
    elsewhere.watch = new Watch(safe.getVideoTracks()[0]);
    return { state: safe.state, tracks: safe.getVideoTracks().length };
  },

  /** Waits for a condition; what it is not met with is told. */
  async until(condition, ms = 30000) {
    const end = performance.now() + ms;
    while (!condition()) {
      if (performance.now() > end) throw new Error(`not within ${ms} ms: ${condition}; ${elsewhere.safe?.state} ${elsewhere.events.join('; ')}`);
      await pause(50);
    }
  },

  /** Waits for so many pictures more. */
  async frames(count) {
    const wanted = elsewhere.watch.count + count;
    await elsewhere.until(() => elsewhere.watch.count >= wanted);
  },

  /** Sends the safe track to the page itself. */
  async call() {
    const [here, there] = (elsewhere.ends = [new RTCPeerConnection(), new RTCPeerConnection()]);
    here.onicecandidate = ({ candidate }) => candidate && there.addIceCandidate(candidate);
    there.onicecandidate = ({ candidate }) => candidate && here.addIceCandidate(candidate);
    here.addTrack(elsewhere.safe.getVideoTracks()[0], elsewhere.safe);
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
  },

  /** Frames that were encoded for it. */
  async sent() {
    const told = [...(await elsewhere.ends[0].getStats()).values()].find(({ type }) => type === 'outbound-rtp');
    return told?.framesEncoded ?? 0;
  },
};

globalThis.elsewhere = elsewhere;
