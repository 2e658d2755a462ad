import type { GateToPage, PageToGate } from './protocol.js';
import { hasSimd, pageReasons, type SupportReport } from './support.js';

const PROBE_TIMEOUT_MS = 5000;

/** Asks the page, then a worker of the assets' own policy; never rejects. */
export async function probeSupport(assetBase: string | null): Promise<SupportReport> {
  const missing = pageReasons();
  // Without asset files there is no worker to ask; then the page's answer has to do.
  const reasons =
    missing.length > 0 || assetBase === null ? missing : await askWorker(new URL('gate.mjs', assetBase).href);
  const supported = reasons.length === 0;
  return {
    supported,
    transport: supported ? 'streams' : null,
    simd: hasSimd(),
    hiddenTabSafe: supported,
    reasons,
  };
}

async function askWorker(url: string): Promise<string[]> {
  let worker: Worker | null = null;
  try {
    return await new Promise<string[]>((resolve) => {
      const gate = (worker = new Worker(url, { type: 'module', name: 'blurstream-probe' }));
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
    return [
      `workers cannot be started (${(error as Error).message}): check worker-src of the Content-Security-Policy`,
    ];
  } finally {
    (worker as Worker | null)?.terminate();
  }
}
