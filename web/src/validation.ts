/* Checks that options and effects share; each raises OptionsError. */
import { BlurStreamError, OptionsError } from './errors.js';

/** Characters of a value in a message. */
const SHOWN = 80;

/** An object that a caller gave, not looked into yet. */
export type Given = Record<string, unknown>;

/** A copy of what a caller gave: each member is read once, and what is checked is what is used. */
export function asRecord(option: string, value: unknown): Given {
  const given = attempt(option, value, () =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? membersOf(value) : null,
  );
  if (given !== null) return given;
  throw invalid(option, value, 'pass an object');
}

/** Its own, and those that it inherits; not what a page has given to every object. */
function membersOf(value: object): Given {
  const members = Object.create(null) as Given; // '__proto__' is a name like any other
  for (const name in value) {
    if (Object.hasOwn(value, name) || !(name in Object.prototype)) members[name] = (value as Given)[name];
  }
  return members;
}

export function switchOf(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(option, value, 'use true or false');
}

/** What a caller gave may throw when it is looked at: an OptionsError then. */
export function attempt<T>(option: string, value: unknown, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof BlurStreamError) throw error;
    throw invalid(option, value, 'pass plain data, which can be read');
  }
}

export function refuseUnknown(option: string, given: Given, names: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      throw new OptionsError('unknown-option', `${option} has no '${name.slice(0, SHOWN)}': known are ${names.join(', ')}`, {
        option: `${option}.${name.slice(0, SHOWN)}`,
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

/** As far as it can be shown: some throw when they are looked at, some are endless. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, SHOWN)}'`;
  try {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
    return text.slice(0, SHOWN);
  } catch {
    return tagOf(value);
  }
}

/** As `[object MediaStream]`. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return `an unreadable ${typeof value}`;
  }
}
