/** Two peer connections of this tab: what one sends is encoded, travels, and is decoded by the other. */

/** Counts since the start of a loopback. */
export interface Sent {
  readonly atMs: number;
  readonly bytes: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** sum of the encoder's quantisers: divided by frames, the smaller the better the picture */
  readonly quantisers: number;
  readonly encodedFrames: number;
  readonly codec: string;
}

export class Loopback {
  readonly #near: RTCPeerConnection;
  readonly #far: RTCPeerConnection;
  readonly #sender: RTCRtpSender;
  /** What the other end decodes; nobody has to look at it. */
  readonly arrived: MediaStream;

  private constructor(near: RTCPeerConnection, far: RTCPeerConnection, sender: RTCRtpSender, arrived: MediaStream) {
    this.#near = near;
    this.#far = far;
    this.#sender = sender;
    this.arrived = arrived;
  }

  /** Calls; `codec` is a mimeType, or empty for what the browser prefers. */
  static async open(track: MediaStreamTrack, codec: string): Promise<Loopback> {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    try {
      near.addEventListener('icecandidate', ({ candidate }) => void far.addIceCandidate(candidate ?? undefined));
      far.addEventListener('icecandidate', ({ candidate }) => void near.addIceCandidate(candidate ?? undefined));
      const arrived = new MediaStream();
      far.addEventListener('track', ({ track: remote }) => arrived.addTrack(remote));
      const transceiver = near.addTransceiver(track, { direction: 'sendonly' });
      prefer(transceiver, codec);
      await near.setLocalDescription();
      await far.setRemoteDescription(near.localDescription as RTCSessionDescription);
      await far.setLocalDescription();
      await near.setRemoteDescription(far.localDescription as RTCSessionDescription);
      return new Loopback(near, far, transceiver.sender, arrived);
    } catch (error) {
      near.close();
      far.close();
      throw error;
    }
  }

  get trackId(): string {
    return this.#sender.track?.id ?? '';
  }

  /** Another track in the same call, nothing is negotiated anew. */
  async replace(track: MediaStreamTrack): Promise<void> {
    await this.#sender.replaceTrack(track);
  }

  /** Bits per second at the most. The size stays, so that two lines can be compared. */
  async limit(maxBitrate: number): Promise<void> {
    const parameters = this.#sender.getParameters();
    parameters.degradationPreference = 'maintain-resolution';
    for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
    await this.#sender.setParameters(parameters);
  }

  /** Null until something has been sent. */
  async measure(): Promise<Sent | null> {
    const report = await this.#sender.getStats();
    for (const entry of report.values() as Iterable<Record<string, unknown>>) {
      if (entry['type'] !== 'outbound-rtp') continue;
      const count = (name: string): number => Number(entry[name] ?? 0);
      const codec = report.get(String(entry['codecId'])) as { mimeType?: string } | undefined;
      return {
        atMs: count('timestamp'), bytes: count('bytesSent'), frames: count('framesSent'),
        width: count('frameWidth'), height: count('frameHeight'),
        quantisers: count('qpSum'), encodedFrames: count('framesEncoded'), codec: codec?.mimeType?.replace('video/', '') ?? '',
      };
    }
    return null;
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }
}

/** The codecs that this browser can send, by mimeType; without what only repairs or repeats. */
export function codecs(): string[] {
  const types = RTCRtpSender.getCapabilities('video')?.codecs.map(({ mimeType }) => mimeType) ?? [];
  return [...new Set(types)].filter((type) => !/\/(rtx|red|ulpfec|flexfec)/i.test(type));
}

function prefer(transceiver: RTCRtpTransceiver, codec: string): void {
  const all = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const wanted = all.filter(({ mimeType }) => mimeType === codec);
  if (wanted.length > 0) transceiver.setCodecPreferences([...wanted, ...all.filter((one) => !wanted.includes(one))]);
}
