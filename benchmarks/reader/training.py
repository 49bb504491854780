"""From examples to weights: what the words of classes and ids tell, then boosted trees over all numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from benchmarks.reader.data import OURS, POLICY, Example, fold
from variorum.crawler.extraction.classifier.features import Vocabulary

PARAMETERS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 31,
    "max_depth": 10,
    "learning_rate": 0.08,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "min_data_in_leaf": 60,
    "lambda_l2": 5,
    "max_bin": 63,
    "verbose": -1,
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
}
OF_PAGES: dict[str, Any] = {"num_leaves": 7, "min_data_in_leaf": 20, "feature_fraction": 0.6}
ROUNDS, ROUNDS_OF_PAGES = 200, 60
COLUMNS = 60
"""So many words of classes and ids have columns of their own; all have a weight."""
HOSTS = 4
"""A word that fewer hosts use says nothing."""
PARTS = 4
"""The weight of a word, for an example, comes from other hosts than its own."""
MOST_CONTENT, MOST_OTHER = 300, 200
"""Of one page so many blocks are learned from, drawn by lot."""
POLICY_WEIGHT = 0.5
"""The captures of policies are many from few hosts, and weigh half."""
ARTICLES = ("article", OURS)


def vocabulary(examples: Sequence[Example], columns: int = COLUMNS) -> Vocabulary:
    """What each word of classes and ids tells, over all hosts that use it."""
    seen: defaultdict[str, dict[str, list[float]]] = defaultdict(dict)
    for one in examples:
        d = one.described
        chars = np.sqrt(one.counts)
        inside = np.zeros((len(d.up), 2))
        np.add.at(inside, d.of, np.stack([chars, chars * (one.content > 0.5)], axis=1))
        for place in range(len(d.up) - 1, 0, -1):
            inside[d.up[place]] += inside[place]
        for words, (count, content) in zip(d.words, inside, strict=True):
            for word in words if count else ():
                sums = seen[word].setdefault(one.site, [0.0, 0.0])
                sums[0] += count
                sums[1] += content
    hosts = {word: sites for word, sites in seen.items() if len(sites) >= HOSTS}
    weight = {}
    for word, sites in hosts.items():
        content = sum(some / count for count, some in sites.values())
        weight[word] = round(float(np.log((content + 1) / (len(sites) - content + 1))), 3)
    most = sorted(hosts, key=lambda word: (-len(hosts[word]), word))[:columns]
    return Vocabulary(weight, {word: n for n, word in enumerate(sorted(most))})


@dataclass(frozen=True)
class Sample:
    """Blocks to learn from: a row of numbers each, whether it is content, and how much it weighs."""

    numbers: np.ndarray
    content: np.ndarray
    weight: np.ndarray
    article: np.ndarray
    """Whether the block is of an article."""

    def of_articles(self) -> Sample:
        """Those blocks alone that are of articles."""
        chosen = self.article
        return Sample(self.numbers[chosen], self.content[chosen], self.weight[chosen], self.article[chosen])


def sample(examples: Sequence[Example]) -> tuple[Sample, Vocabulary]:
    """Blocks of all examples, none described by what its own host says of words; and what all hosts say."""
    whole = vocabulary(examples)
    parts = [
        Vocabulary(vocabulary([e for e in examples if fold(e.site, PARTS) != part]).weight, whole.columns)
        for part in range(PARTS)
    ]
    lot = np.random.default_rng(3)
    drawn = []
    for example in examples:
        rows, weight = _drawn(example, lot)
        numbers = example.described.numbers(parts[fold(example.site, PARTS)])[rows]
        content = example.content[rows] > 0.5
        drawn.append((numbers, content, weight, np.full(len(rows), example.kind in ARTICLES)))
    return Sample(*(np.concatenate(column) for column in zip(*drawn, strict=True))), whole


def _drawn(example: Example, lot: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which blocks of a page are learned from, and their weights: each page weighs as much as another."""
    content = example.content > 0.5
    chance = np.where(
        content, MOST_CONTENT / max(content.sum(), 1), MOST_OTHER / max((~content).sum(), 1)
    ).clip(max=1)
    rows = np.flatnonzero(lot.random(len(content)) < chance)
    weight = np.sqrt(np.maximum(example.counts, 1))
    weight = weight / weight.sum() / chance
    return rows, weight[rows] * (POLICY_WEIGHT if example.kind == POLICY else 1)


def train(some: Sample, rounds: int = ROUNDS, **more: Any) -> lightgbm.Booster:
    """Trees that tell content from the rest."""
    weight = some.weight / some.weight.mean()
    data = lightgbm.Dataset(some.numbers, some.content.astype(np.float32), weight=weight)
    return lightgbm.train({**PARAMETERS, **more}, data, rounds)


def train_kinds(examples: Sequence[Example]) -> lightgbm.Booster:
    """Trees that tell pages that are one article from others."""
    labelled = [example for example in examples if example.kind not in (POLICY, OURS)]
    pages = np.stack([example.described.page for example in labelled])
    article = np.array([example.kind == "article" for example in labelled], np.float32)
    data = lightgbm.Dataset(pages, article)
    return lightgbm.train({**PARAMETERS, **OF_PAGES}, data, ROUNDS_OF_PAGES)
