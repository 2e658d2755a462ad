/** A call with oneself: what arrives at the other end, and what it costs, with the raw picture for comparison. */
import { Chart } from './demo-chart.js';
import { codecs, Loopback, type Sent } from './demo-loopback.js';
import { find, made, put } from './demo-page.js';
import { RateMeter, type Rate } from './demo-rate.js';
import { bitrate } from './demo-savings.js';

const PERIOD_MS = 1000;
/** What both may spend: what browsers allow a 720p picture by themselves. */
const CEILING_BPS = 2_500_000;
/** A smaller change of the suggestion is not worth a change of the encoder. */
const WORTH = 0.1;
/** Up to this share, frame rates are taken as equal. */
const SAME_FPS = 0.15;

interface Line {
  readonly loopback: Loopback;
  readonly meter: RateMeter;
}

export class CallBoard {
  readonly #onProblem: (error: Error) => void;
  readonly #ring = find('ring', HTMLButtonElement);
  readonly #video = find('arrived', HTMLVideoElement);
  readonly #codec = find('codec', HTMLSelectElement);
  readonly #cap = find('cap', HTMLInputElement);
  readonly #measureRaw = find('measure-raw', HTMLInputElement);
  readonly #chart = new Chart();
  #safe: MediaStreamTrack | null = null;
  #raw: MediaStreamTrack | null = null;
  #sent: Line | null = null;
  #measured: Line | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #suggested: number | null = null;
  #applied: number | null = null;
  /** Calls are opened and closed one after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(onProblem: (error: Error) => void) {
    this.#onProblem = onProblem;
    this.#codec.append(made('option', '', 'The browser’s choice'));
    for (const type of codecs()) {
      const option = made('option', '', type.replace('video/', ''));
      option.value = type;
      this.#codec.append(option);
    }
    if (this.#codec.options[0]) this.#codec.options[0].value = '';
    this.#cap.checked = this.#cap.defaultChecked;
    this.#measureRaw.checked = this.#measureRaw.defaultChecked;
    this.#ring.addEventListener('click', () => void this.#do(() => (this.#sent === null ? this.#open() : this.#close())));
    this.#codec.addEventListener('change', () => void this.#do(() => this.#again()));
    this.#cap.addEventListener('change', () => void this.#do(() => this.#limit()));
    this.#measureRaw.addEventListener('change', () => void this.#do(() => this.#compare()));
  }

  /** The stream that is sent, and what it is made of; null ends the call. Another source keeps it. */
  use(safe: MediaStream | null, raw: MediaStream | null): void {
    this.#safe = safe?.getVideoTracks()[0] ?? null;
    this.#raw = raw?.getVideoTracks()[0] ?? null;
    this.#ring.disabled = this.#safe === null;
    void this.#do(async () => {
      if (this.#sent === null) return;
      if (this.#safe === null || this.#safe.id !== this.#sent.loopback.trackId) return this.#close();
      if (this.#raw !== null) await this.#measured?.loopback.replace(this.#raw);
    });
  }

  /** As an application would: what the library suggests, when it differs by a tenth. */
  async limit(suggested: number | null): Promise<void> {
    this.#suggested = suggested;
    if (this.#sent === null || !this.#cap.checked || suggested === null) return;
    if (this.#applied !== null && Math.abs(suggested - this.#applied) < WORTH * this.#applied) return;
    await this.#do(() => this.#limit());
  }

  #do(task: () => Promise<void> | void): Promise<void> {
    this.#queue = this.#queue.then(task).catch((error: unknown) => this.#onProblem(error as Error));
    return this.#queue;
  }

  async #open(): Promise<void> {
    if (this.#safe === null) return;
    this.#sent = { loopback: await Loopback.open(this.#safe, this.#codec.value), meter: new RateMeter() };
    this.#video.srcObject = this.#sent.loopback.arrived;
    this.#show();
    await this.#limit();
    await this.#compare();
    this.#timer = setInterval(() => void this.#measure(), PERIOD_MS);
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#sent?.loopback.close();
    this.#measured?.loopback.close();
    this.#sent = this.#measured = this.#applied = null;
    this.#video.srcObject = null;
    this.#chart.forget();
    this.#figures('safe', null, null);
    this.#figures('raw', null, null);
    this.#difference(null, null);
    this.#show();
  }

  async #again(): Promise<void> {
    if (this.#sent === null) return;
    this.#close();
    await this.#open();
  }

  /** The raw picture is encoded only to be counted: no element ever shows what arrives. */
  async #compare(): Promise<void> {
    if (this.#sent === null || !this.#measureRaw.checked || this.#raw === null) {
      this.#measured?.loopback.close();
      this.#measured = null;
      this.#figures('raw', null, null);
      this.#difference(null, null);
    } else if (this.#measured === null) {
      this.#measured = { loopback: await Loopback.open(this.#raw, this.#codec.value), meter: new RateMeter() };
      await this.#measured.loopback.limit(CEILING_BPS);
    }
  }

  async #limit(): Promise<void> {
    if (this.#sent === null) return;
    this.#applied = this.#cap.checked ? this.#suggested : null;
    await this.#sent.loopback.limit(Math.min(this.#applied ?? CEILING_BPS, CEILING_BPS));
  }

  async #measure(): Promise<void> {
    const [sent, measured] = [this.#sent, this.#measured];
    const counts = await Promise.all([sent, measured].map((line) => line?.loopback.measure() ?? null));
    if (sent === null || sent !== this.#sent) return;
    const [safeCount = null, rawCount = null] = counts;
    const safe = sent.meter.add(safeCount);
    const raw = measured?.meter.add(rawCount) ?? null;
    this.#figures('safe', sent.meter.mean, safeCount);
    if (measured === this.#measured) this.#figures('raw', measured?.meter.mean ?? null, rawCount);
    this.#chart.add({ safe: safe?.bitsPerSecond ?? null, raw: raw?.bitsPerSecond ?? null });
    this.#difference(sent.meter.mean, measured?.meter.mean ?? null);
  }

  /** Bits of fewer frames are no saving. */
  #difference(safe: Rate | null, raw: Rate | null): void {
    const known = safe !== null && raw !== null && raw.bitsPerSecond > 0;
    const fair = known && Math.abs(safe.fps - raw.fps) <= SAME_FPS * raw.fps;
    const change = known ? safe.bitsPerSecond / raw.bitsPerSecond - 1 : 0;
    put('rate-saved', fair ? `${change <= 0 ? '−' : '+'}${Math.abs(100 * change).toFixed(0)} %` : '–');
    put('saved-hint', known && !fair ? 'the frame rates differ' : 'mean of ten seconds');
  }

  #figures(name: 'safe' | 'raw', rate: Rate | null, count: Sent | null): void {
    put(`rate-${name}`, rate === null ? '–' : bitrate(rate.bitsPerSecond));
    const off = this.#sent === null ? 'no call' : 'not measured';
    put(`sent-${name}`, rate === null || count === null ? off
      : `${count.codec} ${count.width}×${count.height}, ${rate.fps.toFixed(0)} fps` +
        (rate.quantiser === null ? '' : `, QP ${rate.quantiser.toFixed(0)}`));
  }

  #show(): void {
    const on = this.#sent !== null;
    this.#ring.textContent = on ? 'Hang up' : 'Call myself';
    find('arrived-none', HTMLElement).hidden = on;
    find('call', HTMLElement).dataset['on'] = String(on);
    put('call-status', on ? 'The call runs, from this tab to this tab.' : 'The call is over.');
  }
}
