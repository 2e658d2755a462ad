/*
 * Every error a caller can meet:
 *
 * BlurStreamError            .code (stable, kebab-case) and .details (plain JSON)
 *   UnsupportedError         this browser or page policy cannot run BlurStream
 *   AssetError               a file below assetBase is missing, unreachable or not the one that was built
 *   OptionsError             an option has a wrong value
 *   SourceError              the input is no stream, has no video track, or has ended
 *   ModelError               the network does not fit its description, or does not run
 *   WorkerError              a worker could not start, died or hung too often
 *   AbortError               the signal was aborted, or the stream was stopped meanwhile
 */

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** How an error crosses a thread: class instances do not survive structured clone. @internal */
export interface WireError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Base of every error BlurStream throws, rejects with or puts into an event. */
export class BlurStreamError extends Error {
  /** Stable and kebab-case, to be compared in code; messages may change. */
  readonly code: string;
  /** Plain JSON: the values the message speaks of. */
  readonly details: ErrorDetails;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = new.target.errorName;
    this.code = code;
    this.details = details;
  }

  /** Not `constructor.name`: minifiers rename classes. @internal */
  static readonly errorName: string = 'BlurStreamError';
}

/** This browser, or a policy of this page, cannot run BlurStream; `details.reasons` lists why. */
export class UnsupportedError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'UnsupportedError';
}

/** A file below `assetBase` is missing, unreachable or not the one that was built. */
export class AssetError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'AssetError';
  /** The address that was fetched. */
  get url(): string {
    return String(this.details['url'] ?? '');
  }
  /** What should have come: a sha256 in hex, or a status. */
  get expected(): string {
    return String(this.details['expected'] ?? '');
  }
  /** What came instead. */
  get actual(): string {
    return String(this.details['actual'] ?? '');
  }
}

/** An option has a wrong value; `details.option` names it. */
export class OptionsError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'OptionsError';
}

/** The input is not a MediaStream, has no video track, or its video track has ended. */
export class SourceError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'SourceError';
}

/** The network does not fit its description, or does not run. */
export class ModelError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'ModelError';
}

/** A worker could not be started, died, or hung. */
export class WorkerError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'WorkerError';
}

/** The signal was aborted, or the stream was stopped before the thing asked for happened. */
export class AbortError extends BlurStreamError {
  /** @internal */
  static override readonly errorName: string = 'AbortError';
}

/** The typed error of an aborted signal; the signal's own reason goes along in the details. @internal */
export function aborted(signal: AbortSignal): BlurStreamError {
  if (signal.reason instanceof BlurStreamError) return signal.reason;
  return new AbortError('aborted', 'BlurStream was aborted by the signal it was given', {
    reason: String((signal.reason as Error | undefined)?.message ?? signal.reason),
  });
}

const CLASSES = [
  UnsupportedError,
  AssetError,
  OptionsError,
  SourceError,
  ModelError,
  WorkerError,
  AbortError,
];

/**
 * Makes anything thrown fit for postMessage; foreign errors keep their name and get `fallbackCode`.
 * @internal
 */
export function toWire(thrown: unknown, fallbackCode: string): WireError {
  if (thrown instanceof BlurStreamError) {
    return { name: thrown.name, code: thrown.code, message: thrown.message, details: thrown.details };
  }
  const [name, message] = thrown instanceof Error ? [thrown.name, thrown.message] : ['Error', String(thrown)];
  return {
    name: 'WorkerError',
    code: fallbackCode,
    message: `${name}: ${message}`,
    details: { cause: name },
  };
}

/** Rebuilds the class an error had before it crossed. @internal */
export function fromWire(wire: WireError): BlurStreamError {
  const Class = CLASSES.find((candidate) => candidate.errorName === wire.name) ?? BlurStreamError;
  return new Class(wire.code, wire.message, wire.details);
}
