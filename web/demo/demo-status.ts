/** The line below the picture: a chip and a sentence, read aloud when they change. */
import { find, put } from './demo-page.js';
import type { StateWords } from './demo-words.js';

export function say({ chip, tone, text }: StateWords): void {
  find('chip', HTMLElement).dataset['tone'] = tone;
  put('chip-word', chip);
  put('state-text', text);
}
