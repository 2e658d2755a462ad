/* The page's own code, which knows nothing of the library. */
import blurStream from '/blurstream.mjs';

globalThis.blurStream = blurStream; // for the errors' classes
await import('./subject.mjs');
globalThis.adapterReady = true;
