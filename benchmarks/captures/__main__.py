"""Scores comparers on real captures of pages over time: changes announced, false alarms, CPU.

The captures are no part of the project; they lie in `shared/captures` beside its folder. Variorum's row is
honest only with the weights that `python -m benchmarks.reader --folds FOLDER` leaves there, each made without
the sites that it reads: those that ship have learned from some captures of all of the pages.

    python -m benchmarks.captures --folds FOLDER         # each page by weights that never saw its site
    python -m benchmarks.captures --sample 300           # a fixed sample, a fifth of it changes
    python -m benchmarks.captures --comparers variorum,trafilatura --processes 2 --json
    python -m benchmarks.captures --answers FILE         # a run that was stopped continues from the file
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
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
    page: str
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
    found.add_argument(
        "--answers", type=Path, help="keep the answers of each page here; remove it after an edit"
    )
    return found


def _answers(options: argparse.Namespace, names: Sequence[str]) -> Iterator[Answer]:
    """The answers of all pages, those that an earlier run left in the file first."""
    kept = _kept(options.answers)
    yield from kept
    done = {answer.page for answer in kept}
    todo = pairs(options.shared, options.sample, options.largest)
    todo = (page for page in todo if page[0].page not in done)
    for found in _worked_on(partial(_of_page, names=names, folds=options.folds), todo, options.processes):
        if options.answers:
            with options.answers.open("a") as file:
                file.write(f"{json.dumps([asdict(answer) for answer in found])}\n")
        yield from found


def _kept(file: Path | None) -> list[Answer]:
    """The answers in the file, a line for each page; the last line may have been cut."""
    if file is None or not file.exists():
        return []
    lines = [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [Answer(**answer) for line in lines for answer in json.loads(line)]


def _worked_on(
    answers: Callable[[list[Pair]], list[Answer]], todo: Iterator[list[Pair]], processes: int
) -> Iterator[list[Answer]]:
    """The answers of each page in order; a few pages are held for each process."""
    if processes <= 1:
        yield from map(answers, todo)
        return
    with ProcessPoolExecutor(processes) as pool:
        waiting = [pool.submit(answers, page) for page in islice(todo, AHEAD * processes)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [pool.submit(answers, page) for page in islice(todo, 1)]


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
            Answer(name, pair.page, pair.name, pair.changed, is_change, seconds)
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
