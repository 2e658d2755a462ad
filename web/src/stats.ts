/** Where a safe stream is in its life. */
export type StreamState =
  /** the veil is shown: Python and the model are not ready yet */
  | 'loading'
  /** the person is shown before the effect */
  | 'running'
  /** the whole picture is concealed, see the reason */
  | 'concealed'
  /** over: by stop(), by the signal, or because the source ended */
  | 'stopped'
  /** concealed for good: start anew */
  | 'failed';

/** Rates and times hold for the last second, counts since the start. */
export interface Stats {
  readonly state: StreamState;
  readonly inputFps: number;
  readonly outputFps: number;
  readonly inputFrames: number;
  /** shown with the person */
  readonly composedFrames: number;
  /** shown concealed by Python */
  readonly concealedFrames: number;
  /** shown as a flat veil */
  readonly veiledFrames: number;
  /** not shown, because a newer one was there */
  readonly droppedFrames: number;
  /** camera frame read to safe frame written; null when none was written */
  readonly latencyMs: { readonly median: number; readonly p95: number } | null;
  /** mean time of each stage of the pipeline */
  readonly stageMs: Readonly<Record<string, number>>;
  /** mean time of one run of the network */
  readonly modelMs: number | null;
  /** memory of the composer's WebAssembly heap */
  readonly heapBytes: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly frameFormat: string | null;
  /** workers started again since the start */
  readonly restarts: number;
}
