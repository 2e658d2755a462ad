/* Checks that options and effects share; each raises OptionsError. */
import { OptionsError } from './errors.js';

/** An object that a caller gave, not looked into yet. */
export type Given = Record<string, unknown>;

export function asRecord(option: string, value: unknown): Given {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Given;
  throw invalid(option, value, 'pass an object');
}

export function refuseUnknown(option: string, given: Given, names: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      throw new OptionsError('unknown-option', `${option} has no '${name}': known are ${names.join(', ')}`, {
        option: `${option}.${name}`,
      });
    }
  }
}

/** One of the names that are known. */
export function oneOf<T extends string>(option: string, value: unknown, names: readonly T[]): T {
  if (names.includes(value as T)) return value as T;
  const quoted = names.map((name) => `'${name}'`);
  throw invalid(option, value, `use ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`);
}

/** A number from `least` to 1. */
export function shareOf(option: string, value: unknown, least = 0): number {
  if (typeof value === 'number' && value >= least && value <= 1) return value;
  throw invalid(option, value, `use a number from ${least} to 1`);
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
