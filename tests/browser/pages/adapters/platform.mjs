import { settlePlatformBlur } from '../../../../web/src/platform.ts';

/** A camera whose platform blurs: `can` as its capabilities tell, `obeys` whether it does as it is told. */
class BlurringCamera extends EventTarget {
  label = 'camera';
  readyState = 'live';
  asked = [];
  #constraints = { width: { ideal: 640 } };

  constructor({ on, can, obeys = true }) {
    super();
    Object.assign(this, { on, can, obeys });
  }

  getSettings() { return this.on === undefined ? {} : { backgroundBlur: this.on }; }
  getCapabilities() { return this.can === undefined ? {} : { backgroundBlur: this.can }; }
  getConstraints() { return this.#constraints; }

  async applyConstraints(constraints) {
    this.asked.push(constraints);
    await null;
    if (!this.obeys) throw new DOMException('no', 'OverconstrainedError');
    this.#constraints = constraints;
    this.turn(constraints.backgroundBlur.exact);
  }

  turn(on) {
    this.on = on;
    this.dispatchEvent(new Event('configurationchange'));
  }
}

globalThis.settle = (how) => {
  const camera = new BlurringCamera(how);
  const warnings = [];
  const stop = settlePlatformBlur(camera, (error) => warnings.push(error));
  return { camera, warnings, stop };
};
