import { invalid, refuseUnknown, type Given } from '../validation.js';

/** One colour in the room's place. Plain JSON. */
export interface ColorEffect {
  readonly type: 'color';
  /** `'#rrggbb'` or `'#rgb'`, sRGB. */
  readonly color: string;
}

/** @internal */
export function parseColor(option: string, given: Given): ColorEffect {
  refuseUnknown(option, given, ['type', 'color']);
  const color = sixDigits(given['color']);
  if (color === null) throw invalid(`${option}.color`, given['color'], "use '#rrggbb', such as '#008080'");
  return { type: 'color', color };
}

/** `'#rrggbb'` in small letters of either way to write it; null if it is neither. @internal */
export function sixDigits(color: unknown): string | null {
  const digits = typeof color === 'string' ? /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color)?.[1] : undefined;
  if (digits === undefined) return null;
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  return `#${long.toLowerCase()}`;
}
