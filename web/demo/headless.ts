/*
 * The main job without a person: the built-in clip instead of a camera, and a report to the server that sent the page
 * (`build.py demo --headless`). What it reports is measured from outside, on the frames of the two tracks.
 */
import type { BlurStreamError } from '../src/errors.js';
import type { BlurStream } from '../src/index.js';
import type { Stats } from '../src/stats.js';

declare const blurStream: BlurStream;
declare const MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => { readable: ReadableStream<VideoFrame> };

const SETTLE_MS = 3000; // the first seconds after ready hold the compilers' work
const MEASURE_MS = 8000;
const MOMENTS = 3; // pairs of pictures, spread over the clip
const BETWEEN_MOMENTS_MS = 1500;
const KEPT_FRAMES = 6; // a decoder has few frames to lend
const LABEL_PX = 34;

type Pair = readonly [before: ImageBitmap, after: ImageBitmap];

/** Reads a track on the side; every frame is closed after the callback. */
class Tap {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #track: MediaStreamTrack;
  frames = 0;

  constructor(track: MediaStreamTrack, onFrame: (frame: VideoFrame) => void) {
    this.#track = track.clone();
    this.#reader = new MediaStreamTrackProcessor({ track: this.#track }).readable.getReader();
    void this.#run(onFrame);
  }

  async #run(onFrame: (frame: VideoFrame) => void): Promise<void> {
    for (;;) {
      const { value: frame, done } = await this.#reader.read();
      if (done) return;
      this.frames += 1;
      try { onFrame(frame); } finally { frame.close(); }
    }
  }

  stop(): void {
    this.#track.stop();
    void this.#reader.cancel();
  }
}

async function run(): Promise<Record<string, unknown>> {
  const clip = document.querySelector<HTMLVideoElement>('#clip')!;
  await tell('the clip starts');
  await clip.play();
  const source = (clip as HTMLVideoElement & { captureStream(): MediaStream }).captureStream();
  const track = source.getVideoTracks()[0] ?? await new Promise<MediaStreamTrack>((resolve) => {
    source.addEventListener('addtrack', (event) => resolve(event.track), { once: true });
  });

  const began = performance.now();
  const notices: string[] = [];
  const safe = await blurStream(new MediaStream([track]), {
    onProgress: ({ phase, loadedBytes }) => void tell(`${phase} ${(loadedBytes / 1e6).toFixed(1)} MB`),
  });
  const safeMs = performance.now() - began;
  for (const type of ['warning', 'error']) {
    safe.addEventListener(type, (event) => {
      const { code, message } = (event as CustomEvent<BlurStreamError>).detail;
      notices.push(`${type} ${code}: ${message}`);
    });
  }
  document.querySelector<HTMLVideoElement>('#safe')!.srcObject = safe;
  await tell('concealed until the model is ready');
  await safe.ready;
  const readyMs = performance.now() - began;
  await tell('composing');
  await pause(SETTLE_MS);
  const counted = safe.stats; // until the model is there every frame is concealed or a veil

  const arrivals = new Map<number, number>();
  const latencies: number[] = [];
  const output = safe.getVideoTracks()[0]!;
  const taps = [
    new Tap(track, (frame) => arrivals.set(frame.timestamp, performance.now())),
    new Tap(output, (frame) => {
      const arrived = arrivals.get(frame.timestamp);
      if (arrived !== undefined) latencies.push(performance.now() - arrived);
    }),
  ] as const;
  const from = performance.now();
  await pause(MEASURE_MS);
  const seconds = (performance.now() - from) / 1000;
  const [inFps, outFps] = taps.map((tap) => tap.frames / seconds) as [number, number];
  for (const tap of taps) tap.stop();
  latencies.sort((a, b) => a - b);
  const stats = safe.stats;

  const pairs: Pair[] = [];
  for (let moment = 0; moment < MOMENTS; moment++) {
    await tell(`picture ${moment + 1} of ${MOMENTS}`);
    pairs.push(await pairOf(track, output));
    await pause(BETWEEN_MOMENTS_MS);
  }
  await post('picture', await drawn(pairs));
  const state = safe.state;
  safe.stop();
  return {
    state, safeMs, readyMs, inFps, outFps, notices,
    latencyMs: latencies[latencies.length >> 1] ?? null,
    latencyP95Ms: latencies[Math.floor(latencies.length * 0.95)] ?? null,
    ...since(counted, stats),
    width: stats?.frameWidth, height: stats?.frameHeight, stages: stats?.stageMs, stats,
  };
}

/** What became of the frames between two reports. */
function since(before: Stats | null, after: Stats | null): Record<'composed' | 'concealed' | 'veiled', number | undefined> {
  const count = (name: 'composedFrames' | 'concealedFrames' | 'veiledFrames'): number | undefined =>
    before && after ? after[name] - before[name] : undefined;
  return { composed: count('composedFrames'), concealed: count('concealedFrames'), veiled: count('veiledFrames') };
}

/** A frame of the output and the very frame of the input that it was made of, found by its timestamp. */
function pairOf(input: MediaStreamTrack, output: MediaStreamTrack): Promise<Pair> {
  return new Promise((resolve, reject) => {
    const kept = new Map<number, VideoFrame>();
    const late = setTimeout(() => end(() => reject(new Error('no output frame has the timestamp of an input frame'))), 10_000);
    const before = new Tap(input, (frame) => {
      kept.set(frame.timestamp, frame.clone());
      for (const [timestamp, old] of kept) {
        if (kept.size <= KEPT_FRAMES) break;
        old.close();
        kept.delete(timestamp);
      }
    });
    const after = new Tap(output, (frame) => {
      const match = kept.get(frame.timestamp);
      if (!match) return;
      const pictures = Promise.all([createImageBitmap(match), createImageBitmap(frame)]);
      void pictures.then((pair) => end(() => resolve(pair)), (error: unknown) => end(() => reject(error)));
    });
    const end = (settle: () => void): void => {
      clearTimeout(late);
      before.stop();
      after.stop();
      for (const frame of kept.values()) frame.close();
      kept.clear();
      settle();
    };
  });
}

/** The pairs as one labelled picture, a row each. */
function drawn(pairs: readonly Pair[]): Promise<Blob> {
  const { width, height } = pairs[0]![0];
  const canvas = new OffscreenCanvas(width * 2, LABEL_PX + height * pairs.length);
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#14181d';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#ffffff';
  context.font = `${LABEL_PX * 0.6}px sans-serif`;
  context.textBaseline = 'middle';
  context.fillText('before: what the camera sees', 12, LABEL_PX / 2);
  context.fillText('after: what the others see', width + 12, LABEL_PX / 2);
  pairs.forEach((pair, row) => pair.forEach((picture, column) => {
    context.drawImage(picture, column * width, LABEL_PX + row * height, width, height);
  }));
  return canvas.convertToBlob({ type: 'image/png' });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function post(what: string, body: Blob | string): Promise<void> {
  await fetch(`/headless/${what}`, { method: 'POST', body });
}

const tell = (message: string): Promise<void> => post('progress', message);

run()
  .catch((error: Error & { code?: string }) => ({ state: 'failed', error: `${error.name} ${error.code ?? ''}: ${error.message}` }))
  .then((report) => post('report', JSON.stringify(report)));
