/* An application that knows nothing of BlurStream. */
import { on, openCamera, say, show } from './page.mjs';

let stream = null;

on('start', async () => {
  stream = await openCamera();
  show(stream);
  const [track] = stream.getVideoTracks();
  say(`${track.label}, ${track.getSettings().width} columns`);
});

on('stop', () => {
  for (const track of stream?.getTracks() ?? []) track.stop();
  show(null);
});
