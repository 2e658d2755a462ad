/** Light or dark, for this visit: nothing is kept. */
export function armThemes(): void {
  for (const choice of document.querySelectorAll<HTMLInputElement>('input[name=theme]')) {
    // A browser may have kept the controls of an earlier visit.
    choice.checked = choice.defaultChecked;
    choice.addEventListener('change', () => { document.documentElement.dataset['theme'] = choice.value; });
  }
}
