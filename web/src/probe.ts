import type { GateToPage, PageToGate } from './protocol.js';
import { startWorker } from './scripts.js';
import { hasSimd, type SupportReport } from './support.js';
import type { TransportName } from './transport/ends.js';

const PROBE_TIMEOUT_MS = 5000;

type Answer = Pick<GateToPage, 'reasons' | 'tracks'>;
const lacking = (reason: string): Answer => ({ reasons: [reason], tracks: false });

/** The report of what is missing; nothing is if there is no reason. */
export function reportOf(reasons: readonly string[], transport: TransportName | null): SupportReport {
  const supported = reasons.length === 0;
  return {
    supported,
    transport: supported ? transport : null,
    simd: hasSimd(),
    hiddenTabSafe: supported,
    reasons,
  };
}

/** Asks a worker, which has a policy of its own, what it lacks; `url` is the gate's. Never rejects. */
export async function askWorker(url: string): Promise<Answer> {
  let worker: Worker | null = null;
  try {
    return await new Promise<Answer>((resolve) => {
      const gate = (worker = startWorker(url, 'probe'));
      gate.onmessage = ({ data }: MessageEvent<GateToPage>) => {
        if (data.type === 'probed') resolve(data);
      };
      gate.onerror = (event) => {
        event.preventDefault();
        resolve(lacking(
          `the worker ${url} cannot be started: check assetBase, worker-src of the Content-Security-Policy, ` +
            'and that .mjs files are served as text/javascript',
        ));
      };
      setTimeout(() => resolve(lacking(`the worker ${url} does not answer`)), PROBE_TIMEOUT_MS);
      const question: PageToGate = { type: 'probe' };
      gate.postMessage(question);
    });
  } catch (error) {
    return lacking((error as Error).message);
  } finally {
    (worker as Worker | null)?.terminate();
  }
}
