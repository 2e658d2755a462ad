// Puts the script into the page as its address says: integrity.html?sha384-…
const tag = document.createElement('script');
tag.src = '/blurstream.js';
tag.crossOrigin = 'anonymous';
tag.integrity = decodeURIComponent(location.search.slice(1));
tag.onload = () => { globalThis.outcome = 'loaded'; };
tag.onerror = () => { globalThis.outcome = 'refused'; };
document.head.append(tag);
