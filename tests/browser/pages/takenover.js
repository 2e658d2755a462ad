/* Keeps what the browser's own functions give, and what they are, for the tests to compare with. */
globalThis.cameras = [];
globalThis.natives = {};
for (const [name, holder] of [['modern', MediaDevices.prototype], ['legacy', Navigator.prototype]]) {
  for (const method of ['getUserMedia', 'webkitGetUserMedia']) {
    const native = holder[method];
    if (native === undefined) continue;
    const keep = (stream) => { cameras.push(...stream.getVideoTracks()); return stream; };
    holder[method] = name === 'modern'
      ? async function (constraints) { return keep(await native.call(this, constraints)); }
      : function (constraints, taken, failed) { native.call(this, constraints, (stream) => taken(keep(stream)), failed); };
    natives[`${name} ${method}`] = holder[method];
  }
}
