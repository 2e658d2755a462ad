/** No event tells of a track that was stopped by the page: it is looked at as often as this. */
const LOOK_EVERY_MS = 250;

/** Calls `then` once, when the track has ended or was stopped. Returns what ends the watch. */
export function whenEnded(track: MediaStreamTrack, then: () => void): () => void {
  const leave = (): void => {
    clearInterval(looking);
    track.removeEventListener('ended', look);
  };
  const look = (): void => {
    if (track.readyState === 'live') return;
    leave();
    then();
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  track.addEventListener('ended', look);
  return leave;
}
