"""Scores comparers on real captures of pages over time: changes announced, false alarms, CPU.

The captures are no part of the project; they lie in `shared/captures` beside its folder. Variorum's row is
honest only with the weights that `python -m benchmarks.reader --folds FOLDER` leaves there, each made without
the sites that it reads: those that ship have learned from some captures of all of the pages.

    python -m benchmarks.captures --folds FOLDER         # each page by weights that never saw its site
    python -m benchmarks.captures --sample 300           # a fixed sample, a fifth of it changes
    python -m benchmarks.captures --comparers variorum,trafilatura --processes 2 --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.captures.comparers import COMPARERS
from benchmarks.captures.pairs import Pair, pairs
from benchmarks.command_line import parser_of

NO_DATA = 2
AHEAD = 4
"""So many pages are held in memory for each process."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one comparer said of one pair."""

    comparer: str
    pair: str
    changed: bool
    announced: str | None
    seconds: float

    @property
    def right(self) -> bool:
        """Whether a change was announced, or nothing of none."""
        return (self.announced is not None) == self.changed


def main(arguments: Sequence[str]) -> int:
    """Score the comparers, print the table and each mistake of ours; 2 where there are no captures."""
    options = parser().parse_args(arguments)
    if not any((options.shared / "captures").glob("*.jsonl.xz")):
        print(f"benchmarks.captures: there are no captures in {options.shared}/captures", file=sys.stderr)
        return NO_DATA
    names = options.comparers.split(",") if options.comparers else list(COMPARERS)
    for name in [name for name in names if COMPARERS[name](options.folds) is None]:
        print(f"{name} is not installed", file=sys.stderr)
        names.remove(name)
    answers = _answers(options, names)
    if options.json:
        for answer in answers:
            print(json.dumps(asdict(answer)), flush=True)
    else:
        _print(list(answers), names)
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    found = parser_of("benchmarks.captures", __doc__, folder="captures", unseen="site", unit="pairs")
    found.add_argument("--comparers", help=f"separated by commas; {', '.join(COMPARERS)}")
    found.add_argument("--processes", type=int, default=1)
    return found


def _answers(options: argparse.Namespace, names: Sequence[str]) -> Iterator[Answer]:
    answers = partial(_of_page, names=names, folds=options.folds)
    some = pairs(options.shared, options.sample)
    if options.processes <= 1:
        for page in some:
            yield from answers(page)
        return
    with ProcessPoolExecutor(options.processes) as pool:
        waiting = [pool.submit(answers, page) for page in islice(some, AHEAD * options.processes)]
        while waiting:
            yield from waiting.pop(0).result()
            waiting += [pool.submit(answers, page) for page in [next(some, None)] if page]


def _of_page(page: list[Pair], names: Sequence[str], folds: Path | None) -> list[Answer]:
    """What each comparer says of the pairs of one page."""
    found = []
    for name in names:
        comparer = COMPARERS[name](folds)
        assert comparer
        started = time.process_time()
        announced = comparer(page)
        seconds = (time.process_time() - started) / len(page)
        found += [
            Answer(name, pair.name, pair.changed, is_change, seconds)
            for pair, is_change in zip(page, announced, strict=True)
        ]
    return found


def _print(found: Sequence[Answer], names: Sequence[str]) -> None:
    print(f"{'comparer':15}{'changes announced':>24}{'false alarms':>24}{'ms a pair':>12}")
    for name in names:
        own = [answer for answer in found if answer.comparer == name]
        right = _share([answer.announced is not None for answer in own if answer.changed])
        false = _share([answer.announced is not None for answer in own if not answer.changed])
        cpu = sum(answer.seconds for answer in own) / max(1, len(own))
        print(f"{name:15}{right:>24}{false:>24}{cpu * 1000:12.0f}")
    for answer in found:
        if answer.comparer == names[0] and not answer.right:
            print(f"{'missed' if answer.changed else 'false '}  {answer.pair}  {answer.announced or ''}")


def _share(some: Sequence[bool]) -> str:
    return f"{sum(some)} of {len(some)}, {sum(some) / max(1, len(some)):.2%}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
