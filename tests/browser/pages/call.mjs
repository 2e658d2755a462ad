/* A call of the page with itself: what the other side gets, looked at frame by frame. */

/** Sends tracks one after the other over one connection; `subject.rows()` has what is received, too. */
export class Call {
  #here = new RTCPeerConnection();
  #there = new RTCPeerConnection();
  #sender = null;
  /** of what is received */
  tap = null;

  /** The first track opens the connection, each further one takes its place. */
  async send(track) {
    if (this.#sender !== null) return this.#sender.replaceTrack(track);
    const [here, there] = [this.#here, this.#there];
    here.onicecandidate = ({ candidate }) => there.addIceCandidate(candidate);
    there.onicecandidate = ({ candidate }) => here.addIceCandidate(candidate);
    this.#sender = here.addTrack(track, new MediaStream([track]));
    const received = new Promise((resolve) => { there.ontrack = (event) => resolve(event.track); });
    await here.setLocalDescription();
    await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    await here.setRemoteDescription(there.localDescription);
    const parameters = this.#sender.getParameters();
    parameters.degradationPreference = 'maintain-resolution';
    for (const encoding of parameters.encodings) encoding.maxBitrate = 8_000_000;
    await this.#sender.setParameters(parameters);
    this.tap = subject.tap(await received);
    subject.leaving.push(() => this.close());
  }

  /** What the connection says of the pictures that it sends. */
  async sent() {
    const report = await this.#sender.getStats();
    return [...report.values()].find(({ type }) => type === 'outbound-rtp');
  }

  close() {
    this.#here.close();
    this.#there.close();
  }
}
