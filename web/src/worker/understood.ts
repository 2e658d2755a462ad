import type { PageToStream } from '../protocol.js';
import type { WireSink, WireSource } from '../transport/ends.js';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * What of a message the stream relies on before it changes anything: half a change would be worse than none. What an
 * effect may hold is Python's to check. Raises TypeError.
 */
export function understood(message: PageToStream): PageToStream {
  const given: unknown = message;
  if (!isObject(given)) throw new TypeError('a message is an object');
  const wrong = (name: string): TypeError => new TypeError(`${name} of '${String(given['type'])}' is not one`);
  const { type, id, settings, picture, moving, source, sink, reason } = given;
  if ((type === 'update' || type === 'source') && !Number.isSafeInteger(id)) throw wrong('id');
  if (type === 'start' || type === 'update') {
    const effect = isObject(settings) ? settings['effect'] : null;
    if (!isObject(effect) || typeof effect['type'] !== 'string') throw wrong('effect');
    if (effect['type'] === 'greenscreen' && !isObject(effect['background'])) throw wrong('background');
    if (picture !== null && !(picture instanceof ImageBitmap)) throw wrong('picture');
    if (moving !== null && (!isObject(moving) || typeof moving['type'] !== 'string')) throw wrong('moving');
  }
  if (type === 'start' && !isSink(sink)) throw wrong('sink');
  const mayLackSource = type === 'source' && source === null;
  if ((type === 'start' || type === 'source') && !mayLackSource && !isSource(source)) throw wrong('source');
  if (type === 'hold' && reason !== null && typeof reason !== 'string') throw wrong('reason');
  return message;
}

function isSource(value: unknown): value is WireSource {
  if (!isObject(value)) return false;
  const { type, readable, track, port } = value;
  switch (type as WireSource['type']) {
    case 'stream':
      return readable instanceof ReadableStream;
    case 'track':
      return typeof MediaStreamTrack === 'function' && track instanceof MediaStreamTrack && port instanceof MessagePort;
    case 'element':
      return port instanceof MessagePort;
    default:
      return false;
  }
}

function isSink(value: unknown): value is WireSink {
  if (!isObject(value)) return false;
  const { type, writable, port } = value;
  switch (type as WireSink['type']) {
    case 'stream':
      return writable instanceof WritableStream;
    case 'canvas':
      return port instanceof MessagePort;
    case 'generated':
      return true;
    default:
      return false;
  }
}
