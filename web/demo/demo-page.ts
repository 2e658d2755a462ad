/** What the parts of the page have in common: finding elements, and figures that keep their width. */

/** The element with this id. Raises TypeError if index.html and the scripts do not belong together. */
export function find<T extends Element>(id: string, kind: abstract new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new TypeError(`index.html has no ${kind.name} with the id '${id}'`);
}

export function put(id: string, text: string): void {
  const element = find(id, HTMLElement);
  // Left alone when equal: a screen reader would say it again.
  if (element.textContent !== text) element.textContent = text;
}

export function made<K extends keyof HTMLElementTagNameMap>(
  tag: K, className: string, ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

const FIGURE_SPACE = '\u2007'; // as wide as a digit

/** A number of fixed width, so that nothing moves when it changes. */
export function fixed(value: number, digits: number, width = 0): string {
  return value.toFixed(digits).padStart(width, FIGURE_SPACE);
}

/** 1234567 as 1 234 567, with thin spaces. */
export function grouped(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

export function megabytes(bytes: number, digits = 1): string {
  return `${(bytes / 1e6).toFixed(digits)} MB`;
}

export function kilobytes(bytes: number): string {
  return `${grouped(Math.max(bytes / 1e3, 1))} kB`;
}
