/* Ticks as often as it was told last, in a hidden tab, too. */
let ticking;
onmessage = ({ data }) => {
  clearInterval(ticking);
  ticking = setInterval(() => postMessage(null), data);
};
