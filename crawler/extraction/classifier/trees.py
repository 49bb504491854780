"""Applies boosted trees, stored as plain arrays, to rows of numbers. Written by `benchmarks/reader`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
Indices = NDArray[np.intp]
"""Numpy's own type for an index: any other is converted at each step, which takes as long as the step."""
TOGETHER = 3
"""The number of steps that all rows take together; then those that have reached a leaf are left alone."""
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Trees:
    """All nodes of all trees. A node leads to `left`, or to the one after that; a leaf to itself."""

    roots: Indices
    feature: Indices
    threshold: Numbers
    """A row with a greater number goes to the right; infinite in a leaf."""
    left: Indices
    value: NDArray[np.float64]
    """What a leaf adds to the log-odds; 0 in other nodes."""
    depth: int

    def probability(self, rows: Numbers) -> NDArray[np.float64]:
        """For each row the probability that the trees predict."""
        count, width = rows.shape
        flat = np.ascontiguousarray(rows, np.float32).ravel()
        is_leaf = self.left == np.arange(len(self.left))
        right = np.where(is_leaf, self.left, self.left + 1)
        parting = self._parting(rows, right)
        below = np.stack([parting.take(self.left), parting.take(right)], axis=1).ravel()

        def step(node: Indices, start: Indices) -> Indices:
            above = flat.take(start + self.feature.take(node)) > self.threshold.take(node)
            return below.take(2 * node + above)

        start = np.repeat(np.arange(count) * width, len(self.roots))
        node = np.tile(parting.take(self.roots), count)
        for _ in range(TOGETHER):
            node = step(node, start)
        left, some = np.arange(len(node)), node
        while len(more := np.flatnonzero(~is_leaf.take(some))):
            left, start = left.take(more), start.take(more)
            some = node[left] = step(some.take(more), start)
        odds = self.value.take(node).reshape(count, -1).sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-odds)))

    def _parting(self, rows: Numbers, right: Indices) -> Indices:
        """For each node the next one at which these rows part, or the leaf to which they all lead."""
        lowest, highest = rows.min(axis=0), rows.max(axis=0)
        to_left, to_right = (
            highest.take(self.feature) <= self.threshold, lowest.take(self.feature) > self.threshold
        )  # fmt: skip
        found = np.where(to_left, self.left, np.where(to_right, right, np.arange(len(right))))
        for _ in range(self.depth.bit_length()):  # each time twice as far
            found = found.take(found)
        return found

    def arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """The trees as named arrays for saving."""
        return {f"{name}_{field}": np.asarray(getattr(self, field)) for field in self.__slots__}

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> Trees:
        """Restore the trees from the arrays that `arrays` returned."""
        roots, feature, threshold, left, value, depth = (arrays[f"{name}_{field}"] for field in cls.__slots__)
        return cls(
            roots.astype(np.intp), feature.astype(np.intp), threshold.astype(np.float32),
            left.astype(np.intp), value.astype(np.float64), int(depth),
        )  # fmt: skip
