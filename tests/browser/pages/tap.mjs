/* Every frame of a track, from the very first: what it is, and how much of the marked wall is in it. */

// More than any test leaves unread: none is to slip through because the page was busy.
const BUFFERED_FRAMES = 240;
// Where the library is not to find them, see hiding.js, the tests do.
const { MediaStreamTrackGenerator: RealGenerator, MediaStreamTrackProcessor: RealProcessor } =
  globalThis.hiddenNatives ?? globalThis;

export class Tap {
  /** One for each frame since the last take(). */
  rows = [];
  #detector;
  count = 0;
  ended = false;
  track;
  /** {luma, width, height} of the newest frame */
  newest = null;

  constructor(track, detector) {
    this.track = track;
    this.#detector = detector;
    const { readable } = new RealProcessor({ track, maxBufferSize: BUFFERED_FRAMES });
    void this.#run(readable.getReader());
  }

  take() {
    return this.rows.splice(0);
  }

  async #run(reader) {
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) break;
      const atMs = performance.now();
      try {
        this.rows.push({ atMs, ...await this.#describe(frame) });
        this.count += 1;
      } finally {
        frame.close();
      }
    }
    this.ended = true;
  }

  async #describe(frame) {
    const { timestamp, format, visibleRect: { width, height } } = frame;
    const luma = await lumaOf(frame);
    this.newest = { luma, width, height };
    const { whole, strongest } = this.#detector.score(luma, width, height);
    const { displayWidth, displayHeight, rotation = 0, flip = false, colorSpace: { matrix, fullRange } } = frame;
    return { timestamp, format, width, height, whole, strongest, flat: luma.every((value) => value === luma[0]),
      corner: luma[Math.round(0.03 * height) * width + Math.round(0.03 * width)], detail: detailOf(luma, width, height),
      look: { displayWidth, displayHeight, rotation, flip, matrix, fullRange } };
  }
}

/** The visible luma plane without padding. */
export async function lumaOf(frame) {
  const { width, height } = frame.visibleRect;
  if (frame.format !== 'I420' && frame.format !== 'NV12') return lumaOfRgb(frame, width, height);
  const chroma = [(width + 1) >> 1, (height + 1) >> 1];
  const pixels = new Uint8Array(width * height + 2 * chroma[0] * chroma[1]);
  const planes = frame.format === 'NV12'
    ? [{ offset: 0, stride: width }, { offset: width * height, stride: 2 * chroma[0] }]
    : [{ offset: 0, stride: width }, { offset: width * height, stride: chroma[0] },
      { offset: width * height + chroma[0] * chroma[1], stride: chroma[0] }];
  await frame.copyTo(pixels, { layout: planes });
  return pixels.subarray(0, width * height);
}

/** Of a canvas: as BT.601, limited range, which is what frames without a matrix are taken for. */
async function lumaOfRgb(frame, width, height) {
  const pixels = new Uint8Array(4 * width * height);
  await frame.copyTo(pixels, { format: 'RGBX', layout: [{ offset: 0, stride: 4 * width }] });
  const luma = new Uint8Array(width * height);
  for (let at = 0; at < luma.length; at += 1) {
    const rgb = 0.2568 * pixels[4 * at] + 0.5041 * pixels[4 * at + 1] + 0.0979 * pixels[4 * at + 2];
    luma[at] = Math.round(16 + rgb);
  }
  return luma;
}

/** Mean step between neighbours in the upper left corner, where no person ever is. */
function detailOf(luma, width, height) {
  const [columns, rows] = [width >> 3, height >> 2];
  let sum = 0;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) sum += Math.abs(luma[y * width + x + 1] - luma[y * width + x]);
  }
  return sum / (columns * rows);
}

/** Taps every track that is made from now on to be written to, before anything can be. */
export function tapGenerated(detector) {
  const taps = [];
  if (RealGenerator === undefined) return taps;
  if (globalThis.hiddenNatives !== undefined) {
    globalThis.hiddenNatives.made = (track) => taps.push(new Tap(track, detector));
    const { captureStream } = HTMLCanvasElement.prototype;
    if (captureStream === undefined) return taps;
    HTMLCanvasElement.prototype.captureStream = function captureTapped(...rate) {
      const stream = captureStream.apply(this, rate);
      // Of the library's canvases: they ask for each frame.
      if (rate[0] === 0) taps.push(new Tap(stream.getVideoTracks()[0], detector));
      return stream;
    };
    return taps;
  }
  globalThis.MediaStreamTrackGenerator = new Proxy(RealGenerator, {
    construct(target, args) {
      const track = Reflect.construct(target, args);
      taps.push(new Tap(track, detector));
      return track;
    },
  });
  return taps;
}

export { RealGenerator };
