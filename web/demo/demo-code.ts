/** The effect as an application would write it. */
import type { Effect, PresenterPosition } from '../src/effects.js';

const number = (value: number | undefined): string => (value ?? 0).toFixed(2);
const quoted = (value: string | undefined): string => `'${value}'`;

/** The members of the effect, without the braces around them. */
export function codeOf(effect: Effect): string {
  switch (effect.type) {
    case 'blur': {
      const { strength } = effect;
      return `type: 'blur', strength: ${typeof strength === 'number' ? number(strength) : quoted(strength)}`;
    }
    case 'color':
      return `type: 'color', color: ${quoted(effect.color)}`;
    case 'image':
      return `type: 'image', source: '/pictures/office.jpg'${fit(effect.fit)}`;
    case 'video':
      return `type: 'video', source: '/pictures/sea.webm'${fit(effect.fit)}`;
    case 'greenscreen':
      return `type: 'greenscreen', key: ${quoted(effect.key)},\n      tolerance: ${number(effect.tolerance)}, ` +
        `softness: ${number(effect.softness)}, spill: ${number(effect.spill)},\n      background: { ${codeOf(effect.background)} }`;
    case 'presenter': {
      const inside = effect.background === undefined ? '' : `,\n      background: { ${codeOf(effect.background)} }`;
      return `type: 'presenter', source: ${effect.source instanceof MediaStream ? 'screen' : 'slide'},\n      shape: ` +
        `${quoted(effect.shape)}, size: ${number(effect.size)}, position: ${place(effect.position)}${inside}`;
    }
    case 'none':
      return "type: 'none'";
  }
}

function fit(value: string | undefined): string {
  return value === undefined || value === 'cover' ? '' : `, fit: ${quoted(value)}`;
}

function place(position: PresenterPosition | undefined): string {
  return Array.isArray(position) ? `[${position.map(number).join(', ')}]` : quoted(position as string);
}
