/* The page of an adapter: the subject, whose taps see every track that is generated, then /bundled/NAME.mjs. */
import blurStream from '/blurstream.mjs';

globalThis.blurStream = blurStream;
await import('./subject.mjs');

/** Every camera that is opened, whoever opens it. */
globalThis.cameras = [];
const native = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (constraints) {
  const stream = await native.call(this, constraints);
  globalThis.cameras.push(...stream.getVideoTracks());
  return stream;
};

/** A call within the page; `sender` has the track, `received` is what comes out at the other end. */
globalThis.call = async (track) => {
  const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
  here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate);
  there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate);
  const arrives = new Promise((resolve) => { there.ontrack = (event) => resolve(event.track); });
  const sender = here.addTransceiver(track, { direction: 'sendonly' }).sender;
  const connect = async () => {
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
    globalThis.received = subject.tap(await arrives);
  };
  return { sender, connect };
};

await import(`/bundled/${location.search.slice(1)}.mjs`);
globalThis.adapterReady = true;
