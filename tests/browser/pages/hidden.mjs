/*
 * Runs, hides itself behind another tab, and reports what came out meanwhile. It drives itself: a tab that a test
 * driver is attached to is never hidden.
 */
import './subject.mjs';
import { Call } from './call.mjs';

const WATCH_MS = 4000;
const { subject } = globalThis;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let animationFrames = 0;
(function count() { animationFrames += 1; requestAnimationFrame(count); })();

async function run() {
  await subject.open({ picture: 'portrait', width: 640, height: 360, format: 'I420' });
  const asked = new URLSearchParams(location.search);
  const effect = asked.get('effect');
  await subject.begin(effect === null ? {} : { effect: JSON.parse(effect) });
  const call = new Call();
  if (asked.has('call')) await call.send(subject.safe.getVideoTracks()[0]);
  await subject.safe.ready;
  await pause(1000);
  const visible = { hidden: document.hidden, rows: subject.rows() };
  open('/pages/blank.html');
  await pause(500);
  subject.rows();
  const before = animationFrames;
  await pause(WATCH_MS);
  return {
    visible, hidden: document.hidden, animationFrames: animationFrames - before, rows: subject.rows(),
    state: subject.state, received: call.tap?.count ?? 0, events: subject.events,
  };
}

const report = await run().catch((error) => ({ failure: String(error) }));
await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
