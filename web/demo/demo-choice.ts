/** One of several radio buttons of the same name. */
export class Choice<T extends string> {
  readonly #inputs: readonly HTMLInputElement[];

  constructor(name: string, onChange: (value: T) => void) {
    this.#inputs = [...document.querySelectorAll<HTMLInputElement>(`input[name=${name}]`)];
    if (this.#inputs.length === 0) throw new TypeError(`index.html has no choice '${name}'`);
    for (const input of this.#inputs) {
      // A browser may have kept the controls of an earlier visit.
      input.checked = input.defaultChecked;
      input.addEventListener('change', () => onChange(input.value as T));
    }
  }

  /** Null when none is chosen. */
  get value(): T | null {
    return (this.#inputs.find(({ checked }) => checked)?.value ?? null) as T | null;
  }

  set value(value: T | null) {
    for (const input of this.#inputs) input.checked = input.value === value;
  }
}
