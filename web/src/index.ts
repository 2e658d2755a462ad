import { Assets, fetchManifest, type Manifest } from './assets.js';
import { placeEffect } from './backdrop.js';
import { Engine, type Seat } from './engine.js';
import {
  AbortError,
  AssetError,
  BlurStreamError,
  ModelError,
  OptionsError,
  SourceError,
  UnsupportedError,
  WorkerError,
  aborted,
} from './errors.js';
import {
  parseOptions,
  type BlurStreamOptions,
  type ParsedOptions,
  type PreloadOptions,
} from './options.js';
import { preloadAssets } from './preload.js';
import { askWorker, reportOf } from './probe.js';
import type { SafeStream } from './safestream.js';
import { scriptOf } from './scripts.js';
import { Session } from './session.js';
import { videoTrackOf } from './source.js';
import { pageReasons, type SupportReport } from './support.js';
import { openEnds, outputOf, transportsHere, type Ends } from './transport/choice.js';

const ERRORS = {
  BlurStreamError,
  UnsupportedError,
  AssetError,
  OptionsError,
  SourceError,
  ModelError,
  WorkerError,
  AbortError,
};

/** The function `blurStream`, and what hangs on it. */
export interface BlurStream extends Readonly<typeof ERRORS> {
  /**
   * A stream to send instead of `stream`: the person before another background, and the same audio tracks.
   * Resolves as soon as its track exists and shows a veil; `safe.ready` tells when the person appears.
   * Rejects with a BlurStreamError, and then leaves nothing running.
   */
  (stream: MediaStream, options?: BlurStreamOptions): Promise<SafeStream>;
  /** What this browser, and the policy of this page, can do. Never rejects. */
  isSupported(options?: Pick<PreloadOptions, 'assetBase' | 'workers'>): Promise<SupportReport>;
  /**
   * Fetches and checks all files, for a lobby: joining is quick then. Rejects with AssetError or
   * AbortError.
   */
  preload(options?: PreloadOptions): Promise<void>;
  readonly version: string;
}

/** `scriptUrl` is the address of the library's own script, beside which the assets are. @internal */
export function createBlurStream(scriptUrl: string | null): BlurStream {
  const blurStream = async (stream: MediaStream, options?: BlurStreamOptions): Promise<SafeStream> => {
    videoTrackOf(stream);
    refuseUnsupported();
    return loading(options, async (parsed, manifest) => {
      const assets = new Assets(parsed.assetBase, manifest.files, undefined, parsed.signal);
      const placing = placeEffect(parsed.effect, parsed.signal);
      let session: Session;
      let ends: Ends | undefined;
      try {
        const script = scriptOf(assets, 'gate.mjs', parsed.workers);
        const [gateUrl, placed] = await Promise.all([script, placing]);
        parsed.signal?.throwIfAborted();
        const { assetBase, workers, signal } = parsed;
        const join = (): Seat => Engine.at(gateUrl).join(assetBase, workers, manifest);
        // Asked again: the camera may have gone while the files came.
        ends = await openEnds(() => videoTrackOf(stream), outputOf(options), join, signal);
        session = new Session(ends, stream, parsed, placed);
      } catch (error) {
        ends?.source.close();
        ends?.sink.stop();
        placing.then((placed) => placed.release()).catch(() => undefined);
        throw error;
      }
      await session.opened;
      return session as SafeStream;
    });
  };

  const loading = async <T>(
    options: unknown,
    load: (parsed: ParsedOptions, manifest: Manifest) => Promise<T>,
  ): Promise<T> => {
    const parsed = parseOptions(options, scriptUrl);
    try {
      return await load(
        parsed,
        await fetchManifest(parsed.assetBase, BLURSTREAM_MANIFEST_SHA256, parsed.signal),
      );
    } catch (error) {
      throw parsed.signal?.aborted ? aborted(parsed.signal) : error;
    }
  };

  return Object.assign(blurStream, ERRORS, {
    version: BLURSTREAM_VERSION,
    preload: (options?: PreloadOptions) =>
      loading(options, (parsed, manifest) => preloadAssets(manifest, parsed)),
    isSupported: async (options?: Pick<PreloadOptions, 'assetBase' | 'workers'>) => {
      const missing = pageReasons();
      if (missing.length > 0) return reportOf(missing, null);
      try {
        return await loading(options, async ({ assetBase, workers }, { files }) => {
          const { reasons, tracks } = await askWorker(await scriptOf(new Assets(assetBase, files), 'gate.mjs', workers));
          const [transport] = transportsHere().filter((name) => tracks || name !== 'worker-track');
          return reportOf(reasons, transport ?? null);
        });
      } catch (error) {
        return reportOf([(error as Error).message], null);
      }
    },
  });
}

function refuseUnsupported(): void {
  const reasons = pageReasons();
  if (reasons.length === 0) return;
  throw new UnsupportedError('unsupported', `BlurStream cannot run here: ${reasons.join('; ')}`, { reasons });
}
