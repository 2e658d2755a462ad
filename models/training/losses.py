"""How wrong an answer is. All of (batch, 1, height, width); probabilities and alpha 0..1."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

EDGE_REACH = 9  # pixels of the network's size, across: what is near the contour
SURE = 1e-4  # logarithms are taken no nearer to 0 and 1


@dataclass(frozen=True)
class Weights:
    """`edge`, `leak`: how much more a pixel counts that is near the contour, or is room far from it.
    `overlap`: of the soft intersection over union. `steady`: of changes that the truth does not make.
    """

    edge: float = 3.0
    leak: float = 1.0
    overlap: float = 0.5
    steady: float = 4.0


def loss(logits: Tensor, alpha: Tensor, weights: Weights) -> dict[str, Tensor]:
    """`alpha` is twice as high and wide as the logits; pictures 2i and 2i + 1 are moments of one scene.

    "sum" is what is to be made small, the rest are its parts. The probability is compared where it is used:
    enlarged bilinearly, so that its 0.5 lies on the contour between the network's pixels.
    """
    small = functional.avg_pool2d(alpha, 2)
    probability = torch.sigmoid(logits)
    large = functional.interpolate(probability, scale_factor=2, mode="bilinear", align_corners=False)
    weight = _weight(small, weights)
    weight_large = functional.interpolate(weight, scale_factor=2, mode="nearest")
    entropy = (functional.binary_cross_entropy_with_logits(logits, small, reduction="none") * weight).mean()
    fine = (_entropy(large, alpha) * weight_large).mean()
    overlap = _lost_overlap(large, alpha).mean()
    steady = _unsteady(probability, small)
    total = 0.5 * (entropy + fine) + weights.overlap * overlap + weights.steady * steady
    return {"sum": total, "entropy": entropy, "fine": fine, "overlap": overlap, "steady": steady}


def _weight(alpha: Tensor, weights: Weights) -> Tensor:
    highest, lowest = _highest(alpha), -_highest(-alpha)
    edge = highest - lowest
    room = (1 - highest).clamp(0, 1)
    return 1 + weights.edge * edge + weights.leak * room


def _highest(alpha: Tensor) -> Tensor:
    """Of squares: along rows and then along columns takes a quarter of the time."""
    half = EDGE_REACH // 2
    rows = functional.max_pool2d(alpha, (1, EDGE_REACH), 1, (0, half))
    return functional.max_pool2d(rows, (EDGE_REACH, 1), 1, (half, 0))


def _entropy(probability: Tensor, alpha: Tensor) -> Tensor:
    sure = probability.clamp(SURE, 1 - SURE)
    return -(alpha * sure.log() + (1 - alpha) * (1 - sure).log())


def _lost_overlap(probability: Tensor, alpha: Tensor) -> Tensor:
    """1 - soft IoU, a picture; where nobody is, the share that is taken for somebody."""
    both = (probability * alpha).sum((1, 2, 3))
    either = (probability + alpha - probability * alpha).sum((1, 2, 3))
    empty = alpha.mean((1, 2, 3)) < 1e-3
    return torch.where(empty, probability.mean((1, 2, 3)), 1 - both / either.clamp(min=1))


def _unsteady(probability: Tensor, alpha: Tensor) -> Tensor:
    """As dtSSD: the squared difference of the changes."""
    change = probability[1::2] - probability[::2]
    true_change = alpha[1::2] - alpha[::2]
    return ((change - true_change) ** 2).mean()
