"""What the pipeline has done since it was last asked, and how fast the camera goes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from time import perf_counter

from .bitrate import suggested_max_bitrate, usual_bitrate
from .compose import Compose
from .keyed import Keyed
from .quality import Level
from .workspace import Workspace

_FOLLOW = 0.2  # of what is suggested, a reading: a rate that jumps is of no use


@dataclass
class Activity:
    """Counts of a window; `read` begins a new one."""

    model_runs: int = 0
    mask_reuses: int = 0
    level: Level | None = None
    reason: str = ""
    _frames: int = 0
    _tiles: dict[str, int] = field(default_factory=dict)
    _seals: int = 0
    _written: int = 0
    _space: Workspace | None = None
    _made_by: Compose | Keyed | None = None
    _rate: float = 0.0
    _whole: tuple[int, int] | None = None  # size of frames that are to look as the camera's do, all over

    def shown_whole(self, width: int, height: int) -> None:
        """A frame has gone out that is no person before a calm background: it needs what any video does."""
        self._whole = width, height

    def composed(self, space: Workspace, made_by: Compose | Keyed) -> None:
        """A frame has been composed."""
        self._whole = None
        if made_by is not self._made_by:
            self._space, self._made_by, self._frames = space, made_by, 0  # others' tiles cannot be added
            self._tiles.clear()
            self._seals, self._written = space.plate.seal.samples, made_by.written
        classes = space.tiles if made_by is space.compose else space.keyed
        person, boundary = classes.persons, classes.boundaries
        background = classes.classes.size - person - boundary
        self._frames += 1
        for name, count in (("person", person), ("background", background), ("boundary", boundary)):
            self._tiles[name] = self._tiles.get(name, 0) + count

    def read(self, fps: float) -> dict[str, object]:
        """Plain JSON values: means a frame of the tiles, counts of the rest. `fps` of the camera."""
        space, frames = self._space, max(self._frames, 1)
        tiles: dict[str, float] | None = None
        seals, noise = 0, None
        if space is not None and self._made_by is not None and self._frames:
            written, samples = self._made_by.written, space.plate.seal.samples
            tiles = {name: round(count / frames, 1) for name, count in self._tiles.items()}
            tiles["written"] = round((written - self._written) / frames, 1)
            seals, noise = samples - self._seals, round(space.change.noise.sigma * space.geometry.factor, 2)
            self._written, self._seals = written, samples
            if self._whole is None:
                self._suggest(space, tiles, fps)
        if self._whole is not None:
            self._rate = float(usual_bitrate(*self._whole, fps))
        figures: dict[str, object] = {
            "tiles": tiles,
            "modelRuns": self.model_runs,
            "maskReuses": self.mask_reuses,
            "plateSeals": seals,
            "noise": noise,
            "suggestedMaxBitrate": round(self._rate, -3) or None,
        }
        if self.level is not None:
            level = self.level
            figures["quality"] = {"level": level.number, "name": level.name, "reason": self.reason}
        self.model_runs = self.mask_reuses = self._frames = 0
        self._tiles.clear()
        return figures

    def _suggest(self, space: Workspace, tiles: dict[str, float], fps: float) -> None:
        geometry, every = space.geometry, space.tiles.classes.size
        person = min((tiles["person"] + tiles["boundary"] / 2) / every, 1.0)
        rate = suggested_max_bitrate(
            geometry.width, geometry.height, fps, person, min(tiles["written"] / every, 1.0)
        )
        self._rate += (rate - self._rate) * (_FOLLOW if self._rate else 1.0)


class Tact:
    """The camera's interval, from the timestamps of the frames that arrive: the shortest of the last ones."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._gaps: deque[float] = deque(maxlen=30)
        self.late = 0  # frames that are missing before the last one

    @property
    def interval_ms(self) -> float:
        """0 until it is known."""
        return min(self._gaps, default=0.0)

    @property
    def fps(self) -> float:
        return 1000 / self.interval_ms if self.interval_ms else 30.0

    def arrived(self, timestamp_us: int) -> None:
        gap = (timestamp_us - self._last) / 1000 if self._last is not None else 0.0
        self._last = timestamp_us
        self.late = 0
        if 1 < gap < 1000:
            self._gaps.append(gap)
            self.late = round(gap / self.interval_ms) - 1


class Stopwatch:
    """`milliseconds` by stage, summed since somebody cleared them."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    def took(self, stage: str, start: float) -> float:
        """`start`: of perf_counter; returns what it says now."""
        now = perf_counter()
        self.milliseconds[stage] = self.milliseconds.get(stage, 0.0) + (now - start) * 1e3
        return now
