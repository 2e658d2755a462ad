import type { BlurStreamOptions, Changes } from '../src/module.js';

/** What makes a stream that runs as if it had been begun with these options; left out is what blurStream takes then. */
export function changesOf({ effect = { type: 'blur' }, denoise = true }: BlurStreamOptions): Required<Changes> {
  return { effect, denoise };
}
