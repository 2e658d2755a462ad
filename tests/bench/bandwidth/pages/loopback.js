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
  return { near, far, sender: transceiver.sender };
}

globalThis.bench = {
  offers: (codec) => wanted(codec).length > 0,

  /** Starts a call; `kind`: 'camera' | 'safe'. */
  async open(kind, codec, maxBitrate, options) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const safe = kind === 'safe' ? await globalThis.blurStream(stream, options) : null;
    await safe?.ready;
    const [track] = (safe ?? stream).getVideoTracks();
    call = { stream, safe, ...(await connect(track, codec, maxBitrate)) };
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

  close() {
    call?.near.close();
    call?.far.close();
    call?.safe?.stop();
    for (const track of call?.stream.getTracks() ?? []) track.stop();
    call = null;
  },
};
