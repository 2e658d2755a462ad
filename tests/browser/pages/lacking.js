/* Before the library is there: takes what ?without=A,B names from the page, and makes ?never=C a call without effect. */
const wanted = new URLSearchParams(location.search);
const missing = wanted.get('without')?.split(',') ?? [];
if (missing.includes('captureStream')) {
  // No track can be written to where the streams are gone, too; the tests keep theirs, see hiding.js.
  delete HTMLCanvasElement.prototype.captureStream;
  globalThis.hiddenNatives = { MediaStreamTrackGenerator, MediaStreamTrackProcessor };
  missing.push(...Object.keys(globalThis.hiddenNatives));
}
for (const name of missing) delete globalThis[name];
for (const name of wanted.get('never')?.split(',') ?? []) globalThis[name] = () => 1;
