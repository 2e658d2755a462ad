/* A track as those see it that it is given to: a <video>, the other side of a call, a recorder, who reads its frames. */
import { Call } from './call.mjs';

const SIZE = { width: 640, height: 480 };
const RED = { type: 'color', color: '#ff0000' };
const VIDEO_EVENTS = ['resize', 'ended'];
const TRACK_EVENTS = ['ended', 'mute', 'unmute'];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const output = {
  /** The camera under test, or behind what is. */
  camera: null,
  /** Under test, and the stream it is of. */
  track: null,
  stream: null,
  clone: null,
  /** What has been heard of `listen`ed-to tracks, streams and elements. */
  heard: [],
  pause,

  /** 'camera': the browser's fake one. 'safe': what blurStream makes of it, red behind the person. */
  async take(kind, options = { effect: RED }) {
    await subject.openCamera({ video: SIZE });
    const given = subject.camera;
    if (kind === 'safe') {
      await subject.begin(options);
      await subject.safe.ready;
    }
    output.use(kind === 'safe' ? subject.safe : given, given.getVideoTracks()[0]);
  },

  /** What is there already. */
  use(stream, camera) {
    const [track] = stream.getVideoTracks();
    Object.assign(output, { stream, track, camera, clone: null, heard: [] });
    subject.leaving.push(() => {
      for (const one of [output.track, output.clone, output.camera]) one?.stop();
    });
  },

  listen(name, target, types = TRACK_EVENTS) {
    for (const type of types) target.addEventListener(type, () => output.heard.push(`${name} ${type}`));
  },

  /** Its frames for a while: how many, and their sizes as they are shown. */
  async frames(track, ms) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const found = [];
    setTimeout(() => reader.cancel(), ms);
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return found;
      const { timestamp, displayWidth, displayHeight } = frame;
      found.push({ timestamp, width: displayWidth, height: displayHeight });
      frame.close();
    }
  },

  /** All that a frame tells except its time and its pixels. */
  async facts(track) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const { value: frame } = await reader.read();
    const { format, codedWidth, codedHeight, displayWidth, displayHeight, duration, rotation, flip } = frame;
    const facts = { format, codedWidth, codedHeight, displayWidth, displayHeight, duration, rotation, flip,
      visible: frame.visibleRect.toJSON(), colours: frame.colorSpace.toJSON() };
    frame.close();
    await reader.cancel();
    return facts;
  },

  /** A <video> that plays it. */
  async video(stream) {
    const video = document.createElement('video');
    Object.assign(video, { muted: true, srcObject: stream });
    document.body.append(video);
    subject.leaving.push(() => { video.srcObject = null; });
    output.listen('video', video, VIDEO_EVENTS);
    await video.play();
    return video;
  },

  /** The luma of what a <video> shows: of its brightest pixel, and of one in the upper left corner. */
  picture(video) {
    const [width, height] = [64, 36];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    let brightest = 0;
    for (let at = 0; at < data.length; at += 4) brightest = Math.max(brightest, data[at], data[at + 1], data[at + 2]);
    const corner = 4 * (2 * width + 2);
    return { brightest, corner: [...data.subarray(corner, corner + 3)] };
  },

  /** Sends it over a call with itself; a <video> of what arrives. */
  async receive(track) {
    const call = new Call();
    await call.send(track);
    return { call, video: await output.video(new MediaStream([call.tap.track])) };
  },

  async record(track, ms) {
    const recorder = new MediaRecorder(new MediaStream([track]), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 8_000_000 });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start();
    await pause(ms);
    recorder.stop();
    await stopped;
    return new Blob(parts);
  },

  /** What is seen of a recording while it plays, from the first frame to the last. */
  async play(recording) {
    const video = document.createElement('video');
    Object.assign(video, { muted: true, src: URL.createObjectURL(recording) });
    const shown = new subject.RealGenerator({ kind: 'video' });
    const [tap, writer] = [subject.tap(shown), shown.writable.getWriter()];
    video.play().catch(() => undefined); // it may be over first
    await new Promise((resolve) => { video.requestVideoFrameCallback(resolve); });
    for (let over = false; !over; await pause(20)) {
      over = video.ended;
      if (video.readyState < video.HAVE_CURRENT_DATA) continue;
      await writer.write(new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) }));
    }
    await writer.close();
    while (!tap.ended) await pause(5);
    URL.revokeObjectURL(video.src);
    return tap.take();
  },
};

globalThis.output = output;
