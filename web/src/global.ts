import { createBlurStream, type BlurStream } from './index.js';

// Known only while the script is run for the first time.
const script = globalThis.document?.currentScript as HTMLScriptElement | null | undefined;

(globalThis as { blurStream?: BlurStream }).blurStream = createBlurStream(script?.src ?? null);
