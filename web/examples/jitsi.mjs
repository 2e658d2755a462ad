import { BlurStreamEffect } from '/adapters/jitsi.mjs';
import { on, openCamera, say, show } from './page.mjs';

const effect = new BlurStreamEffect({ onError: (error) => say(error.message) });
let camera = null;

on('start', async () => {
  camera = await openCamera();
  show(effect.startEffect(camera)); // a stream at once
});

on('colour', () => effect.update({ effect: { type: 'color', color: '#008080' } }));

on('stop', () => {
  effect.stopEffect();
  for (const track of camera?.getTracks() ?? []) track.stop();
});
