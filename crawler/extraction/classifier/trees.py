"""Applies boosted trees, stored as plain arrays, to rows of numbers. Written by `benchmarks/reader`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Trees:
    """All nodes of all trees. A node leads to `left`, or to the one after that; a leaf to itself."""

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Numbers
    """A row with a greater number goes to the right; infinite in a leaf."""
    left: NDArray[np.int32]
    value: NDArray[np.float64]
    """What a leaf adds to the log-odds; 0 in other nodes."""
    depth: int

    def probability(self, rows: Numbers) -> NDArray[np.float64]:
        """For each row the probability that the trees predict."""
        count, width = rows.shape
        flat = np.ascontiguousarray(rows, np.float32).ravel()
        start = (np.arange(count, dtype=np.int32) * width)[:, None]
        node = np.repeat(self.roots[None, :], count, axis=0)
        for _ in range(self.depth):
            above = flat[start + self.feature[node]] > self.threshold[node]
            node = self.left[node] + above
        odds = self.value[node].sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-odds)))

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """The trees as named arrays for saving."""
        return {f"{name}_{field}": np.asarray(getattr(self, field)) for field in self.__slots__}

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> Trees:
        """Restore the trees from the arrays that `arrays` returned."""
        roots, feature, threshold, left, value, depth = (arrays[f"{name}_{field}"] for field in cls.__slots__)
        return cls(
            roots.astype(np.int32), feature.astype(np.int32), threshold.astype(np.float32),
            left.astype(np.int32), value.astype(np.float64), int(depth),
        )  # fmt: skip
