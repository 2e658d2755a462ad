import type { GateToPage, PageToGate } from './protocol.js';
import { startWorker } from './scripts.js';
import { hasSimd, type SupportReport } from './support.js';

const PROBE_TIMEOUT_MS = 5000;

/** The report of what is missing; nothing is if there is no reason. */
export function reportOf(reasons: readonly string[]): SupportReport {
  const supported = reasons.length === 0;
  return {
    supported,
    transport: supported ? 'streams' : null,
    simd: hasSimd(),
    hiddenTabSafe: supported,
    reasons,
  };
}

/** Asks a worker, which has a policy of its own, what it lacks; `url` is the gate's. Never rejects. */
export async function askWorker(url: string): Promise<string[]> {
  let worker: Worker | null = null;
  try {
    return await new Promise<string[]>((resolve) => {
      const gate = (worker = startWorker(url, 'probe'));
      gate.onmessage = ({ data }: MessageEvent<GateToPage>) => {
        if (data.type === 'probed') resolve(data.reasons);
      };
      gate.onerror = (event) => {
        event.preventDefault();
        resolve([
          `the worker ${url} cannot be started: check assetBase, worker-src of the Content-Security-Policy, ` +
            'and that .mjs files are served as text/javascript',
        ]);
      };
      setTimeout(() => resolve([`the worker ${url} does not answer`]), PROBE_TIMEOUT_MS);
      const question: PageToGate = { type: 'probe' };
      gate.postMessage(question);
    });
  } catch (error) {
    return [(error as Error).message];
  } finally {
    (worker as Worker | null)?.terminate();
  }
}
