/* Runs cases one after another in a worker of their own, with a limit of time for each. */

/** After as many a new worker is made: WebAssembly's memory never shrinks. */
const CASES_A_WORKER = 100;
/** After such a failure nothing that the runtime says can be relied on, as in the product, which ends its worker. */
const BROKEN = /abort|unreachable|out of bounds|memory|bad_alloc|RuntimeError|null function|signature/i;

let worker = null;
let done = 0;

function ask(message, limitMs) {
  worker ??= new Worker('/bundled/loading-worker.mjs', { type: 'module' });
  const asked = worker;
  return new Promise((resolve) => {
    const end = (outcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    const timer = setTimeout(() => end({ hung: true, ms: limitMs }), limitMs);
    asked.onmessage = ({ data }) => end(data);
    asked.onerror = (event) => {
      event.preventDefault();
      end({ died: true, message: event.message });
    };
    asked.postMessage(message);
  });
}

function renew() {
  worker?.terminate();
  worker = null;
  done = 0;
}

/** The outcomes, in the order of the cases; a network is fetched from its `url`. `warm`: what a new worker begins with. */
export async function run(cases, limitMs, warm) {
  const outcomes = [];
  for (const one of cases) {
    if (worker === null && warm) {
      const first = await ask(await loaded(warm), 60_000);
      if (!first.answers) throw new Error(`the network itself: ${JSON.stringify(first)}`);
    }
    const outcome = await ask(await loaded(one), limitMs);
    outcomes.push(outcome);
    done += 1;
    if (outcome.hung || outcome.died || BROKEN.test(outcome.message ?? '') || done === CASES_A_WORKER) renew();
  }
  return outcomes;
}

async function loaded(one) {
  if (one.url === undefined) return one;
  return { ...one, model: await (await fetch(one.url)).arrayBuffer() };
}
