import { createElement, StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useBlurStream } from '/adapters/react.mjs';
import { openCamera } from './page.mjs';

const COLOURS = ['#008080', '#804000'];

function Call() {
  const [camera, setCamera] = useState(null);
  const [colour, setColour] = useState(null);
  const effect = colour === null ? { type: 'blur' } : { type: 'color', color: colour };
  const { safe, state, reason, error, pause, resume } = useBlurStream(camera, { effect });
  const video = useRef(null);
  useEffect(() => {
    video.current.srcObject = safe;
  }, [safe]);

  const button = (text, onClick) => createElement('button', { key: text, onClick }, text);
  return createElement(
    'div',
    null,
    button('Start', async () => setCamera(await openCamera())),
    COLOURS.map((name) => button(name, () => setColour(name))),
    button('Pause', pause),
    button('Resume', resume),
    createElement('output', null, error?.message ?? `${state} ${reason}`),
    createElement('video', { ref: video, muted: true, autoPlay: true, playsInline: true }),
  );
}

createRoot(document.getElementById('root')).render(createElement(StrictMode, null, createElement(Call)));
