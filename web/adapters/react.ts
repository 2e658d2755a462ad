/* The hook useBlurStream. React is the application's own: this file imports it by its bare name. */
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  AbortError,
  blurStream,
  BlurStreamError,
  type BlurStreamOptions,
  type Changes,
  type SafeStream,
  type Stats,
  type StreamState,
} from '../src/module.js';
import { changesOf } from './changes.js';
import { sameValue } from './samevalue.js';

export interface BlurredStream {
  /** What to send and to show; null until its track exists, and without a source. */
  readonly safe: SafeStream | null;
  readonly state: StreamState;
  /** Why the state is what it is, as a code. */
  readonly reason: string;
  /** The newest error: of the stream, of beginning, or of options that changed. */
  readonly error: BlurStreamError | null;
  /** Anew once a second. */
  readonly stats: Stats | null;
  /** Changes the stream by hand, until `effect` or `denoise` of the options have other values. */
  readonly update: (changes: Changes) => Promise<void>;
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
}

type Seen = Pick<BlurredStream, 'safe' | 'state' | 'reason' | 'error' | 'stats'>;

const NOTHING: Seen = { safe: null, state: 'loading', reason: 'starting', error: null, stats: null };

/**
 * A safe stream of `stream` for as long as the component is there; null means none yet. The source stays the
 * application's. Options are compared by value: another `effect` or `denoise` goes to the running stream, another
 * `stream`, `assetBase`, `workers` or `signal` begins a new one.
 */
export function useBlurStream(
  stream: MediaStream | null | undefined,
  options: BlurStreamOptions = {},
): BlurredStream {
  const [seen, setSeen] = useState(NOTHING);
  const newest = useRef(options);
  /** What the stream has, or was asked for last. */
  const applied = useRef<Changes>({});
  useEffect(() => {
    newest.current = options;
  });

  const { signal, workers } = options;
  const assetBase = options.assetBase?.toString();
  useEffect(() => {
    if (!stream) return undefined;
    const run = new AbortController();
    const note = (news: Partial<Seen>): void => {
      if (!run.signal.aborted) setSeen((before) => ({ ...before, ...news }));
    };
    const begin = async (): Promise<void> => {
      await null; // StrictMode takes the first effect back at once: nothing is begun for that one
      if (run.signal.aborted) return;
      applied.current = changesOf(newest.current);
      const signals = signal === undefined ? run.signal : AbortSignal.any([run.signal, signal]);
      const safe = await blurStream(stream, { ...newest.current, signal: signals });
      if (run.signal.aborted) return;
      safe.addEventListener('statechange', ({ detail }) => note(detail));
      safe.addEventListener('stats', ({ detail }) => note({ stats: detail }));
      safe.addEventListener('error', ({ detail }) => note({ error: detail }));
      note({ safe, state: safe.state, reason: safe.reason });
    };
    begin().catch((error: BlurStreamError) => note({ state: 'failed', reason: error.code, error }));
    return () => {
      run.abort();
      setSeen(NOTHING);
    };
  }, [stream, assetBase, workers, signal]);

  const { safe } = seen;
  useEffect(() => {
    const wanted = changesOf(options);
    if (safe === null || sameValue(wanted, applied.current)) return;
    applied.current = wanted;
    safe.update(wanted).catch((error: BlurStreamError) => {
      // The stream says itself that it is over; and there may be another one by now.
      if (error instanceof AbortError) return;
      setSeen((before) => (before.safe === safe ? { ...before, error } : before));
    });
  });

  const update = useCallback(async (changes: Changes) => running(safe).update(changes), [safe]);
  const pause = useCallback(async () => running(safe).pause(), [safe]);
  const resume = useCallback(async () => running(safe).resume(), [safe]);
  return { ...seen, update, pause, resume };
}

function running(safe: SafeStream | null): SafeStream {
  if (safe !== null) return safe;
  throw new AbortError('stopped', 'There is no stream to change: wait until `safe` is not null');
}
