import type { PageToStream } from '../protocol.js';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * What of a message the stream relies on before it changes anything: half a change would be worse than none. What an
 * effect may hold is Python's to check. Raises TypeError.
 */
export function understood(message: PageToStream): PageToStream {
  const given: unknown = message;
  if (!isObject(given)) throw new TypeError('a message is an object');
  const wrong = (name: string): TypeError => new TypeError(`${name} of '${String(given['type'])}' is not one`);
  const { type, id, settings, picture, moving, readable, writable, reason } = given;
  if ((type === 'update' || type === 'source') && !Number.isSafeInteger(id)) throw wrong('id');
  if (type === 'start' || type === 'update') {
    const effect = isObject(settings) ? settings['effect'] : null;
    if (!isObject(effect) || typeof effect['type'] !== 'string') throw wrong('effect');
    if (effect['type'] === 'greenscreen' && !isObject(effect['background'])) throw wrong('background');
    if (picture !== null && !(picture instanceof ImageBitmap)) throw wrong('picture');
    if (moving !== null && (!isObject(moving) || typeof moving['type'] !== 'string')) throw wrong('moving');
  }
  if (type === 'start' && !(writable instanceof WritableStream)) throw wrong('writable');
  const mayLackSource = type === 'source' && readable === null;
  if ((type === 'start' || type === 'source') && !mayLackSource && !(readable instanceof ReadableStream)) {
    throw wrong('readable');
  }
  if (type === 'hold' && reason !== null && typeof reason !== 'string') throw wrong('reason');
  return message;
}
