"""Scores readers on real pages with their true text: of each kind, and the worst pages first.

The pages are no part of the project; they lie in `shared/pages` beside its folder. Variorum's row is honest
only with the weights that `python -m benchmarks.reader --folds FOLDER` leaves there, each made without the
hosts that it reads: those that ship have learned from all of the pages.

    python -m benchmarks.pages --folds FOLDER        # each page by weights that never saw its host
    python -m benchmarks.pages --sample 150 --worst 20   # a fixed sample
    python -m benchmarks.pages --readers variorum,trafilatura --json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from benchmarks.command_line import parser_of
from benchmarks.pages.readers import READERS
from benchmarks.pages.scoring import Score, mean, scored
from benchmarks.reader.data import sample_of


def main(arguments: Sequence[str]) -> int:
    """Score the readers and print the table; 2 where there are no pages."""
    options = parser().parse_args(arguments)
    if not (options.shared / "pages").is_dir():
        print(f"benchmarks.pages: there are no pages in {options.shared}/pages", file=sys.stderr)
        return 2
    names = options.readers.split(",") if options.readers else list(READERS)
    readers = {name: made for name in names if (made := READERS[name](options.folds))}
    for name in set(names) - set(readers):
        print(f"{name} is not installed", file=sys.stderr)
    scores = []
    for record in sample_of(options.shared, options.sample, options.largest):
        scores += [scored(name, reader, record) for name, reader in readers.items()]
    if options.json:
        for score in scores:
            print(json.dumps(score.as_object()))
        return 0
    _print(scores, list(readers), options.worst)
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    found = parser_of("benchmarks.pages", __doc__, folder="pages", unseen="host", unit="pages")
    found.add_argument("--readers", help=f"separated by commas; {', '.join(READERS)}")
    found.add_argument("--worst", type=int, default=10, help="so many of the worst pages (10)")
    return found


def _print(scores: Sequence[Score], readers: Sequence[str], worst: int) -> None:
    kinds = sorted({score.kind for score in scores}, key=lambda kind: -sum(s.kind == kind for s in scores))
    heads = "".join(f"{head:>9}" for head in ("bag F1", "4-gram", "with", "without", "ms"))
    print(f"{'kind':15}{'pages':>6}  {'reader':15}{heads}")
    for kind in [*kinds, "all"]:
        for reader in readers:
            some = [s for s in scores if s.reader == reader and kind in (s.kind, "all")]
            *facts, seconds = mean(some)
            row = "".join(f"{fact:9.4f}" for fact in facts) + f"{seconds * 1000:9.1f}"
            print(f"{kind:15}{len(some):6}  {reader:15}{row}")
    own = sorted((s for s in scores if s.reader == readers[0]), key=lambda s: s.bag)
    for score in own[:worst]:
        peers = [s for s in scores if s.page == score.page and s.reader != score.reader]
        others = ", ".join(f"{s.reader} {s.bag:.2f}" for s in peers)
        print(f"{score.bag:.3f}  {score.kind:14} {score.page}  {score.url}  ({others})  {score.error}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
