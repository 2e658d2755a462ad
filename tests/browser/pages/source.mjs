/* A camera of the page's own: a generated track that a worker writes pictures to, in any size and format. */
import { RealGenerator } from './tap.mjs';

export class Source {
  /** All that deliver. */
  static open = new Set();

  track;
  #worker;
  #answers = new Map();
  #next = 0;

  constructor() {
    this.track = new RealGenerator({ kind: 'video' });
    this.#worker = new Worker('/pages/source-worker.mjs', { type: 'module', name: 'test-source' });
    this.#worker.onmessage = ({ data }) => {
      this.#answers.get(data.id)?.(data.value);
      this.#answers.delete(data.id);
    };
    const { writable } = this.track;
    this.#worker.postMessage({ type: 'open', writable }, [writable]);
    Source.open.add(this);
  }

  get stream() { return new MediaStream([this.track]); }

  /** Goes on with other pictures: {picture, width, height, format, extra}, or pauses: null; `extra` goes to VideoFrame. */
  show(look) { return this.#ask({ type: 'show', look }); }

  /** Writes `count` frames at once. */
  burst(count) { return this.#ask({ type: 'burst', count }); }

  /** Writes frames of noise, see source-worker.mjs; how many could be made. */
  odd(frames) { return this.#ask({ type: 'odd', frames }); }

  /** Timestamps of all frames written so far. */
  written() { return this.#ask({ type: 'written' }); }

  stop() {
    this.track.stop();
    this.#worker.terminate();
    Source.open.delete(this);
  }

  #ask(message) {
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#worker.postMessage({ id, ...message });
    });
  }
}
