/** Where a safe stream is in its life. */
export type StreamState =
  /** the veil is shown: Python and the model are not ready yet */
  | 'loading'
  /** the person is shown before the effect */
  | 'running'
  /** the camera's picture is shown as it is: the effect is 'none' */
  | 'raw'
  /** the whole picture is concealed, see the reason */
  | 'concealed'
  /** over: by stop(), by the signal, or because the source ended */
  | 'stopped'
  /** concealed for good: start anew */
  | 'failed';

/** Tiles of 16x16 pixels: how many of a frame, as means of the last second. */
export interface TileCounts {
  /** left as the camera gave them, or held */
  readonly person: number;
  /** served from the blurred room */
  readonly background: number;
  /** blended */
  readonly boundary: number;
  /** not the same as in the frame before: what an encoder has to send */
  readonly written: number;
}

/** A step of the ladder down which quality goes when time is short. Privacy is the same on each. */
export interface Quality {
  /** 0 is the best, 3 the cheapest */
  readonly level: number;
  readonly name: string;
  readonly reason: string;
}

export interface QualityChange extends Quality {
  readonly previousLevel: number;
}

/** What the pipeline tells of its own doing; null until it has. */
export interface Activity {
  readonly tiles: TileCounts | null;
  /** runs of the network */
  readonly modelRuns: number | null;
  /** frames that needed no run: nothing had changed near the person or outside */
  readonly maskReuses: number | null;
  /** tiles of the sealed background that were sampled anew */
  readonly plateSeals: number | null;
  readonly quality: Quality | null;
  /** standard deviation of the camera's noise, in 8-bit levels of luma */
  readonly cameraNoiseLevels: number | null;
  /** bits per second that the picture needs at the most; for `RTCRtpEncodingParameters.maxBitrate` */
  readonly suggestedMaxBitrate: number | null;
}

/** Rates, times and tiles hold for the last second, counts since the start. */
export interface Stats extends Activity {
  readonly state: StreamState;
  readonly inputFps: number;
  readonly outputFps: number;
  readonly inputFrames: number;
  /** shown with the person */
  readonly composedFrames: number;
  /** shown as the camera gave them, because the effect is 'none' */
  readonly rawFrames: number;
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
