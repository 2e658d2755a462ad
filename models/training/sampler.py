"""Batches: pair number n of a seed is the same whoever draws it, so a run can go on where it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from .scenes import Scenes

Array = npt.NDArray[Any]


class _Pairs(Dataset[tuple[Array, Array]]):
    def __init__(self, scenes: Scenes, seed: int) -> None:
        self._scenes, self._seed = scenes, seed

    def __getitem__(self, number: int) -> tuple[Array, Array]:
        return self._scenes.pair(np.random.default_rng([self._seed, number]))


class _From(Sampler[int]):
    def __init__(self, first: int, end: int) -> None:
        self._numbers = range(first, end)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def batches(
    scenes: Scenes, seed: int, pairs: int, first: int, steps: int, workers: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """float32 (2 pairs, 3, 144, 256) and (2 pairs, 1, 288, 512), 0..1, of each step from `first` on."""
    loader = DataLoader(
        _Pairs(scenes, seed),
        batch_size=pairs,
        sampler=_From(first * pairs, steps * pairs),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        collate_fn=_together,
    )
    for pictures, alphas in loader:
        pictures = pictures.permute(0, 3, 1, 2).float().div_(255)
        yield pictures.contiguous(memory_format=torch.channels_last), alphas[:, None].float().div_(255)


def _together(pairs: list[tuple[Array, Array]]) -> tuple[Tensor, Tensor]:
    pictures, alphas = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return torch.from_numpy(pictures), torch.from_numpy(alphas)
