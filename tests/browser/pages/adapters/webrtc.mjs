import { protectSender } from '/adapters/webrtc.mjs';

globalThis.protectSender = protectSender;
