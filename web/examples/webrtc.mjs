import { protectSender } from '/adapters/webrtc.mjs';
import { on, openCamera, say, show } from './page.mjs';

// Two ends of a call in one page.
const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate);
there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate);
there.ontrack = ({ track }) => show(new MediaStream([track]));

let sender = null;
let protection = null;

on('protect', async () => {
  if (sender === null) {
    const camera = await openCamera();
    sender = here.addTrack(camera.getVideoTracks()[0], camera);
    // Before the first negotiation: not one frame of the room is sent.
    protection = await protectSender(sender);
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
  }
  say('The sender has a safe track');
});

on('colour', () => protection?.update({ effect: { type: 'color', color: '#008080' } }));

on('stop', () => protection?.stop());
