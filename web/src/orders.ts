import type { BlurStreamError } from './errors.js';

/** A promise and what settles it. It does not complain when nobody listens to its failure. */
export interface Settler {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: BlurStreamError): void;
}

export function settler(): Settler {
  let settle!: Omit<Settler, 'promise'>;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined);
  return { promise, ...settle };
}

/** What the gate was asked for and has not answered, by number. */
export class Orders {
  readonly #open = new Map<number, Settler>();
  #next = 0;

  /** Settles when the order is answered. */
  async give(post: (id: number) => void): Promise<void> {
    const id = this.#next++;
    post(id);
    const order = settler();
    this.#open.set(id, order);
    await order.promise;
  }

  answer(id: number, error: BlurStreamError | null): void {
    if (error === null) this.#open.get(id)?.resolve();
    else this.#open.get(id)?.reject(error);
    this.#open.delete(id);
  }

  rejectAll(error: BlurStreamError): void {
    for (const order of this.#open.values()) order.reject(error);
    this.#open.clear();
  }
}
