"""The coloured screen behind the person: its colour in every place, and how much of it is in each pixel.

The key only says which hue to look for; the screen's own colour is measured, tile by tile, so that it may be
darker in a corner than in the middle, and is no purer than cloth and camera make it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .colours import Space, to_yuv
from .frame import Geometry, Slot
from .kernels.loader import Bound, Kernels
from .kernels.signatures import TILE
from .plate import gaussian_taps

Array = np.ndarray[Any, Any]

HUE = math.tan(math.radians(35))  # how far from the key's hue a sample may be that the screen is measured by
LEAST_CHROMA = 12.0  # levels along the key's hue: less is a grey wall
LEAST_OF_MEAN = 0.4  # of the screen's mean chroma: less is its light on something else, or an edge
# Share of the frame at which a screen is taken to be there / gone: what it does not cover of the room shows,
# and a plant or a green cushion is no screen.
APPEARS, DISAPPEARS = 0.2, 0.12
RETURN = 6  # frames that it must be there for, after it was gone
SPREAD = 3.0  # tiles: sigma of the mean that its colour in a place is taken as
LEARN_EVERY = 5  # frames; the light on it changes slowly
FOLLOW = 0.3  # of a change of its colour that is taken over then
WEDGE = 0.5  # of what goes along the screen's hue may go across it: skin and the screen mixed in one pixel
ACROSS = 1.7  # of what goes across beyond that is taken off the share: yellow and cyan cloth have none
DEAD = 0.04  # share that noise and grey clothes have at most
OTHER = 0.25  # share of the screen's chroma below which a sample is taken as the person's
AROUND = 1.5  # tiles: sigma of the mean that the person's colour near the screen is taken as
BESIDE = 0.1  # of the way from there to the screen's colour, how far beside it a mixture may be
DOUBT = 0.12  # of the way, what is the person's own change of colour
_SAMPLES = (TILE // 2) ** 2
_ONE = 256  # of the kernels' fractions


class Screen:
    """`share`: u8, padded, in chroma's size: of the screen's colour in a sample, 255 is all of it.
    `colour`: Y, U and V of the screen, u8, one value a tile. `seen`: share of the frame that is screen, 0..1.
    """

    def __init__(self, geometry: Geometry, kernels: Kernels) -> None:
        self._kernels = kernels
        rows, columns = geometry.padded
        tiles = geometry.tiles
        self.share: Array = np.zeros((rows // 2, columns // 2), np.uint8)
        self.colour: tuple[Array, Array, Array] = tuple(np.zeros(tiles, np.uint8) for _ in "yuv")  # type: ignore[assignment]
        self.seen = 0.0
        self._samples = geometry.width * geometry.height / 4
        self._sums: Array = np.zeros((7, *tiles), np.int32)
        self._cells: Array = np.zeros((4, *tiles), np.float32)
        self._local: Array = np.zeros((3, *tiles), np.float32)
        self._held: Array = np.zeros((3, *tiles), np.float32)
        self._blur = kernels.bind("plate_blur", self._cells, gaussian_taps(SPREAD), self._local)
        self._others: Array = np.zeros((4, *tiles), np.float32)
        self._person: Array = np.zeros((3, *tiles), np.float32)
        self._blur_person = kernels.bind("plate_blur", self._others, gaussian_taps(AROUND), self._person)
        self._found: Array = np.zeros(tiles, np.uint8)
        self._near: Array = np.zeros(tiles, np.uint8)
        self._spread = kernels.bind("tile_spread_1", self._found, self._near)
        # what the kernel takes: the screen's chroma by its square, the person's, the way from there by its
        self._maps: Array = np.zeros((6, *tiles), np.int32)
        self._bound: dict[int, tuple[Bound, Bound]] = {}
        self._wanted: object = None  # key and colour space that it was measured for
        self._chroma = 0.0  # its mean, in levels along the key's hue
        self._frames = 0
        self._there, self._for, self._needed = False, 0, 1

    def look(self, slot: Slot, key: tuple[int, int, int], space: Space, *, anew: bool) -> bool:
        """Fills `share`; says whether there is a screen. `anew`: the picture is another one."""
        sums, share = self._of(slot)
        _, u, v = (value - 128 for value in to_yuv(*space).of(*key))
        length = math.hypot(u, v)
        key_u, key_v = round(_ONE * u / length), round(_ONE * v / length)
        fresh = anew or self._wanted != (key, space)
        if fresh:
            self._wanted, self._chroma = (key, space), 0.0
            if self._there:  # another one, which has to be as large as any
                self._there, self._for = False, 0
        for _ in range(2 if fresh else 1):  # what is an edge is known once the screen's mean is
            least = max(LEAST_CHROMA, LEAST_OF_MEAN * self._chroma)
            other = max(OTHER * self._chroma, 1.0)
            sums(key_u, key_v, round(HUE * _ONE), *(round(level * _ONE) for level in (least, other)))
            count, _, sum_u, sum_v = self._sums[:4].sum((1, 2), dtype=np.int64).tolist()
            if fresh and count:
                self._chroma = ((sum_u / count - 128) * u + (sum_v / count - 128) * v) / length
        self.seen = count / self._samples
        if not self._is_there():
            self._wanted = None
            return False
        if fresh or self._frames % LEARN_EVERY == 0:
            self._learn(1.0 if fresh else FOLLOW)
            self._chroma = ((sum_u / count - 128) * u + (sum_v / count - 128) * v) / length
        self._frames += 1
        self._find_ways()
        limits = (DEAD / (1 - DEAD) * 255, BESIDE * 255, DOUBT / (1 - DOUBT) * 255)
        share(*(round(value * _ONE) for value in (ACROSS, WEDGE, *limits)))
        return True

    def forget(self) -> None:
        """It was out of sight: what is seen next is another one."""
        self._wanted = None

    def _is_there(self) -> bool:
        """Gone it is at once; there again only after some frames, and when there is clearly enough of it."""
        there = self.seen > (DISAPPEARS if self._there else APPEARS)
        self._for = self._for + 1 if there else 0
        if not there:
            self._needed = RETURN
        self._there = self._for >= self._needed
        return self._there

    def _learn(self, follow: float) -> None:
        """The screen's colour in every tile; where the person covers it, that of its surroundings."""
        np.multiply(self._sums[[1, 2, 3, 0]], _PER_SAMPLE, out=self._cells)
        total = self._cells.sum((1, 2), dtype=np.float64)
        self._blur(*(total[:3] / total[3]).tolist())
        self._held += (self._local - self._held) * follow
        for plane, values in zip(self.colour, self._held, strict=True):
            np.copyto(plane, values + 0.5, casting="unsafe")
        chroma = self._held[1:] - 128
        strength = np.maximum((chroma**2).sum(0), LEAST_CHROMA**2)
        np.copyto(self._maps[:2], np.rint(chroma * (255 * _ONE / (1 - DEAD)) / strength), casting="unsafe")

    def _find_ways(self) -> None:
        """From the person's colour to the screen's, in the tiles that both are near; 0 elsewhere."""
        count = self._sums[4]
        np.multiply(self._sums[5:7], 1 / _SAMPLES, out=self._others[1:3], casting="unsafe")
        np.multiply(count, 1 / _SAMPLES, out=self._others[3], casting="unsafe")
        total = self._others.sum((1, 2), dtype=np.float64)
        self._blur_person(*(total[:3] / max(total[3], 1e-6)).tolist())
        np.greater(self._sums[0], 0, out=self._found.view(bool))
        self._spread()
        person = np.rint(self._person[1:] - 128)
        way = self._held[1:] - 128 - person
        length = np.maximum((way**2).sum(0), LEAST_CHROMA**2)
        way *= self._near * (255 * _ONE / (1 - DOUBT)) / length
        np.copyto(self._maps[2:4], person, casting="unsafe")
        np.copyto(self._maps[4:], np.rint(way), casting="unsafe")

    def _of(self, slot: Slot) -> tuple[Bound, Bound]:
        if slot.number not in self._bound:
            bind = self._kernels.bind
            self._bound[slot.number] = (
                bind("screen_sums", *slot.planes, self._sums),
                bind("screen_share", *slot.planes[1:], *self._maps, self.share),
            )
        return self._bound[slot.number]


# sums of four luma pixels, of U, of V, and of samples -> means over a tile's samples
_PER_SAMPLE: Array = np.array([1 / 4, 1, 1, 1], np.float32).reshape(4, 1, 1) / _SAMPLES
