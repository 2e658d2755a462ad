/* Before the library is there: hides what only Chromium has from all but the tests' own eyes. */
globalThis.hiddenNatives = { MediaStreamTrackGenerator, MediaStreamTrackProcessor };
for (const name of Object.keys(globalThis.hiddenNatives)) delete globalThis[name];
