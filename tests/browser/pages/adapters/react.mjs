import { createElement, StrictMode, useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { useBlurStream } from '/adapters/react.mjs';

const page = { seen: [], hook: null, renders: 0, mounted: null };

function Call({ stream, options }) {
  const hook = useBlurStream(stream, options);
  const safe = useRef(null);
  useEffect(() => {
    page.hook = hook;
    page.renders += 1;
    if (hook.safe !== null && hook.safe !== safe.current) page.seen.push(hook.safe);
    safe.current = hook.safe;
  });
  return createElement('p', { id: 'state' }, `${hook.state} ${hook.reason} ${hook.error?.code ?? ''}`);
}

page.root = createRoot(document.body.appendChild(document.createElement('div')));
page.show = (stream, options) =>
  page.root.render(createElement(StrictMode, null, createElement(Call, { stream, options })));
page.hide = () => page.root.render(null);
page.text = () => document.getElementById('state')?.textContent ?? null;
globalThis.page = page;
