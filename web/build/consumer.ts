/* A program such as users write; blurstream.d.ts has to fit it. Never run. */
import blurStream, { AssetError, BlurStreamError, type SafeStream, type Stats } from './blurstream.js';

export async function call(
  camera: MediaStream,
  peer: RTCPeerConnection,
  signal: AbortSignal,
): Promise<Stats | null> {
  const { supported, reasons } = await blurStream.isSupported();
  if (!supported) throw new blurStream.UnsupportedError('unsupported', reasons.join());
  await blurStream.preload({ signal, onProgress: ({ loadedBytes, totalBytes }) => loadedBytes / totalBytes });
  let safe: SafeStream;
  try {
    safe = await blurStream(camera, {
      effect: { type: 'blur', strength: 0.5, background: 'fresh' },
      denoise: false,
      assetBase: '/blurstream/assets/',
    });
  } catch (error) {
    if (error instanceof AssetError)
      return fail(`${error.code} ${error.url} ${error.expected} ${error.actual}`);
    if (error instanceof BlurStreamError) return fail(error.details['option']);
    throw error;
  }
  for (const track of safe.getTracks()) peer.addTrack(track, safe);
  safe.addEventListener('statechange', ({ detail }) => {
    if (detail.state === 'concealed') fail(detail.reason);
  });
  safe.addEventListener('error', (event) => fail(event.detail.code));
  safe.addEventListener('addtrack', (event) => fail(event.track.kind));
  safe.addEventListener('quality', ({ detail }) => {
    if (detail.level > detail.previousLevel) fail(`${detail.name}: ${detail.reason}`);
  });
  await safe.ready;
  await safe.update({ denoise: true });
  await safe.update({ effect: { type: 'blur', strength: 'private' } });
  // @ts-expect-error: no such strength
  await safe.update({ effect: { type: 'blur', strength: 'heavy' } });
  await safe.update({ effect: { type: 'video', source: '/sea.webm', fit: 'contain', position: [0, 0.5] } });
  await safe.update({
    effect: { type: 'greenscreen', key: '#0b0', spill: 0.5, background: { type: 'image', source: '/office.jpg' } },
  });
  const screen = await navigator.mediaDevices.getDisplayMedia();
  await safe.update({ effect: { type: 'presenter', source: screen, shape: 'circle', position: 'top-left' } });
  await safe.update({ effect: { type: 'none' } });
  // @ts-expect-error: a blur cannot stand in a cloth's place
  await safe.update({ effect: { type: 'greenscreen', background: { type: 'blur' } } });
  // @ts-expect-error: no such background
  await safe.update({ effect: { type: 'blur', background: 'painted' } });
  const { tiles, suggestedMaxBitrate, cameraNoiseLevels } = safe.stats ?? {};
  if (tiles && cameraNoiseLevels !== null) fail(tiles.written / (tiles.person + tiles.background + tiles.boundary));
  const [encoding] = peer.getSenders()[0]?.getParameters().encodings ?? [];
  if (encoding && suggestedMaxBitrate) encoding.maxBitrate = suggestedMaxBitrate;
  const view = await safe.selfView({ mode: 'page', container: document.body, mirror: false });
  if (view.mode !== 'page') view.close();
  await safe.replaceSource(camera, { stopSource: true });
  await safe.stop({ stopSource: true });
  await using another = await blurStream(camera);
  if (another.state === 'raw') fail(another.reason);
  return safe.stats;
}

declare function fail(what: unknown): null;
