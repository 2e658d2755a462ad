"""What can break at each boundary that a frame crosses, and what is told of it; see pages/injector.js."""

from __future__ import annotations

from dataclasses import dataclass

from blurstream.kernels.signatures import SIGNATURES

GATE, COMPOSER, SEGMENTER = "gate", "composer", "segmenter"
# Of a picture that stays, in the default effect, at 320x180: every kernel that has something to do then.
KERNELS = (
    *("model_input", "tile_change_16", "tile_spread_1", "copy_tiles_16"),
    *("soft_mask_16", "matte", "tile_bounds_16", "plate_cells", "plate_blur", "plate_rows"),
    *("edge_alpha_1", "seam_colours_16", "fuse_tiles_16", "fill_tiles_16"),
)
assert set(KERNELS) <= set(SIGNATURES)


@dataclass(frozen=True)
class Fault:
    """`codes`: of the warnings and errors that tell of it, whether it comes once or three times in a row.
    `restarts`: a worker is replaced; `wears`: one is when it comes again and again, which `worn` tells of; if
    Python fails, the first time it gets another engine in the same worker.
    `ends`: the state that it leaves for good. `lasting`: the state while it comes for ever, 'running' if
    nothing is missed then. `also`: what tells of it where a later stage meets it,
    and no worker is replaced. `may`: what may be told besides, and all be concealed for: what it leaves is a
    picture, but not one in which somebody has to be found. `streams`: how many of the page's meet it, the one
    under test as the last.
    """

    boundary: str
    worker: str
    at: str
    deed: str
    codes: tuple[str, ...] = ()
    type: str = ""
    restarts: bool = False
    wears: bool = False
    worn: tuple[str, ...] = ()
    ends: str = ""
    lasting: str = "concealed"
    also: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    streams: int = 1

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.worker, self.at, self.type, self.deed))).replace(" ", "-")


READ = [
    *(Fault("read", GATE, "read", deed, ("frame-refused",)) for deed in ("closed", "junk", "empty", "audio")),
    Fault("read", GATE, "read", "rejects", ("source-failed",), ends="stopped"),
]
COPY = [
    Fault("copy", COMPOSER, "copyTo", "rejects", ("frame-unreadable",)),
    Fault("copy", COMPOSER, "copyTo", "short", lasting="running", may=("no-person",)),
    Fault("copy", COMPOSER, "copyTo", "hangs", ("composer-hung",), restarts=True),
    Fault("picture", COMPOSER, "construct", "throws", ("frame-unwritable",)),
]
PYTHON = [
    Fault("python", COMPOSER, "python begin", "MemoryError", ("internal",)),
    Fault("python", COMPOSER, "python submit", "MemoryError", ("internal",), wears=True),
    Fault("python", COMPOSER, "python submit", "RecursionError", ("internal",), wears=True),
    Fault("python", COMPOSER, "python on_mask", "ValueError", ("internal",), wears=True),
    Fault("python", COMPOSER, "python stats", "OverflowError", ("internal",), wears=True, streams=2),
]
# Where a stage that composes fails Python conceals by itself. Before that nobody knows what the planes hold.
FIRST = ("model_input", "tile_change_16")
COPIES = "copy_tiles_16"  # both before and while composing: which comes first depends on what moves
# Without these nothing can be concealed either: the second time Python gives up.
PLATE = ("plate_cells", "plate_blur", "plate_rows", "fill_tiles_16")
OTHERS = [name for name in KERNELS if name not in (*FIRST, *PLATE, COPIES)]
KERNEL = [
    *(Fault("kernel", COMPOSER, "kernel", "fails", ("error",), name) for name in OTHERS),
    *(
        Fault("kernel", COMPOSER, "kernel", "fails", ("error",), name, wears=True, worn=("kernel",))
        for name in PLATE
    ),
    *(Fault("kernel", COMPOSER, "kernel", "fails", ("kernel",), name, wears=True) for name in FIRST),
    Fault("kernel", COMPOSER, "kernel", "fails", ("kernel",), COPIES, wears=True, also=("error",)),
]
MODEL = [
    Fault(
        *("model", SEGMENTER, "segmenter<composer", "no-input", ("model-error",), "run"),
        wears=True,
        worn=("segmenter-broken",),
    ),
    *(
        Fault("model", COMPOSER, "composer<segmenter", deed, ("bad-mask",), "mask")
        for deed in ("nan", "huge")
    ),
    Fault("model", COMPOSER, "composer<segmenter", "ones", ("low-confidence",), "mask"),
    Fault("model", COMPOSER, "composer<segmenter", "half", ("model-error",), "mask"),
    Fault("model", COMPOSER, "composer<segmenter", "zeros", ("no-person",), "mask"),
    Fault("model", COMPOSER, "composer<segmenter", "words", ("internal",), "mask", wears=True),
    Fault("model", SEGMENTER, "segmenter<composer", "lost", ("segmenter-hung",), "run", restarts=True),
]
MESSAGES = [
    *(
        Fault("messages", GATE, "gate<composer", deed, type="made", lasting="running")
        for deed in ("twice", "late")
    ),
    # One that is lost is not missed when the next one comes; if all are the composer seems to hang.
    *(
        Fault("messages", GATE, "gate<composer", deed, type="made", wears=True, worn=("composer-hung",))
        for deed in ("lost", "stale", "other-stream")
    ),
    *(
        Fault("messages", GATE, "gate<composer", deed, ("composer-garbled",), "made", restarts=True)
        for deed in ("unknown", "null")
    ),
    *(
        Fault("messages", GATE, "gate<composer", deed, ("frame-refused",), "made")
        for deed in ("raw-unnamed", "raw", "raw-of-another-time", "closed", "no-frame", "small")
    ),
    Fault("messages", GATE, "gate>composer", "lost", (), "frame", wears=True, worn=("composer-hung",)),
    Fault("messages", GATE, "gate>composer", "twice", (), "frame", lasting="running"),
    Fault("messages", GATE, "gate>composer", "late", (), "frame", lasting="running"),
    Fault("messages", GATE, "gate>composer", "unknown", ("composer-died",), "frame", restarts=True),
    Fault("messages", COMPOSER, "composer<segmenter", "twice", (), "mask", lasting="running"),
    *(
        Fault("messages", COMPOSER, "composer<segmenter", deed, ("segmenter-hung",), "mask", restarts=True)
        for deed in ("lost", "stale")
    ),
    Fault("messages", COMPOSER, "composer<segmenter", "unknown", ("composer-died",), "mask", restarts=True),
]
WRITE = [
    Fault("write", GATE, "write", "rejects", ("output-failed",), ends="failed"),
    Fault("write", GATE, "write", "hangs", ("output-hung",), ends="failed"),
]
FAULTS = [*READ, *COPY, *PYTHON, *KERNEL, *MODEL, *MESSAGES, *WRITE]
