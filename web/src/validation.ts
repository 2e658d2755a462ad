/* Checks that options and effects share; each raises OptionsError. */
import { OptionsError } from './errors.js';

export function asRecord(option: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(option, value, 'pass an object');
}

export function refuseUnknown(option: string, given: Record<string, unknown>, names: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      throw new OptionsError('unknown-option', `${option} has no '${name}': known are ${names.join(', ')}`, {
        option: `${option}.${name}`,
      });
    }
  }
}

export function invalid(option: string, value: unknown, fix: string): OptionsError {
  return new OptionsError('invalid-option', `${option} is ${show(value)}: ${fix}`, {
    option,
    value: show(value),
  });
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 80)}'`;
  if (typeof value === 'object' && value !== null) {
    try {
      return JSON.stringify(value).slice(0, 80);
    } catch {
      return Object.prototype.toString.call(value);
    }
  }
  return String(value);
}
