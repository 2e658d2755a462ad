/*
 * The composer: Python on one side, the gate and the segmenter on the other. It decides nothing about
 * pixels; it moves them in and out, one step at a time, because no Python may run while copyTo writes into
 * Python's memory. The streams of a page share it.
 */
import { Assets } from '../assets.js';
import { toWire, UnsupportedError } from '../errors.js';
import { unreachable, type ComposerToGate, type GateToComposer } from '../protocol.js';
import { workerReasons } from '../support.js';
import { Composition } from './composition.js';
import { SegmenterLink } from './link.js';
import { testLayouts } from './picture.js';
import { PYTHON_FILES, startPython, type OpenEngine } from './python.js';
import { workerScope } from './scope.js';

type Start = Extract<GateToComposer, { type: 'start' }>;
type Open = Extract<GateToComposer, { type: 'open' }>;

const scope = workerScope<GateToComposer, ComposerToGate>();
const tell = (message: ComposerToGate, transfer?: Transferable[]): void => scope.postMessage(message, transfer);

class Composer {
  readonly #link: SegmenterLink;
  readonly #compositions = new Map<number, Composition>();
  #openEngine: OpenEngine | null = null;
  /** The model's, while there is one. */
  #description: string | null = null;
  /** Every step waits for the one before it. */
  #steps: Promise<void>;

  constructor(start: Start) {
    this.#link = new SegmenterLink({
      ready: (description) =>
        this.#step(() => {
          this.#description = description;
          for (const composition of this.#compositions.values()) composition.openModel(description);
        }),
      mask: (stream, request, mask, modelMs) =>
        this.#within(stream, (composition) => composition.mask(request, mask, modelMs)),
      failed: (stream, { code, message }) =>
        this.#within(stream, (composition) => composition.modelFailed(code, message)),
      broken: (error) => tell({ type: 'segmenter-broken', error: toWire(error, error.code) }),
    });
    this.#link.join(start.port);
    this.#steps = this.#start(start).catch(fail);
  }

  handle(message: Exclude<GateToComposer, Start>): void {
    switch (message.type) {
      case 'open':
        return this.#step(() => this.#open(message));
      case 'close':
        return this.#step(() => {
          this.#compositions.get(message.stream)?.close();
          this.#compositions.delete(message.stream);
        });
      case 'frame':
        return this.#within(
          message.stream,
          (composition) => composition.take(message),
          () => {
            message.frame.close();
            message.backdrop?.close();
          },
        );
      case 'update':
        return this.#within(message.stream, (composition) => composition.update(message));
      case 'measure':
        return this.#within(message.stream, (composition) => composition.measure());
      case 'segmenter-lost':
        this.#link.leave();
        return this.#step(() => {
          this.#description = null;
          for (const composition of this.#compositions.values()) composition.modelLost();
        });
      case 'segmenter-joined':
        return this.#link.join(message.port);
      default:
        return unreachable(message);
    }
  }

  async #start({ assetBase, files }: Start): Promise<void> {
    const reasons = workerReasons();
    if (reasons.length > 0) throw new UnsupportedError('unsupported', reasons.join('; '), { reasons });
    const missing = new Set(PYTHON_FILES);
    const assets = new Assets(assetBase, files, (name) => {
      tell({ type: 'loaded', name });
      if (missing.delete(name) && missing.size === 0) tell({ type: 'starting' });
    });
    void testLayouts().catch(() => undefined); // not waited for: where it hangs so will a frame, which is noticed
    this.#openEngine = await startPython(assets);
    tell({ type: 'ready' });
  }

  #open(message: Open): void {
    if (this.#openEngine === null) return;
    const { stream } = message;
    const composition = new Composition(message, this.#openEngine, {
      tell,
      run: (request, input) => this.#link.run(stream, request, input),
    });
    this.#compositions.set(stream, composition);
    if (this.#description !== null) composition.openModel(this.#description);
  }

  /** A step of one stream, if it is still there. What Python did not foresee costs that stream its engine alone. */
  #within(
    stream: number,
    step: (composition: Composition) => void | Promise<void>,
    otherwise: () => void = () => undefined,
  ): void {
    this.#step(async () => {
      const composition = this.#compositions.get(stream);
      if (composition === undefined) return otherwise();
      try {
        await step(composition);
      } catch (error) {
        composition.renew(error, this.#description);
      }
    });
  }

  /** An exception that comes here leaves nothing to be trusted: another worker is to take the place of this one. */
  #step(step: () => void | Promise<void>): void {
    this.#steps = this.#steps.then(() => (failed ? undefined : step())).catch(fail);
  }
}

let failed = false;

/** Tells the gate once; it will end this worker. */
function fail(error: unknown): void {
  if (failed) return;
  failed = true;
  tell({ type: 'failed', error: toWire(error, 'composer-failed') });
}

let composer: Composer | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === 'start') composer = new Composer(data);
  else if (composer !== null) composer.handle(data);
  else if (data.type === 'frame') data.frame.close();
};
