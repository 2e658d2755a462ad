/* Takes the names in ?without=A,B from the page before the library is there; subject.mjs gets on without them. */
for (const name of new URLSearchParams(location.search).get('without').split(',')) delete globalThis[name];
