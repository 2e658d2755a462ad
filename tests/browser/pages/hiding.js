/* Before the library is there: hides what only Chromium has from all but the tests' own eyes. */
globalThis.natives = { MediaStreamTrackGenerator, MediaStreamTrackProcessor };
for (const name of Object.keys(globalThis.natives)) delete globalThis[name];
