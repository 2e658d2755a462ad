/* Before the library is there: takes what ?without=A,B names from the page, and makes ?never=C a call without effect. */
const wanted = new URLSearchParams(location.search);
for (const name of wanted.get('without')?.split(',') ?? []) delete globalThis[name];
for (const name of wanted.get('never')?.split(',') ?? []) globalThis[name] = () => 1;
