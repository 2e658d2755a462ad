import { AbortError } from './errors.js';

/** The typed error of an aborted signal; the signal's own reason goes along in the details. */
export function aborted(signal: AbortSignal): AbortError {
  return new AbortError('aborted', 'BlurStream was aborted by the signal it was given', {
    reason: String((signal.reason as Error | undefined)?.message ?? signal.reason),
  });
}
