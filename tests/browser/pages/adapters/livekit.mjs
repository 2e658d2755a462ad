import * as livekit from 'livekit-client';
import { BlurStreamProcessor } from '/adapters/livekit.mjs';

livekit.setLogLevel('silent');
Object.assign(globalThis, { livekit, BlurStreamProcessor });
