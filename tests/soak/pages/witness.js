/* Looks at every frame of an output: how much of the marked wall is in it, and how late it comes. */
import { Detector } from '/pages/watermark.mjs';
import { lumaOf } from '/pages/tap.mjs';

const nothing = () => ({ frames: 0, flat: 0, whole: -1, strongest: -1, lagMs: [], disorder: 0 });
let seen = nothing();
let last = -Infinity;

async function watch(reader, detector) {
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) return;
    const lagMs = performance.timeOrigin + performance.now() - frame.timestamp / 1000;
    try {
      const { timestamp, visibleRect: { width, height } } = frame;
      const luma = await lumaOf(frame);
      const { whole, strongest } = detector.score(luma, width, height);
      seen.frames += 1;
      seen.lagMs.push(lagMs);
      if (luma.every((value) => value === luma[0])) seen.flat += 1;
      if (timestamp <= last) seen.disorder += 1;
      last = timestamp;
      seen.whole = Math.max(seen.whole, whole);
      seen.strongest = Math.max(seen.strongest, strongest);
    } finally {
      frame.close();
    }
  }
}

onmessage = async ({ data }) => {
  if (data.readable) return watch(data.readable.getReader(), await Detector.load());
  if (data === 'collect') {
    self.gc();
    postMessage('collected');
    return;
  }
  const { lagMs, ...told } = seen;
  seen = nothing();
  // A clock of the source's own: only its changes say anything.
  postMessage({ ...told, lagMs: lagMs.length === 0 ? null : Math.min(...lagMs) });
};
