import { createLocalVideoTrack } from 'livekit-client';
import { BlurStreamProcessor } from '/adapters/livekit.mjs';
import { on, say } from './page.mjs';

let processor = null;
let track = null;

on('start', async () => {
  processor = new BlurStreamProcessor();
  track = await createLocalVideoTrack({ processor });
  track.attach(document.getElementById('seen'));
  say(`${track.getProcessor().name} is the processor of this track`);
});

// On the same processor: another one would be put in its place by way of the camera's own track.
on('colour', () => processor?.update({ effect: { type: 'color', color: '#008080' } }));

on('stop', () => track?.stop());
