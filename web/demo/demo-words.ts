/** The library's states and codes, in words for the person at the screen. */
import type { BlurStreamError } from '../src/errors.js';
import type { BlurBackground } from '../src/effects.js';
import type { StreamState } from '../src/stats.js';

export type Tone = 'wait' | 'good' | 'warn' | 'bad' | 'off';

export interface StateWords {
  readonly chip: string;
  readonly tone: Tone;
  readonly text: string;
}

const CONCEALED: Readonly<Record<string, string>> = {
  'starting': 'Python and the model are starting again.',
  'paused': 'You have paused: all of the picture is covered.',
  'no-model': 'The model is not there at the moment, so all of the picture is covered.',
  'no-person': 'Nobody is in the picture, so all of it is covered.',
  'no-picture': 'The picture for your room is not there, so all of the camera\'s is covered.',
  'source-muted': 'The camera gives no picture: it is muted.',
  'source-disabled': 'The camera is turned off.',
  'bad-mask': 'The model gave no usable mask, so all of the picture is covered.',
  'model-error': 'The model failed on this frame, so all of the picture is covered.',
  'no-screen': 'No wall of the key colour is in sight, so only what you chose instead is shown.',
  'error': 'A step failed on this frame, so all of the picture is covered.',
};

/** From these strengths on there is that much to say for them. */
const PRIVATE_FROM = 0.55;
const BLURRED_FROM = 0.25;

const RESTARTING = /^(composer|segmenter)-(died|hung|failed|start-timeout|unreachable)$/;

/** `strength` is that of the effect, 0..1. */
export function stateWords(state: StreamState, reason: string, strength = 0): StateWords {
  switch (state) {
    case 'loading':
      return { chip: 'Loading', tone: 'wait', text: 'Others see a plain colour until you can be shown safely.' };
    case 'running':
      return { chip: 'Running', tone: 'good', text: strength < PRIVATE_FROM
        ? 'Others see you, and your room out of focus.' : 'Others see you, and not your room.' };
    case 'raw':
      return { chip: 'Raw', tone: 'bad', text: 'Others see your camera as it is, your room too.' };
    case 'concealed':
      return { chip: 'Concealed', tone: 'warn', text: RESTARTING.test(reason)
        ? `A worker is being started again (${reason}); all of the picture is covered meanwhile.`
        : CONCEALED[reason] ?? `All of the picture is covered (${reason}).` };
    case 'stopped':
      return { chip: 'Stopped', tone: 'off', text: reason === 'source-ended'
        ? 'The camera has ended, and the sent track with it.' : 'Nothing is sent.' };
    case 'failed':
      return { chip: 'Failed', tone: 'bad', text: 'Others see a plain colour, and nothing of your room.' };
  }
}

export function backgroundWords(background: BlurBackground): string {
  return background === 'sealed'
    ? 'Each place is sampled again only when it changes: little to add up, little to send.'
    : 'Every frame has its own: livelier, more to send, more for others to add up.';
}

export const HIDDEN: StateWords = {
  chip: 'Hidden', tone: 'off', text: 'The sent track is off: others see black, and nothing of you.',
};

/** It failed before there was a track. */
export const NOTHING_SENT: StateWords = {
  chip: 'Failed', tone: 'bad', text: 'There is no track, so nothing is sent.',
};

export const UNSUPPORTED: StateWords = {
  chip: 'Not supported', tone: 'bad', text: 'Nothing was started, and nothing is sent.',
};

export const WAITING: StateWords = {
  chip: 'Waiting', tone: 'off', text: 'Nothing is sent.',
};

export type Failure = Pick<BlurStreamError, 'name' | 'code' | 'message'>;

/** The page without the library beside it. */
export const NOT_BUILT: Failure = {
  name: 'Error', code: 'not-built', message: 'blurstream.js is not on the server beside this page.',
};

/** What to do about an error. */
export function advice({ name, code }: Failure): string {
  if (code === NOT_BUILT.code) return 'Run python3 build.py demo in the checkout, and open the address that it prints.';
  switch (name) {
    case 'AssetError':
      return code === 'asset-unreachable' ? 'Check the connection to the server of this page, then start again.'
        : 'Files on the server do not belong together. Run python3 build.py build, then start again.';
    case 'UnsupportedError': return 'Open this page in a current Chrome, Edge or another Chromium browser.';
    case 'ModelError': return 'Run python3 build.py build to convert the model anew, then start again.';
    case 'SourceError': return 'Choose the clip or another camera, then start again.';
    case 'WorkerError': return 'Start again. If it stays like this, close other tabs: memory may be short.';
    default: return 'Start again. If it stays like this, please report it with the code below.';
  }
}

/** What a strength is good for. The width is that of the Gaussian, as in py/blurstream/options.py. */
export function strengthWords(strength: number): string {
  const percent = (1 + 9 * strength).toFixed(1);
  const use = strength < BLURRED_FROM ? 'For looks only: shapes and large writing stay recognisable.'
    : strength < PRIVATE_FROM ? 'Writing and faces go; large things keep their shape.'
      : 'Made so that nothing behind you can be recognised.';
  return `${use} Blur of ${percent} % of the height.`;
}
