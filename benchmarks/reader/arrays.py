"""LightGBM's trees as the plain arrays that `variorum.crawler.extraction.classifier.trees` applies."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np

from variorum.crawler.extraction.classifier.trees import Trees


def as_arrays(model: lightgbm.Booster) -> Trees:
    """All trees of a model, their nodes renumbered so that the right one follows the left one."""
    roots: list[int] = []
    nodes: list[tuple[int, float, int, float]] = []
    deepest = 0
    for tree in model.dump_model()["tree_info"]:
        roots.append(len(nodes))
        nodes.append((0, np.inf, 0, 0.0))
        todo: list[tuple[dict[str, Any], int, int]] = [(tree["tree_structure"], roots[-1], 0)]
        while todo:
            node, at, depth = todo.pop()
            deepest = max(deepest, depth)
            if "split_feature" not in node:
                nodes[at] = (0, np.inf, at, node["leaf_value"])
                continue
            left = len(nodes)
            nodes += [(0, np.inf, 0, 0.0)] * 2
            nodes[at] = (node["split_feature"], _down(node["threshold"]), left, 0.0)
            todo += [(node["left_child"], left, depth + 1), (node["right_child"], left + 1, depth + 1)]
    feature, threshold, left_of, value = zip(*nodes, strict=True)
    return Trees(
        np.array(roots, np.intp), np.array(feature, np.intp), np.array(threshold, np.float32),
        np.array(left_of, np.intp), np.array(value, np.float64), deepest,
    )  # fmt: skip


def _down(threshold: float) -> np.float32:
    """The largest single-precision number that is not above the threshold: it parts the same numbers."""
    single = np.float32(threshold)
    return np.nextafter(single, np.float32(-np.inf)) if float(single) > threshold else single
