/** The raw picture, never by accident: only what was confirmed here is sent as it is. */
import { find } from './demo-page.js';

/** Resolves with whether the person wants it. */
export function confirmRaw(): Promise<boolean> {
  const dialog = find('raw-dialog', HTMLDialogElement);
  const answers: readonly (readonly [id: string, answer: string])[] = [['raw-cancel', ''], ['raw-confirm', 'raw']];
  for (const [id, answer] of answers) find(id, HTMLButtonElement).onclick = () => dialog.close(answer);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'raw'), { once: true });
  });
}
