import { createLocalVideoTrack } from 'twilio-video';
import { safeGetUserMedia } from '/adapters/getusermedia.mjs';
import { on, say } from './page.mjs';

let track = null;

on('start', async () => {
  track = await createLocalVideoTrack({ getUserMedia: safeGetUserMedia() });
  track.attach(document.getElementById('seen'));
  say(track.mediaStreamTrack.label);
});

on('restart', () => track?.restart({ width: 640, height: 480 }));

on('stop', () => track?.stop());
