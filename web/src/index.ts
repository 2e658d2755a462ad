import { Assets, fetchManifest, type Manifest } from './assets.js';
import { placeEffect } from './backdrop.js';
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
import { probeSupport } from './probe.js';
import type { SafeStream } from './safestream.js';
import { Session } from './session.js';
import { videoTrackOf } from './source.js';
import { pageReasons, type SupportReport } from './support.js';
import { openTracks, outputOf } from './transport/streams.js';

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
  isSupported(options?: Pick<PreloadOptions, 'assetBase'>): Promise<SupportReport>;
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
      try {
        const [gateUrl, placed] = await Promise.all([assets.script('gate.mjs'), placing]);
        parsed.signal?.throwIfAborted();
        // Asked again: the camera may have gone while the files came.
        const ends = openTracks(videoTrackOf(stream), outputOf(options));
        session = new Session(gateUrl, manifest, ends, stream, parsed, placed);
      } catch (error) {
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
    isSupported: async (options?: Pick<PreloadOptions, 'assetBase'>) => {
      if (pageReasons().length > 0) return probeSupport(null);
      try {
        return await probeSupport(parseOptions(options, scriptUrl).assetBase);
      } catch (error) {
        return {
          ...(await probeSupport(null)),
          supported: false,
          transport: null,
          reasons: [(error as Error).message],
        };
      }
    },
  });
}

function refuseUnsupported(): void {
  const reasons = pageReasons();
  if (reasons.length === 0) return;
  throw new UnsupportedError('unsupported', `BlurStream cannot run here: ${reasons.join('; ')}`, { reasons });
}
