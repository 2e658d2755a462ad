/*
 * Frames through a safe stream one by one: the next is written when the one before has come out. What comes out
 * depends on the frames alone then, and not on how busy the machine is.
 */
import { RealGenerator } from './tap.mjs';

const FRAME_US = 33_333;
const BT601 = { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false };
const MISSING_MS = 10_000;
/** Not as fast as it can: what takes too long for its camera is made coarser. */
const APART_MS = 60;

/** A picture of this size, in place of slides. */
export async function slide(width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#35507a';
  context.fillRect(0, 0, width, height);
  return canvas.convertToBlob();
}

/** A moving picture that happens to stand still. */
export function film() {
  const canvas = new OffscreenCanvas(320, 180);
  canvas.getContext('2d').fillRect(0, 0, 320, 180);
  const track = new RealGenerator({ kind: 'video' });
  const writer = track.writable.getWriter();
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    writer.write(new VideoFrame(canvas, { timestamp: turn * 50_000 })).catch(() => clearInterval(timer));
  }, 50);
  subject.leaving.push(() => { clearInterval(timer); track.stop(); });
  return new MediaStream([track]);
}

/**
 * Plays the I420 frames at `address`; the first one until the person is shown and `settle` times more. Returns the
 * planes that came out for each, in base64, and how it stands at the end.
 */
export async function play({ address, width, height, settle }, effect) {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
  const size = (width * height * 3) / 2;
  const source = new RealGenerator({ kind: 'video' });
  const writer = source.writable.getWriter();
  let timestamp = Math.round(performance.now() * 1000);
  const write = (index) => {
    timestamp += FRAME_US;
    const init = { format: 'I420', codedWidth: width, codedHeight: height, timestamp, colorSpace: BT601 };
    return writer.write(new VideoFrame(bytes.subarray(index * size, (index + 1) * size), init));
  };
  const opening = subject.blurStream(new MediaStream([source]), { effect });
  await write(0);
  const safe = await opening;
  const [output] = safe.getVideoTracks();
  const reader = new MediaStreamTrackProcessor({ track: output, maxBufferSize: 30 }).readable.getReader();
  const through = async (index, visit) => {
    const startMs = performance.now();
    await write(index);
    const late = setTimeout(() => output.stop(), MISSING_MS);
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) throw new Error(`no frame came out for number ${index}: ${safe.state} ${safe.reason}`);
      const wanted = frame.timestamp === timestamp;
      if (wanted) await visit(frame);
      frame.close();
      if (wanted) break;
    }
    clearTimeout(late);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, APART_MS - (performance.now() - startMs))));
  };
  while (safe.state === 'loading' || safe.state === 'concealed') await through(0, () => undefined);
  for (let count = 0; count < settle; count += 1) await through(0, () => undefined);
  const shown = [];
  for (let index = 0; index < bytes.length / size; index += 1) {
    await through(index, async (frame) => {
      const { width: wide, height: high } = frame.visibleRect;
      const pixels = new Uint8Array((wide * high * 3) / 2);
      const luma = wide * high;
      await frame.copyTo(pixels, { layout: [
        { offset: 0, stride: wide }, { offset: luma, stride: wide / 2 }, { offset: luma * 1.25, stride: wide / 2 },
      ] });
      shown.push({ width: wide, height: high, planes: await inBase64(pixels) });
    });
  }
  const { state, stats } = safe;
  await safe.stop();
  source.stop();
  return { shown, state, level: stats?.quality?.level ?? 0 };
}

async function inBase64(bytes) {
  const reader = new FileReader();
  const address = await new Promise((resolve) => {
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([bytes]));
  });
  return address.slice(address.indexOf(',') + 1);
}
