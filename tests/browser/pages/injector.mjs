/* The page's end of pages/injector.js: what is to break, how often, and when it did. */
const workers = new BroadcastChannel('injector');
const arms = [];
/** {id, atMs}, of the page's clock. */
const strikes = [];

workers.onmessage = ({ data }) => {
  if (data.born) return tell(data.born); // one that takes another's place is to break as well
  const arm = arms.find(({ id }) => id === data.struck);
  if (arm === undefined) return;
  arm.left -= 1;
  strikes.push({ id: data.struck, atMs: data.atMs - performance.timeOrigin });
};

function tell(worker) {
  workers.postMessage({ worker, arms: arms.filter((arm) => arm.worker === worker && arm.left > 0) });
}

let next = 0;

/** `times` may be Infinity. */
export function arm({ worker, at, deed, type = '', times }) {
  arms.push({ id: next, worker, at, deed, type, left: times });
  tell(worker);
  return next++;
}

export function disarm() {
  for (const { worker } of arms.splice(0)) tell(worker);
}

export const struck = (id) => strikes.filter((strike) => strike.id === id).map(({ atMs }) => atMs);

/** Puts a worker's clock ahead. */
export const jump = (worker, jumpMs) => workers.postMessage({ worker, jumpMs });

export function block(ms) {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
