// Counts the frames of two streams and matches them by timestamp: the time from one to the other is the latency.
let arrived = new Map();
let latencies = [];
let counts = { before: 0, after: 0 };
let lastMs = null;
let longestGapMs = 0;

async function watch(stream, onFrame) {
  const reader = stream.getReader();
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) return;
    onFrame(frame.timestamp);
    frame.close();
  }
}

onmessage = ({ data }) => {
  if (data.type === 'start') {
    void watch(data.before, (timestamp) => { counts.before++; arrived.set(timestamp, performance.now()); });
    void watch(data.after, (timestamp) => {
      counts.after++;
      const nowMs = performance.now();
      if (lastMs !== null) longestGapMs = Math.max(longestGapMs, nowMs - lastMs);
      lastMs = nowMs;
      const since = arrived.get(timestamp);
      if (since !== undefined) latencies.push(performance.now() - since);
    });
    postMessage({ id: data.id });
  } else {
    postMessage({ id: data.id, ...counts, latencies, longestGapMs });
    const recent = [...arrived].slice(-60);
    [arrived, latencies, counts] = [new Map(recent), [], { before: 0, after: 0 }];
    longestGapMs = 0;
  }
};
