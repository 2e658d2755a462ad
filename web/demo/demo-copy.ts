import { find, put } from './demo-page.js';

const SHOWN_MS = 4000;

/** Copies the code beside the button; where that is not allowed, selects it. */
export function armCopyButton(): void {
  const code = find('code', HTMLElement);
  let timer: ReturnType<typeof setTimeout> | undefined;
  find('copy', HTMLButtonElement).addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent ?? '');
      put('copied', 'Copied.');
    } catch {
      getSelection()?.selectAllChildren(code);
      put('copied', 'Selected: copy it with the keyboard.');
    }
    clearTimeout(timer);
    timer = setTimeout(() => put('copied', ''), SHOWN_MS);
  });
}
