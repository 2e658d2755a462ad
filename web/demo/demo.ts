/*
 * The page a person tries first. It uses the library as any application would: by its script tag, from the outside.
 * Each part of the page has a module of its own; this one joins them.
 */
import type { BlurStream } from '../src/index.js';
import { armCopyButton } from './demo-copy.js';
import { showLoaded } from './demo-loaded.js';
import { find, put } from './demo-page.js';
import { Player } from './demo-player.js';
import { Stage } from './demo-stage.js';
import { say } from './demo-status.js';
import { armThemes } from './demo-theme.js';
import { NOT_BUILT, NOTHING_SENT, UNSUPPORTED } from './demo-words.js';

async function open(blurStream: BlurStream | undefined): Promise<void> {
  find('unbuilt', HTMLElement).remove();
  armCopyButton();
  armThemes();
  const stage = new Stage();
  if (blurStream === undefined) {
    say(NOTHING_SENT);
    stage.failed(NOT_BUILT);
    put('loaded-sum', 'Nothing: the library is not there.');
    return;
  }
  put('version', blurStream.version);
  void showLoaded();
  const { supported, reasons } = await blurStream.isSupported();
  if (!supported) {
    say(UNSUPPORTED);
    stage.unsupported(reasons);
    return;
  }
  const player = new Player(blurStream, stage);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) player.wait();
  else await player.start();
}

void open((globalThis as { blurStream?: BlurStream }).blurStream);
