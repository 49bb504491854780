"""Measures whether only true changes are told: known edits among noise, on sites whose text is known.

The real WordPress with all of its noise on, in several themes, posts of five languages: in each round a few
pages are edited, every page is fetched once, and the same bytes go to Variorum's own tracker and store, to
trafilatura's text compared line by line, and to the whole page's text compared line by line.

    python -m benchmarks.truth                                  # all themes, all posts
    python -m benchmarks.truth --posts 10 --rounds 3 --themes oldsite
    python -m benchmarks.truth --sites synthetic                # made-up sites, no WordPress needed
    python -m benchmarks.truth --sites systems                  # the same, with the markup of known systems
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks.truth import report, wordpress
from benchmarks.truth.disguise import Disguise
from benchmarks.truth.judges import VARIORUM
from benchmarks.truth.layouts import LAYOUTS
from benchmarks.truth.rounds import RoundReport, Ruling, play
from benchmarks.truth.score import Score
from benchmarks.truth.sites import ALL_LAYOUTS, MadeUpSite
from benchmarks.truth.stage import Stage
from benchmarks.truth.systems import SYSTEMS
from variorum.crawler.errors import Misuse

THEMES = ("oldsite", "_s", "twentytwentyone", "twentytwentytwo", "twentytwentythree")
ROUNDS, REDESIGN = "rounds", "redesign"
"""The two parts."""
PAGES = 14
"""Of a made-up site."""
KNOWN, UNKNOWN, NO_NAMES = "known names", "unknown names", "made-up sites"

Rulings = Iterator[Ruling | RoundReport]


def main(arguments: Sequence[str]) -> int:
    """Play what was asked for and print the score; 2 where WordPress is missing."""
    options = parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            for heading, rulings in _parts(options, Path(folder)):
                _print(heading, _scored(heading, rulings, options), options)
    except Misuse as error:
        print(f"benchmarks.truth: {error}", file=sys.stderr)
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    found = argparse.ArgumentParser(
        prog="python -m benchmarks.truth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--rounds", type=_count, default=4, help="rounds of edits a site (4)")
    found.add_argument("--posts", type=_count, help="so many posts, or pages of a made-up site; all, or 14")
    found.add_argument(
        "--themes", type=_some_of(THEMES), default=list(THEMES), help="separated by commas; all"
    )
    found.add_argument("--core", default="debian", help="the WordPress: debian (6.1), 6.5 … (debian)")
    found.add_argument("--seed", type=int, default=1, help="decides the edits (1)")
    found.add_argument("--json", action="store_true", help="one object for each judge and part")
    found.add_argument("--alone", action="store_true", help="only Variorum, and no site with other names")
    found.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="the captures of Variorum's faults go there"
    )
    found.add_argument(
        "--sites",
        choices=["wordpress", "synthetic", "systems"],
        default="wordpress",
        help="which (wordpress)",
    )
    found.add_argument("--layouts", type=_some_of(ALL_LAYOUTS), help="of the made-up sites; all")
    found.add_argument("--part", choices=[ROUNDS, REDESIGN], help="one part only; both, if not given")
    return found


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _some_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Reads names separated by commas."""

    def read(text: str) -> list[str]:
        if unknown := [name for name in text.split(",") if name not in known]:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]}, only {', '.join(known)}")
        return text.split(",")

    return read


def _parts(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Rulings]]:
    if options.sites != "wordpress":
        yield from _made_up(options, folder)
    else:
        yield from _of_wordpress(options, folder)


def _made_up(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Rulings]]:
    """Each layout by itself, and from each to the next."""
    every = list(SYSTEMS if options.sites == "systems" else LAYOUTS)
    layouts, pages = options.layouts or every, options.posts or PAGES
    if options.part != REDESIGN:
        stages: list[Stage] = [MadeUpSite(layout, pages, options.seed) for layout in layouts]
        yield ROUNDS, _played(stages, options, folder / ROUNDS)
    if options.part != ROUNDS:
        stages = [MadeUpSite(old, pages, options.seed, new) for old, new in _changes(layouts, every)]
        yield REDESIGN, _played(stages, options, folder / REDESIGN, redesigned=True)


def _changes(designs: Sequence[str], all_: Sequence[str]) -> list[tuple[str, str]]:
    """Each design and the one that follows it, in a circle."""
    if len(designs) == 1:
        return [(designs[0], next(one for one in reversed(all_) if one != designs[0]))]
    return list(pairwise([*designs, designs[0]]))


def _played(
    stages: Iterable[Stage], options: argparse.Namespace, folder: Path, *, redesigned: bool = False
) -> Rulings:
    """All rounds on each stage; a redesign comes in the middle."""
    namings = (
        {KNOWN: None, UNKNOWN: Disguise(options.seed)} if options.sites == "wordpress" else {NO_NAMES: None}
    )
    if options.alone:
        namings.pop(UNKNOWN, None)
    for number, stage in enumerate(stages):
        yield from play(
            stage,
            folder / str(number),
            rounds=options.rounds,
            seed=options.seed,
            namings=namings,
            redesigned_in=options.rounds // 2 + 1 if redesigned else None,
            alone=options.alone,
        )


def _of_wordpress(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Rulings]]:
    """Each theme by itself, from the same posts, and from each to the next."""
    with wordpress.running(folder / "wordpress", core=options.core, posts=options.posts) as site:
        if options.part != REDESIGN:
            stages = (site.begin(theme) for theme in options.themes)
            yield ROUNDS, _played(stages, options, folder / ROUNDS)
        if options.part != ROUNDS:
            stages = (site.begin(old, new) for old, new in _changes(options.themes, THEMES))
            yield REDESIGN, _played(stages, options, folder / REDESIGN, redesigned=True)


def _scored(heading: str, rulings: Rulings, options: argparse.Namespace) -> Score:
    score = Score()
    for ruling in rulings:
        for fault in score.add(ruling):
            if options.keep and fault.judge == VARIORUM:
                report.keep(fault, options.keep / heading)
        if sys.stderr.isatty() and isinstance(ruling, RoundReport):
            print(f"\r{heading}: {ruling.stage}, round {ruling.round}   ", end="", file=sys.stderr)
    return score


def _print(heading: str, score: Score, options: argparse.Namespace) -> None:
    if options.json:
        print("\n".join(report.as_json(heading, score)))
        return
    print("\n".join([*report.table(heading, score), *report.faults(score.faults)]))
    if heading == REDESIGN:
        print("\n".join(["", *report.redesigns(score)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
