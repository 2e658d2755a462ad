import blurStream, * as library from '/blurstream.mjs';

globalThis.blurStream = blurStream;
await import('./subject.mjs');
globalThis.exported = { names: Object.keys(library).sort(), same: library.blurStream === blurStream };
