/** The line below the picture: a chip and a sentence, read aloud when they change. */
import { find, put } from './demo-page.js';
import type { StateWords } from './demo-words.js';

/** A state can change with every frame; nobody can read, or hear, faster than this. */
const SHOWN_MS = 700;

let next: StateWords | null = null;
let pausing = false;

export function say(words: StateWords): void {
  next = words;
  if (!pausing) show();
}

function show(): void {
  pausing = next !== null;
  if (next === null) return;
  const { chip, tone, text } = next;
  next = null;
  find('chip', HTMLElement).dataset['tone'] = tone;
  put('chip-word', chip);
  put('state-text', text);
  setTimeout(show, SHOWN_MS);
}
