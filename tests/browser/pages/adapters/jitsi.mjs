/*
 * The part of lib-jitsi-meet that deals with effects, as its IStreamEffect and JitsiLocalTrack describe it. The package of
 * that name on npm is from before there were effects, so nothing better can be had here.
 */
import { BlurStreamEffect } from '/adapters/jitsi.mjs';

class LocalTrack {
  videoType = 'camera';
  effect = null;
  stream;
  #original;

  constructor(stream) {
    this.stream = this.#original = stream;
  }

  isVideoTrack() { return true; }

  get track() { return this.stream?.getTracks()[0] ?? null; }

  /** Jitsi takes the track from what it gets, in the same breath. */
  setEffect(effect) {
    if (this.effect) this.#stopEffect();
    this.effect = effect ?? null;
    if (this.effect?.isEnabled(this)) this.stream = this.effect.startEffect(this.#original);
  }

  mute() {
    if (this.effect) this.#stopEffect();
    this.stream.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  unmute(stream) {
    this.stream = this.#original = stream;
    if (this.effect) this.stream = this.effect.startEffect(stream);
  }

  #stopEffect() {
    this.effect.stopEffect();
    this.stream = this.#original;
  }
}

Object.assign(globalThis, { BlurStreamEffect, LocalTrack });
