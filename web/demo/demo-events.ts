/** The newest events of the stream, as an application would hear them. */
import { find, made } from './demo-page.js';

const KEPT = 40;

export class Events {
  readonly #list = find('events', HTMLOListElement);

  add(type: string, text: string): void {
    const now = new Date();
    const time = made('time', '', now.toTimeString().slice(0, 8));
    time.dateTime = now.toISOString();
    this.#list.prepend(made('li', type, time, made('b', '', type), made('span', '', text)));
    while (this.#list.children.length > KEPT) this.#list.lastElementChild?.remove();
  }
}
