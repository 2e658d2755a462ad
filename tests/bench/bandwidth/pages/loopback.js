// What loopback.py drives: the camera's track, or the safe one, through two peer connections on one page.
let call = null;

function wanted(codec) {
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const named = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${codec.toLowerCase()}`);
  // Profile 0 of VP9 and AV1, and H.264 in packetization mode 1, are what calls use.
  return named.filter(({ sdpFmtpLine = '' }) => !/profile(-id)?=[1-9]|packetization-mode=0/.test(sdpFmtpLine));
}

async function connect(track, codec, maxBitrate) {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  for (const [from, to] of [[near, far], [far, near]]) {
    from.onicecandidate = ({ candidate }) => candidate && to.addIceCandidate(candidate);
  }
  const transceiver = near.addTransceiver(track, { direction: 'sendonly', sendEncodings: [{ maxBitrate }] });
  transceiver.setCodecPreferences(wanted(codec));
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  return { near, far, sender: transceiver.sender, received: far.getReceivers()[0].track };
}

const BLOCK = 8;

/** Luma of some 8x8 blocks of the frames that a track brings in some time: [{timestamp, luma}]. */
async function watch(track, blocks, milliseconds) {
  const copy = track.clone();
  const reader = new MediaStreamTrackProcessor({ track: copy }).readable.getReader();
  const seen = [];
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    const { value: frame, done } = await reader.read();
    if (done) break;
    const bytes = new Uint8Array(frame.allocationSize());
    const [{ offset, stride }] = await frame.copyTo(bytes);
    const luma = new Uint8Array(blocks.length * BLOCK * BLOCK);
    blocks.forEach(([column, row], index) => {
      for (let y = 0; y < BLOCK; y++) {
        const start = offset + (row * BLOCK + y) * stride + column * BLOCK;
        luma.set(bytes.subarray(start, start + BLOCK), (index * BLOCK + y) * BLOCK);
      }
    });
    seen.push({ timestamp: frame.timestamp, luma });
    frame.close();
  }
  await reader.cancel();
  copy.stop();
  return seen;
}

function error(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

globalThis.bench = {
  offers: (codec) => wanted(codec).length > 0,

  /** Starts a call; `kind`: 'camera' | 'safe'. */
  async open(kind, codec, maxBitrate, options) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const safe = kind === 'safe' ? await globalThis.blurStream(stream, options) : null;
    await safe?.ready;
    const [track] = (safe ?? stream).getVideoTracks();
    call = { stream, safe, sent: track, ...(await connect(track, codec, maxBitrate)) };
    await bench.limit(maxBitrate);
  },

  /** Another limit, in bits a second. Neither size nor rate of the frames may be given up for it. */
  async limit(maxBitrate) {
    const parameters = call.sender.getParameters();
    parameters.encodings[0].maxBitrate = maxBitrate;
    parameters.encodings[0].scaleResolutionDownBy = 1;
    parameters.degradationPreference = 'maintain-resolution';
    await call.sender.setParameters(parameters);
  },

  async stats() {
    const report = [...(await call.sender.getStats()).values()];
    const out = report.find(({ type }) => type === 'outbound-rtp');
    const { mimeType } = report.find(({ id }) => id === out.codecId) ?? {};
    return { ...out, mimeType };
  },

  /**
   * PSNR of blocks of the picture as received, against the camera's own: each received frame is matched with the
   * sent frame that is most like it, and that one by its time with the camera's. null if nothing could be matched.
   */
  async person(blocks, milliseconds) {
    const [camera] = call.stream.getVideoTracks();
    const [sources, sent, received] = await Promise.all([
      watch(camera, blocks, milliseconds),
      call.safe ? watch(call.sent, blocks, milliseconds) : null,
      watch(call.received, blocks, milliseconds),
    ]);
    const pixels = new Map(sources.map(({ timestamp, luma }) => [timestamp, luma]));
    const errors = [];
    for (const { luma } of received.slice(received.length / 2)) { // what was sent before the watch began is not known
      const apart = (sent ?? sources).map((one) => ({ ...one, error: error(one.luma, luma) }));
      const nearest = apart.reduce((best, one) => (one.error < best.error ? one : best), { error: Infinity });
      const source = pixels.get(nearest.timestamp);
      if (source) errors.push(error(source, luma));
    }
    if (!errors.length) return null;
    return 10 * Math.log10(255 ** 2 / (errors.reduce((sum, one) => sum + one) / errors.length));
  },

  close() {
    call?.near.close();
    call?.far.close();
    call?.safe?.stop();
    for (const track of call?.stream.getTracks() ?? []) track.stop();
    call = null;
  },
};
