/* Which of the three ways frames take here: by what the browser has, never by its name. */
import type { Seat } from '../engine.js';
import { canvasSink, hasCanvas } from './canvas.js';
import { elementSource } from './element.js';
import type { Sink, Source, TransportName } from './ends.js';
import { hasStreams, streamSink, streamSource } from './streams.js';
import { areTracksTransferable, generatedSink, trackSource } from './worker-track.js';

/**
 * For adapters that have to hand out the track before blurStream resolves: an option under this name is the sink to
 * write to, from `sinkAtOnce`.
 */
export const OUTPUT = Symbol.for('blurstream.output');

/** The output that the options of an adapter bring along. */
export function outputOf(options: unknown): Sink | undefined {
  return (options as { readonly [OUTPUT]?: Sink } | undefined)?.[OUTPUT];
}

/** Those that the page could use, the best one first; of 'worker-track' the gate has the last word. */
export function transportsHere(): TransportName[] {
  if (hasStreams()) return ['streams'];
  if (!hasCanvas()) return [];
  return areTracksTransferable() ? ['worker-track', 'element'] : ['element'];
}

/** The ends of a safe stream that begins. */
export interface Ends {
  readonly seat: Seat;
  readonly sink: Sink;
  readonly source: Source;
  /** As the first one was opened: for another camera on the same track. */
  readonly openSource: (track: MediaStreamTrack) => Source;
}

/** A track to write to, where none can be waited for. */
export function sinkAtOnce(): Sink {
  return hasStreams() ? streamSink() : canvasSink();
}

/**
 * `source`: asked when its turn has come, for a camera may go meanwhile; `given`: the output, where there is one
 * already; `join`: makes a seat at the gate. Raises SourceError and what the gate fails with, and leaves nothing then.
 */
export async function openEnds(
  source: () => MediaStreamTrack,
  given: Sink | undefined,
  join: () => Seat,
  signal: AbortSignal | null,
): Promise<Ends> {
  const [best] = transportsHere();
  let [openSource, seat, generated] = [elementSource as Ends['openSource'], null as Seat | null, null as Sink | null];
  let opened: Source | undefined;
  try {
    if (best === 'streams') openSource = streamSource;
    if (best === 'worker-track') {
      seat = join();
      generated = await generatedSink(seat, signal);
      // A gate that makes a track reads one, too: see outgoing.ts.
      if (generated !== null) openSource = trackSource;
    }
    opened = openSource(source()); // before a track is made: where that fails none is left behind
    seat ??= join();
    const sink = given ?? generated ?? sinkAtOnce();
    if (sink !== generated) generated?.stop();
    sink.track.contentHint = opened.track.contentHint;
    return { seat, sink, source: opened, openSource };
  } catch (error) {
    opened?.close();
    generated?.stop();
    seat?.leave();
    throw error;
  }
}
