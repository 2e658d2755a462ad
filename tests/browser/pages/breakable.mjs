/* The workers of the instrumented build from the page's side, see trapdoor.js. */
const trapdoor = new BroadcastChannel('trapdoor');
const ANSWER_MS = 10_000;

export function tell(worker, fault) { trapdoor.postMessage({ worker, fault }); }

/** What a worker answers; null if it does not, as it hangs or has ended. */
export function ask(worker, what) {
  return new Promise((resolve) => {
    const hear = ({ data }) => { if (data.answered === worker) end(data); };
    const late = setTimeout(() => end(null), ANSWER_MS);
    function end(answer) {
      clearTimeout(late);
      trapdoor.removeEventListener('message', hear);
      resolve(answer);
    }
    trapdoor.addEventListener('message', hear);
    tell(worker, what);
  });
}
