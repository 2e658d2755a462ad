/* <script src="…/adapters/getusermedia.js" data-effect='{"type": "blur"}'></script>, before any other script. */
import type { BlurStreamOptions, Effect } from '../src/module.js';
import type { CameraProtection } from './getusermedia.js';
import { ProtectedCamera } from './protectedcamera.js';
import { takeOver } from './takeover.js';

// Known only while the script is run for the first time.
const data = { ...(document.currentScript as HTMLScriptElement | null)?.dataset };

/** A mistake in them is told by the first call for a camera, which gets none. */
function optionsOf({ effect, denoise, assetBase, workers }: DOMStringMap): BlurStreamOptions {
  return {
    ...(effect !== undefined && { effect: JSON.parse(effect) as Effect }),
    ...(denoise !== undefined && { denoise: JSON.parse(denoise) as boolean }),
    ...(assetBase !== undefined && { assetBase }),
    ...(workers !== undefined && { workers: workers as 'address' | 'blob' }),
  };
}

const camera = new ProtectedCamera(
  async () => (await import('../src/module.js')).blurStream,
  () => optionsOf(data),
);

(globalThis as { blurStreamCamera?: CameraProtection }).blurStreamCamera ??= takeOver(camera);
