import * as twilio from 'twilio-video';
import { protectCamera, safeGetUserMedia } from '/adapters/getusermedia.mjs';

Object.assign(globalThis, { protectCamera, safeGetUserMedia, twilio });
