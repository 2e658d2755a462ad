import type { BlurStreamError } from './errors.js';

export type WarningType = 'warning' | 'error';

/** The warnings and errors of a stream. Those that come before the page has it are told when it can listen. */
export class Warnings {
  readonly #target: EventTarget;
  #early: [WarningType, BlurStreamError][] | null = [];
  #last: BlurStreamError | null = null;

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get lastError(): BlurStreamError | null {
    return this.#last;
  }

  tell(type: WarningType, error: BlurStreamError): void {
    if (type === 'error') this.#last = error;
    // Not only in an event that nobody may listen to.
    if (error.code === 'raw-picture') console.warn(`BlurStream: ${error.message}`);
    if (this.#early !== null) this.#early.push([type, error]);
    else this.#target.dispatchEvent(new CustomEvent(type, { detail: error }));
  }

  /** The page has the stream. */
  begin(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const [type, error] of early) this.#target.dispatchEvent(new CustomEvent(type, { detail: error }));
  }
}
