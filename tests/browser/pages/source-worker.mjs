/* Writes pictures to a track at 30 frames a second; a worker's timer does not slow down when the tab is hidden. */
const FRAME_MS = 1000 / 30;
const FRAME_US = 33_333;
const BT601 = { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false };

const pictures = new Map();
const timestamps = [];
let writer = null;
let look = null;
let paused = true;
let frames = [];
let shown = 0;
let timestamp = 0;

async function load({ picture, width, height, format }) {
  const key = JSON.stringify([picture, width, height, format]);
  if (!pictures.has(key)) {
    const bytes = new Uint8Array(await (await fetch(`/footage/${picture}_${width}x${height}.i420`)).arrayBuffer());
    const size = width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
    const list = [];
    for (let at = 0; at < bytes.length; at += size) list.push(convert(bytes.subarray(at, at + size), width, height, format));
    pictures.set(key, list);
  }
  return pictures.get(key);
}

/** I420 pixels to another format, planes one behind the other. */
function convert(i420, width, height, format) {
  if (format === 'I420') return i420;
  const [columns, rows, luma] = [(width + 1) >> 1, (height + 1) >> 1, width * height];
  const [u, v] = [i420.subarray(luma), i420.subarray(luma + columns * rows)];
  if (format === 'NV12') {
    const nv12 = new Uint8Array(i420.length);
    nv12.set(i420.subarray(0, luma));
    for (let at = 0; at < columns * rows; at += 1) {
      nv12[luma + 2 * at] = u[at];
      nv12[luma + 2 * at + 1] = v[at];
    }
    return nv12;
  }
  if (format === 'I420A') {
    const withAlpha = new Uint8Array(i420.length + luma).fill(255);
    withAlpha.set(i420);
    return withAlpha;
  }
  if (format === 'I444') {
    const i444 = new Uint8Array(3 * luma);
    i444.set(i420.subarray(0, luma));
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const small = (y >> 1) * columns + (x >> 1);
        i444[luma + y * width + x] = u[small];
        i444[2 * luma + y * width + x] = v[small];
      }
    }
    return i444;
  }
  const packed = new Uint8ClampedArray(luma * 4);
  const [red, blue] = format.startsWith('BGR') ? [2, 0] : [0, 2];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const small = (y >> 1) * columns + (x >> 1);
      const [c, d, e] = [1.164 * (i420[y * width + x] - 16), u[small] - 128, v[small] - 128];
      const at = 4 * (y * width + x);
      packed[at + red] = c + 1.596 * e;
      packed[at + 1] = c - 0.392 * d - 0.813 * e;
      packed[at + blue] = c + 2.017 * d;
      packed[at + 3] = 255;
    }
  }
  return new Uint8Array(packed.buffer);
}

function write() {
  const { width, height, format, pose, offsetUs = 0, extra = {} } = look;
  // As a camera's: of the clock, and never twice the same.
  timestamp = Math.max(Math.round(performance.now() * 1000), timestamp + 1000);
  const rgb = /^(RGB|BGR)/.test(format);
  const frame = new VideoFrame(frames[(pose ?? shown++) % frames.length], {
    format, codedWidth: width, codedHeight: height, timestamp: timestamp + offsetUs, duration: FRAME_US, ...(rgb ? {} : { colorSpace: BT601 }),
    ...extra,
  });
  timestamps.push(timestamp);
  writer.write(frame).catch(() => { paused = true; }).finally(() => frame.close());
}

// What the formats need for an area of pixels, in planes: shares of its width and height.
const PLANES = {
  I420: [[1, 1], [2, 2], [2, 2]], I420A: [[1, 1], [2, 2], [2, 2], [1, 1]], I422: [[1, 1], [2, 1], [2, 1]],
  I444: [[1, 1], [1, 1], [1, 1]], NV12: [[1, 1], [1, 2]], RGBA: [[1 / 4, 1]], RGBX: [[1 / 4, 1]], BGRA: [[1 / 4, 1]],
  BGRX: [[1 / 4, 1]],
};
const PACE_MS = 15;

/** Frames of nothing but noise, as they are described; how many of them a browser makes. */
async function writeOdd(described) {
  let made = 0;
  for (const { format, stride = 0, ...init } of described) {
    let frame;
    try {
      frame = oddFrame(format, stride, init);
    } catch {
      continue; // no camera can give it either
    }
    made += 1;
    await writer.write(frame).catch(() => undefined);
    frame.close();
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return made;
}

function oddFrame(format, stride, init) {
  const { codedWidth: width, codedHeight: height } = init;
  if (format === 'canvas') {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(noise(4 * width * height)), width, height), 0, 0);
    const { timestamp, visibleRect, displayWidth, displayHeight } = init;
    return new VideoFrame(canvas, { timestamp, visibleRect, displayWidth, displayHeight });
  }
  let bytes = 0;
  const layout = PLANES[format].map(([across, down], plane) => {
    const wide = format === 'NV12' && plane === 1 ? 2 * Math.ceil(width / 2) : Math.ceil(width / across);
    const at = { offset: bytes, stride: wide + stride };
    bytes += at.stride * Math.ceil(height / down);
    return at;
  });
  return new VideoFrame(noise(bytes), { format, layout, ...init });
}

function noise(bytes) {
  const filled = new Uint8Array(bytes);
  let state = 1;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    filled[at] = state >>> 24;
  }
  return filled;
}

setInterval(() => { if (!paused) write(); }, FRAME_MS);

onmessage = async ({ data }) => {
  const answer = (value) => postMessage({ id: data.id, value });
  switch (data.type) {
    case 'open': writer = data.writable.getWriter(); return;
    case 'show': {
      if (data.look !== null) [frames, look] = [await load(data.look), data.look];
      paused = data.look === null;
      return answer(timestamp + 1);
    }
    case 'burst':
      for (let count = 0; count < data.count; count += 1) write();
      return answer(timestamp);
    case 'odd': return answer(await writeOdd(data.frames));
    case 'written': return answer([...timestamps]);
    default: throw new TypeError(`unknown message ${data.type}`);
  }
};
