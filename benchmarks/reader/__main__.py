"""Trains the weights of the reader on pages with their true text, which lie in `shared` beside the project.

python -m benchmarks.reader  # writes crawler/extraction/classifier/weights.npz, from all pages
python -m benchmarks.reader --folds FOLDER     # and weights made without the hosts of each part, to score by
nice -n 10 python -m benchmarks.reader --cache /tmp/examples.pickle
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.reader.arrays import as_arrays
from benchmarks.reader.data import FOLDS, Example, cached, fold, shared
from benchmarks.reader.training import sample, train, train_kinds
from variorum.crawler.extraction.classifier.classifier import WEIGHTS, Weights


def main(arguments: Sequence[str]) -> int:
    """Train and write; 2 where there are no pages."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.reader",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--shared", type=Path, default=shared())
    options.add_argument("--cache", type=Path, default=Path("/tmp/variorum-examples.pickle"))
    options.add_argument("--folds", type=Path)
    options.add_argument("-o", "--output", type=Path, default=WEIGHTS)
    given = options.parse_args(arguments)
    if not (given.shared / "pages").is_dir():
        print(f"benchmarks.reader: there are no pages in {given.shared}/pages", file=sys.stderr)
        return 2
    examples = cached(given.shared, given.cache)
    if given.folds:
        given.folds.mkdir(parents=True, exist_ok=True)
        for part in range(FOLDS):
            made([e for e in examples if fold(e.site, FOLDS) != part]).save(given.folds / f"{part}.npz")
    else:
        made(examples).save(given.output)
    return 0


def made(examples: Sequence[Example]) -> Weights:
    """Weights learned from the examples."""
    blocks, vocabulary = sample(examples)
    parts = [train(blocks), train(blocks.of_articles()), train_kinds(examples)]
    text = "".join(part.model_to_string() for part in parts)
    label = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Weights(label, vocabulary, *map(as_arrays, parts))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
