import { refuseUnknown, type Given } from '../validation.js';

/**
 * The camera's picture as it is, room and all: the only way to send it, and never taken unasked. It is
 * logged, told as the warning `raw-picture`, and `state` is `'raw'`. Plain JSON.
 */
export interface NoEffect {
  readonly type: 'none';
}

/** @internal */
export function parseNone(option: string, given: Given): NoEffect {
  refuseUnknown(option, given, ['type']);
  return { type: 'none' };
}
