/* Ticks as often as it is told to, in a hidden tab, too. */
onmessage = ({ data }) => setInterval(() => postMessage(null), data);
