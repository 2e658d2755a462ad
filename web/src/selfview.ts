/* The output as its owner wants to see it: mirrored, in a window of its own where the browser has one. */
import { mirrored } from './transport/mirrored.js';
import { asRecord, attempt, invalid, oneOf, refuseUnknown, switchOf } from './validation.js';

/**
 * Where a self-view is shown: in a window that stays on top (Document Picture-in-Picture), in the one that
 * browsers have for videos, or in the page.
 */
export type SelfViewMode = 'document-pip' | 'video-pip' | 'page';

export interface SelfViewOptions {
  /**
   * @defaultValue `'auto'`: the first that the browser has and allows; a window needs a click or a key press.
   */
  readonly mode?: 'auto' | SelfViewMode;
  /** Left and right change places, as in a mirror; what is sent stays as it is. @defaultValue `true` */
  readonly mirror?: boolean;
  /** Takes the element up in the page. @defaultValue a small picture in the lower right corner */
  readonly container?: HTMLElement;
  /** What screen readers say, and the window's title. @defaultValue `'Your own picture'` */
  readonly label?: string;
}

/** A preview of what is sent. It closes by itself when the safe stream ends. */
export interface SelfView {
  readonly element: HTMLVideoElement;
  readonly mode: SelfViewMode;
  /** Resolves when it is closed, by `close()`, by its user or by the end of the stream. */
  readonly closed: Promise<void>;
  close(): void;
}

const MODES = ['auto', 'document-pip', 'video-pip', 'page'] as const;
const WINDOW_PX = { width: 360, height: 202 };
const OPTION_NAMES = ['mode', 'mirror', 'container', 'label'];
// One by one: a policy without 'unsafe-inline' forbids style attributes, not this.
const FILLING = { width: '100%', height: '100%', objectFit: 'contain', display: 'block' };
const CORNER = {
  position: 'fixed',
  right: '16px',
  bottom: '16px',
  width: 'min(240px, 40vw)',
  borderRadius: '8px',
  zIndex: '2147483647',
};

interface PictureWindows {
  requestWindow(options: { width: number; height: number }): Promise<Window & typeof globalThis>;
}

type Given = Required<Omit<SelfViewOptions, 'container'>> & { readonly container: HTMLElement | null };
/** `ended`: the stream is over, and so is every view of it. */
type Parsed = Given & { readonly ended: AbortSignal };

/**
 * Shows `track`. A window that cannot be had, as without a click, gives way to the next mode; the page is
 * always there. Raises OptionsError. @internal
 */
export async function openSelfView(
  track: MediaStreamTrack,
  options: unknown,
  ended: AbortSignal,
): Promise<SelfView> {
  const parsed = { ...attempt('options', options, () => parse(options)), ended };
  const wanted = parsed.mode === 'auto' ? ['document-pip', 'video-pip'] : [parsed.mode];
  // Without a click or a key press just before there is no window to be had.
  if (navigator.userActivation?.isActive === false) return inPage(track, parsed);
  if (wanted.includes('document-pip')) {
    const shown = await inDocumentWindow(track, parsed).catch(() => null);
    if (shown !== null) return shown;
  }
  if (wanted.includes('video-pip')) {
    const shown = await inVideoWindow(track, parsed).catch(() => null);
    if (shown !== null) return shown;
  }
  return inPage(track, parsed);
}

function parse(options: unknown): Given {
  const given = asRecord('options', options === undefined ? {} : options);
  refuseUnknown('options', given, OPTION_NAMES);
  const { mode = 'auto', mirror = true, container = null, label = 'Your own picture' } = given;
  if (container !== null && !(container instanceof HTMLElement)) {
    throw invalid('container', container, 'pass an element of the page');
  }
  if (typeof label !== 'string' || label === '') throw invalid('label', label, 'pass a few words');
  return { mode: oneOf('mode', mode, MODES), mirror: switchOf('mirror', mirror), container, label };
}

async function inDocumentWindow(
  track: MediaStreamTrack,
  { mirror, label, ended }: Parsed,
): Promise<SelfView | null> {
  const windows = (globalThis as { documentPictureInPicture?: PictureWindows }).documentPictureInPicture;
  if (windows === undefined) return null;
  const pip = await windows.requestWindow(WINDOW_PX);
  const { document: within } = pip;
  within.title = label;
  within.documentElement.lang = document.documentElement.lang;
  Object.assign(within.documentElement.style, { height: '100%' });
  Object.assign(within.body.style, { margin: '0', height: '100%', background: '#000' });
  const element = within.createElement('video');
  Object.assign(element.style, FILLING, mirror ? { transform: 'scaleX(-1)' } : {});
  within.body.append(element);
  const view = shown('document-pip', element, track, label, ended, () => pip.close());
  pip.addEventListener('pagehide', () => view.close(), { once: true });
  return view;
}

/** Its window shows a video without the page's styles, so its pixels are mirrored. */
async function inVideoWindow(
  track: MediaStreamTrack,
  { mirror, label, ended }: Parsed,
): Promise<SelfView | null> {
  if (!document.pictureInPictureEnabled) return null;
  const source = mirror ? mirrored(track) : { track, end: () => undefined };
  const element = document.createElement('video');
  const view = shown('video-pip', element, source.track, label, ended, () => {
    source.end();
    if (document.pictureInPictureElement === element)
      void document.exitPictureInPicture().catch(() => undefined);
  });
  try {
    // A window wants a picture, which a source that is muted does not give.
    await Promise.race([element.play(), view.closed]);
    await element.requestPictureInPicture();
  } catch (error) {
    view.close();
    throw error;
  }
  element.addEventListener('leavepictureinpicture', () => view.close(), { once: true });
  return view;
}

function inPage(track: MediaStreamTrack, { mirror, label, container, ended }: Parsed): SelfView {
  const element = document.createElement('video');
  Object.assign(
    element.style,
    container === null ? CORNER : FILLING,
    mirror ? { transform: 'scaleX(-1)' } : {},
  );
  (container ?? document.body).append(element);
  return shown('page', element, track, label, ended, () => undefined);
}

function shown(
  mode: SelfViewMode,
  element: HTMLVideoElement,
  track: MediaStreamTrack,
  label: string,
  ended: AbortSignal,
  onClose: () => void,
): SelfView {
  let settle = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    settle = resolve;
  });
  element.muted = element.autoplay = element.playsInline = true;
  element.setAttribute('aria-label', label);
  element.srcObject = new MediaStream([track]);
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    ended.removeEventListener('abort', close);
    element.srcObject = null;
    element.remove();
    onClose();
    settle();
  };
  ended.addEventListener('abort', close);
  if (ended.aborted) close();
  // By itself it plays when there is a picture; asked for it does in a window without a click of its own, too.
  void element.play().catch(() => undefined);
  return { mode, element, closed, close };
}
