/*
 * The gate: the streams of a page, each the only writer of its output track, and the workers that they share. It
 * runs no Python and no model, which is why it outlives both.
 */
import { toWire, UnsupportedError, WorkerError, type WireError } from '../errors.js';
import {
  PROTOCOL_VERSION,
  type GateToPage,
  type PageToGate,
  type PageToStream,
  type StreamToPage,
  type WorkerStart,
} from '../protocol.js';
import { workerReasons } from '../support.js';
import { Crew } from './crew.js';
import { letGo } from './fitting.js';
import { Loading } from './loading.js';
import { hasTracks, Outgoing } from './outgoing.js';
import { workerScope } from './scope.js';
import { Stream } from './stream.js';
import { understood } from './understood.js';

const TICK_MS = 250;
const TICKS_PER_READING = 4;
/** A tick as late as this means that the machine slept. */
const SLEPT_MS = 2000;

const scope = workerScope<PageToGate, GateToPage>();

class Gate {
  readonly #crew: Crew;
  readonly #loading: Loading;
  readonly #streams = new Map<number, { stream: Stream; tell: (message: StreamToPage) => void }>();
  #failure: WireError | null = null;
  #opened = 0;
  #ticks = 0;
  #tickMs = performance.now();

  constructor({ protocol, assetBase, workers, files }: WorkerStart) {
    this.#loading = new Loading(files, ['gate.mjs']);
    this.#crew = new Crew({ protocol, assetBase, workers, files }, {
      news: (message) => {
        const to = this.#streams.get(message.stream);
        if (to !== undefined) to.stream.hear(message);
        else if (message.type === 'made') letGo(message.frame);
      },
      loaded: (name) => {
        const progress = this.#loading.add(name);
        for (const { tell } of this.#streams.values()) tell({ type: 'progress', progress });
      },
      complete: () => {
        for (const { stream, tell } of this.#streams.values()) {
          stream.complete();
          tell({ type: 'progress', progress: this.#loading.ready() });
        }
      },
      lost: (error, final, wasComposer) => {
        const wire = toWire(error, error.code);
        if (final) this.#failure = wire;
        for (const { stream } of this.#streams.values()) stream.lose(wire, final, wasComposer);
      },
    });
    setInterval(() => this.#tick(), TICK_MS);
    this.#crew.start();
  }

  open(port: MessagePort): void {
    const number = this.#opened++;
    const tell = (message: StreamToPage, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
    const outgoing = new Outgoing();
    port.onmessage = ({ data }: MessageEvent<PageToStream>) => {
      try {
        hear(understood(data));
      } catch (error) {
        // One stream's nonsense is not to end them all.
        const text = `The page said what nobody understands (${String(error)}): take script and assets from one build`;
        tell({ type: 'notice', level: 'error', error: toWire(new WorkerError('message-refused', text), '') });
      }
    };
    const hear = (data: PageToStream): void => {
      if (data.type === 'generate') {
        const track = outgoing.generate();
        return tell({ type: 'generated', track }, track === null ? [] : [track as unknown as Transferable]);
      }
      if (data.type !== 'start') return this.#streams.get(number)?.stream.handle(data);
      if (this.#streams.has(number)) throw new TypeError('the stream has started');
      const onStopped = (): void => void this.#streams.delete(number);
      const stream = new Stream(number, this.#crew, data, outgoing.open(data.sink), tell, onStopped);
      this.#streams.set(number, { stream, tell });
      if (this.#failure !== null) stream.lose(this.#failure, true, true);
      if (this.#crew.complete) tell({ type: 'progress', progress: this.#loading.ready() });
    };
  }

  #tick(): void {
    const nowMs = performance.now();
    const slept = nowMs - this.#tickMs > SLEPT_MS;
    this.#tickMs = nowMs;
    if (slept) this.#crew.forgive(nowMs);
    for (const { stream } of this.#streams.values()) {
      if (slept) stream.forgive(nowMs);
      stream.tick(nowMs);
    }
    this.#crew.check(nowMs);
    if (++this.#ticks % TICKS_PER_READING !== 0) return;
    for (const { stream } of this.#streams.values()) stream.measure(nowMs);
  }
}

let gate: Gate | null = null;

scope.onmessage = ({ data }) => {
  switch (data?.type) {
    case 'probe':
      return scope.postMessage({ type: 'probed', reasons: workerReasons(), tracks: hasTracks() });
    case 'open':
      if (!(data.port instanceof MessagePort)) return refuse(data);
      return open(data);
    case 'close':
      // Ends the workers below too. They are not terminated one by one: Chromium leaves a worker running for
      // good when it is terminated while its script loads and its parent ends at once.
      return scope.close();
    default:
      return refuse(data satisfies never);
  }
};

/** It is about no stream, and those that there are go on. */
function refuse(message: unknown): void {
  console.error('BlurStream: the gate was told what it does not understand', message);
}

function open({ port, ...start }: Extract<PageToGate, { type: 'open' }>): void {
  const { protocol } = start;
  const reasons =
    protocol === PROTOCOL_VERSION
      ? workerReasons()
      : [
          `the script speaks protocol ${protocol}, gate.mjs ${PROTOCOL_VERSION}: take both from the same build`,
        ];
  if (reasons.length === 0) {
    gate ??= new Gate(start);
    return gate.open(port);
  }
  const error = new UnsupportedError('unsupported', `BlurStream cannot run here: ${reasons.join('; ')}`, {
    reasons,
  });
  const tell = (message: StreamToPage): void => port.postMessage(message);
  tell({ type: 'notice', level: 'error', error: toWire(error, 'unsupported') });
  tell({ type: 'stopped', reason: 'unsupported' });
}
