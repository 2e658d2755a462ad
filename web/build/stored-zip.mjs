// Unpacks the archives of the build, which hold their files uncompressed. Used in Node and in browsers.

const END_OF_DIRECTORY = 0x06054b50;
const END_SIZE = 22;

/** Calls `each(name, bytes)` for every file of a zip archive without compression. */
export function unzipStored(bytes, each) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - END_SIZE; // our archives have no comment, so the record ends the file
  if (end < 0 || view.getUint32(end, true) !== END_OF_DIRECTORY) throw new Error("not a zip archive of the build");
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const nameLength = view.getUint16(entry + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(entry + 46, entry + 46 + nameLength));
    if (view.getUint16(entry + 10, true) !== 0) throw new Error(`${name} is compressed`);
    const header = view.getUint32(entry + 42, true);
    const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    each(name, bytes.subarray(start, start + view.getUint32(entry + 24, true)));
    entry += 46 + nameLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
  }
}

/** Writes the files of an archive below `root` of Pyodide's file system. The archive's memory is kept, not copied. */
export function unpack(FS, root, bytes) {
  const made = new Set();
  unzipStored(bytes, (name, data) => {
    const path = `${root}/${name}`;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(folder)) FS.mkdirTree(folder);
    made.add(folder);
    FS.writeFile(path, data, { canOwn: true });
  });
}
