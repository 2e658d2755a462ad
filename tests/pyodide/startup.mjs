// A module worker that starts Python with NumPy and says how long that took: the stock files, or those of dist/assets.
// The query: ?kind=stock&wheel=NAME or ?kind=minimal. The server has /pyodide/, /wheels/, /assets/ and /scripts/.

const began = performance.now();
const stages = {};
let last = began;
const stage = (name) => {
  const now = performance.now();
  stages[name] = now - last;
  last = now;
};
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const query = new URL(import.meta.url).searchParams;

try {
  const { loadPyodide } = await import("/pyodide/pyodide.mjs");
  let python;
  if (query.get("kind") === "stock") {
    const wheel = bytes(`/wheels/${query.get("wheel")}`);
    python = await loadPyodide({ indexURL: "/pyodide/" });
    stage("load");
    python.unpackArchive(await wheel, "wheel");
    stage("unpack");
  } else {
    const script = import("/assets/pyodide.asm.mjs");
    const archives = ["numpy.zip", "blurstream.zip"].map((name) => bytes(`/assets/${name}`));
    const { unpack } = await import("/scripts/stored-zip.mjs");
    python = await loadPyodide({
      indexURL: "/assets/",
      packageBaseUrl: "/assets/",
      lockFileContents: await (await fetch("/assets/pyodide-lock.json")).json(),
      createPyodideModule: async (settings) => (await script).default(settings),
      fsInit: async (FS, { sitePackages }) => {
        for (const archive of archives) unpack(FS, sitePackages, await archive);
      },
    });
    stage("load");
  }
  python.runPython("import numpy");
  stage("numpy");
  postMessage({ ...stages, total: performance.now() - began });
} catch (error) {
  postMessage({ error: String(error) });
}
