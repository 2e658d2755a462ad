"""The portrait of the test clips, cut out: colours without the old background, and a soft alpha.

The picture is scikit-image's astronaut (NASA, public domain). OUTLINE was traced by hand. Inside and outside
of it are sure, but for a narrow band; there, and in a wider one along the hair, alpha is what the colours
say: closed-form matting (Levin, Lischinski and Weiss 2008), where alpha is locally linear in colour.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage, sparse
from scipy.sparse import linalg

Floats = npt.NDArray[np.floating[Any]]

# Crop of the 512x512 picture that is used: below it the helmet begins, which needs an outline of its own.
WIDTH, HEIGHT = 384, 346
# Suit left, collar ring, cheek, hair, cheek, ring, suit right; (x, y) pixel centres of the 512x512 picture.
OUTLINE = (
    (25.5, 350), (26, 343), (28.5, 335), (30, 328), (33, 318), (37, 308), (39.5, 300), (41.5, 290), (46, 280),
    (50, 270), (55, 260), (61, 251), (67, 244), (75, 236.5), (84, 232), (92, 226), (100, 217), (106, 210),
    (110, 206.5), (113, 205.5), (113.5, 197), (113, 190), (114, 187), (119, 186.5), (121, 181), (125, 172),
    (130, 164), (137, 157), (146, 151.5), (156, 149), (167, 147.8), (178, 148), (185.5, 150),
    (182, 140), (179, 131.5), (172, 124), (170, 119),
    (166, 113), (159, 106), (155.5, 98), (154, 88), (153, 72), (154.5, 63), (160, 53), (169, 44.5), (178, 39),
    (187, 35.5), (191.5, 30), (200, 24), (209, 20.5), (220, 18), (228, 15.8), (237, 16), (250, 18.8),
    (262, 23.5), (275, 29), (285, 38), (291, 46), (296, 57), (298.5, 69), (301, 80), (301.6, 88), (299.5, 98),
    (295, 109),
    (289, 118.5), (281, 126), (276, 133), (270, 136.5), (267, 135),
    (265, 142), (261, 153), (258, 160), (256, 167), (255, 173.5),
    (270, 182), (283, 193), (293, 206), (300, 219.5), (303.5, 232),
    (306, 234.5), (314, 238.5), (322, 243.5), (327, 249), (335, 256), (341, 264), (346, 273), (348.5, 283),
    (352, 286), (353.5, 294), (356, 303), (357.5, 315), (360, 326), (363, 332), (361, 335),
    (361.5, 343), (362, 350),
)  # fmt: skip
HAIR_BOTTOM = 128.0  # above this row the edge is hair, below it cloth, metal and skin
BAND = 2.5  # half width of the uncertain band along hard edges, in pixels of the picture
HAIR_BAND_IN, HAIR_BAND_OUT = 6.0, 8.0
EPSILON = 1e-5  # regularisation of the local colour model
SUPER = 4  # the outline is rasterised this much finer


def cut_out(portrait: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Returns colours (HEIGHT, WIDTH, 3) in 0..255, defined everywhere, and alpha (HEIGHT, WIDTH) in 0..1."""
    picture = portrait[:HEIGHT, :WIDTH].astype(np.float64) / 255
    distance = _signed_distance()
    hair = np.arange(HEIGHT)[:, None] < HAIR_BOTTOM
    inside = distance > np.where(hair, HAIR_BAND_IN, BAND)
    outside = distance < np.where(hair, -HAIR_BAND_OUT, -BAND)
    alpha = _matte(picture, inside, outside)
    # Cloth has no strands: there the outline bounds what the colours say (the flag is as red as the suit).
    hard = np.clip(0.5 + distance / 1.6, 0, 1)
    alpha = np.where(hair, alpha, np.clip(alpha, hard - 0.35, hard + 0.35))
    alpha = np.clip((alpha - 0.03) / 0.94, 0, 1)
    return _foreground(picture, alpha, inside, outside) * 255, alpha


def _signed_distance() -> Floats:
    """Distance to the outline in pixels, positive inside."""
    canvas = Image.new("1", (WIDTH * SUPER, HEIGHT * SUPER))
    points = [((x + 0.5) * SUPER, (y + 0.5) * SUPER) for x, y in OUTLINE]
    ImageDraw.Draw(canvas).polygon(points, fill=1)
    # Padded by itself below, so that the lower edge of the crop is no edge of the person.
    filled = np.pad(np.asarray(canvas), ((0, 16 * SUPER), (0, 0)), mode="edge")
    fine = ndimage.distance_transform_edt(filled) - ndimage.distance_transform_edt(~filled)
    coarse: Floats = fine[: HEIGHT * SUPER].reshape(HEIGHT, SUPER, WIDTH, SUPER).mean((1, 3)) / SUPER
    return coarse


def _matte(picture: Floats, inside: npt.NDArray[np.bool_], outside: npt.NDArray[np.bool_]) -> Floats:
    """Solves the matting Laplacian for the pixels that are neither inside nor outside."""
    unknown = ~(inside | outside)
    # Every 3x3 window that touches an unknown pixel, as indices into the flat picture.
    centres = ndimage.binary_dilation(unknown, np.ones((3, 3)))
    centres[[0, -1], :] = centres[:, [0, -1]] = False
    rows, columns = np.nonzero(centres)
    steps = np.array([(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)])
    members = (rows[:, None] + steps[:, 0]) * WIDTH + columns[:, None] + steps[:, 1]
    colours = picture.reshape(-1, 3)[members]
    centred = colours - colours.mean(1, keepdims=True)
    covariance = np.einsum("nki,nkj->nij", centred, centred) / 9 + np.eye(3) * EPSILON / 9
    affinity = (1 + np.einsum("nki,nij,nlj->nkl", centred, np.linalg.inv(covariance), centred)) / 9
    values = np.eye(9) - affinity
    row = np.repeat(members, 9, axis=1).ravel()
    column = np.tile(members, (1, 9)).ravel()
    laplacian = sparse.csr_matrix((values.ravel(), (row, column)), shape=(picture.size // 3,) * 2)
    free, fixed = np.nonzero(unknown.ravel())[0], np.nonzero(~unknown.ravel())[0]
    alpha = inside.astype(np.float64).ravel()
    system = laplacian[free]
    alpha[free] = linalg.spsolve(system[:, free].tocsc(), -(system[:, fixed] @ alpha[fixed]))
    return np.clip(alpha.reshape(HEIGHT, WIDTH), 0, 1)


def _foreground(
    picture: Floats, alpha: Floats, inside: npt.NDArray[np.bool_], outside: npt.NDArray[np.bool_]
) -> Floats:
    """The person's own colour for every pixel: the old background is taken out of mixtures."""
    around = _spread(picture, outside & (alpha < 0.02), 4.0)
    within = _spread(picture, inside & (alpha > 0.98), 1.5)
    share = np.maximum(alpha, 0.05)[..., None]
    unmixed = np.clip((picture - (1 - alpha[..., None]) * around) / share, 0, 1)
    # The thinner the coverage, the less the mixture tells; then the colour next to it is the better guess.
    trust = np.clip((alpha[..., None] - 0.25) / 0.6, 0, 1)
    return np.where(alpha[..., None] >= 1, picture, trust * unmixed + (1 - trust) * within)


def _spread(picture: Floats, where: npt.NDArray[np.bool_], sigma: float) -> Floats:
    """The picture's colours carried from the pixels of `where` to all others, smoothly, near before far."""
    result = np.zeros_like(picture)
    filled = np.zeros(picture.shape[:2])
    for scale in (1, 2, 4, 8, 16, 64):
        weight = ndimage.gaussian_filter(where.astype(np.float64), sigma * scale)
        blurred = ndimage.gaussian_filter(picture * where[..., None], (sigma * scale, sigma * scale, 0))
        usable = np.clip(weight / 0.02, 0, 1) * (1 - filled) * (weight > 1e-9)
        result += (usable / np.maximum(weight, 1e-12))[..., None] * blurred
        filled += usable
    return result / np.maximum(filled, 1e-12)[..., None]
