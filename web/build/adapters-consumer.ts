/* A program such as users of the adapters write; their types, and those of the packages, have to fit it. Never run. */
import { LocalVideoTrack, createLocalVideoTrack, type Track, type TrackProcessor } from 'livekit-client';
import { createElement } from 'react';
import * as twilio from 'twilio-video';
import { protectCamera, safeGetUserMedia, type CameraProtection } from './adapters/getusermedia.mjs';
import { BlurStreamEffect } from './adapters/jitsi.mjs';
import { BlurStreamProcessor } from './adapters/livekit.mjs';
import { useBlurStream } from './adapters/react.mjs';
import { protectSender, type ProtectedSender } from './adapters/webrtc.mjs';
import blurStream, { type Effect, type Stats } from './blurstream.mjs';

const effect: Effect = { type: 'color', color: '#008080' };

export async function liveKit(camera: MediaStreamTrack): Promise<LocalVideoTrack> {
  const processor: TrackProcessor<Track.Kind.Video> = new BlurStreamProcessor({ effect });
  await new LocalVideoTrack(camera).setProcessor(processor);
  const own = new BlurStreamProcessor();
  const track = await createLocalVideoTrack({ processor: own });
  await own.update({ effect });
  return track;
}

export async function twilioVideo(camera: MediaStream): Promise<twilio.LocalVideoTrack[]> {
  const getUserMedia = safeGetUserMedia({ effect });
  const safe = await blurStream(camera);
  const [track] = safe.getVideoTracks();
  if (track === undefined) throw safe.reason;
  await twilio.createLocalTracks({ audio: true, video: true, getUserMedia });
  return [await twilio.createLocalVideoTrack({ getUserMedia }), new twilio.LocalVideoTrack(track)];
}

/** IStreamEffect of lib-jitsi-meet's modules/RTC/JitsiLocalTrack.ts; the package on npm is too old to have it. */
interface StreamEffect {
  isEnabled(track: { isVideoTrack(): boolean; videoType?: string }): boolean;
  isMuted?(): boolean;
  setMuted?(muted: boolean): void;
  startEffect(stream: MediaStream): MediaStream;
  stopEffect(): void;
}

export function jitsi(): StreamEffect {
  // @ts-expect-error: the effect has signals of its own
  new BlurStreamEffect({ signal: new AbortController().signal });
  return new BlurStreamEffect({ effect, onError: ({ code }) => code.length });
}

export async function webRtc(sender: RTCRtpSender): Promise<ProtectedSender> {
  const protection = await protectSender(sender, { effect });
  await protection.update({ denoise: false });
  await protection.safe?.ready;
  await protection.stop();
  return protection;
}

export function anyPage(): CameraProtection {
  const protection = protectCamera({ effect });
  for (const safe of protection.streams) void safe.stop();
  protection.restore();
  return protection;
}

export function Camera({ stream }: { stream: MediaStream | null }) {
  const { safe, state, reason, error, stats, update, pause } = useBlurStream(stream, { effect });
  const figures: Stats | null = stats;
  const attach = (video: HTMLVideoElement | null) => {
    if (video) video.srcObject = safe;
  };
  const onClick = () => void (state === 'running' ? pause() : update({ effect }));
  return createElement('p', { title: error?.code ?? reason, onClick }, figures?.outputFps, createElement('video', { ref: attach }));
}
