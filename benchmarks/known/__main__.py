"""Reads pages of a known design in full and by their block paths: what the look-up saves, and what it loses.

The captures in `shared/captures`, beside the project's folder, are taken site by site in the order of time.
Each is read twice: in full, and by the block paths of the captures of its site before it, as a crawl would.
Quality is the F1 over runs of four words, beside the text that people's own selectors found.

    python -m benchmarks.known                   # the last 60 captures of each site
    python -m benchmarks.known --most 200 --least 10 --site GitHub
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any, TypeVar

from benchmarks.known.captures import captures
from benchmarks.reader.data import shared
from benchmarks.reader.scoring import gram_f1, words
from variorum.crawler.extraction.boilerplate.path_scores import PathScores
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template
from variorum.crawler.extraction.extract import ExtractionRules, Opened, evidence, opened, taken_of
from variorum.crawler.extraction.html.blocks import Block
from variorum.crawler.extraction.known_page import KnownPage

NO_DATA = 2
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Measured:
    """One capture of a site of which some captures were read before."""

    is_known: bool
    """Whether its block paths alone told its text."""
    peer: float
    """CPU seconds of trafilatura's text alone."""
    full: float
    looked_up: float
    unchanged: float
    """CPU seconds until it is known whether it is as it was before."""
    full_f1: float
    looked_up_f1: float


def main(arguments: Sequence[str]) -> int:
    """Measure each site and print the table; 2 where there are no captures."""
    options = parser().parse_args(arguments)
    if not any((options.shared / "captures").glob("*.jsonl.xz")):
        print(f"benchmarks.known: there are no captures in {options.shared}/captures", file=sys.stderr)
        return NO_DATA
    heads = ("captures", "known", "F1 full", "F1 known", "CPU full", "CPU known", "CPU same")
    print(f"{'site':24}{''.join(f'{head:>10}' for head in heads)}   (CPU: trafilatura's text alone is 1)")
    every: list[Measured] = []
    for site, records in _by_site(options.shared, options.site).items():
        found = list(measured(records[-options.most :], options.least))
        every += found
        if found:
            print(row(site, found))
    print(row("all", every) if every else "no site has enough captures")
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    found = argparse.ArgumentParser(
        prog="python -m benchmarks.known",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--shared", type=Path, default=shared(), help="the folder that holds captures/")
    found.add_argument("--site", default="", help="only sites whose name begins so")
    found.add_argument("--most", type=int, default=60, help="so many captures of each site (60)")
    found.add_argument("--least", type=int, default=25, help="so many are read before one is measured (25)")
    return found


def measured(records: Sequence[Mapping[str, Any]], least: int) -> Iterator[Measured]:
    """The captures of one site after the first `least`, each by the block paths of those before it."""
    from trafilatura import extract  # noqa: PLC0415

    scores = PathScores()
    for number, record in enumerate(records):
        body, gold = record["html"].encode("utf-8", "replace"), words(record["gold"])
        (page, taken), full = _timed(lambda body=body, url=record["url"]: _read(body, url, EMPTY))
        if number >= least:
            template = replace(EMPTY, version=1, paths=scores)
            known = template.known  # made once for a template, not once for a page
            _, peer = _timed(lambda html=record["html"]: extract(html, include_comments=False))
            (looked_up, found), seconds = _timed(
                lambda body=body, url=record["url"], template=template: _read(body, url, template)
            )
            is_known = known is not None and looked_up.is_known
            same = 0.0
            if is_known:
                _, same = _timed(
                    lambda body=body, url=record["url"], template=template: KnownPage(
                        body, url, "utf-8", (template, ())
                    )
                )
            yield Measured(is_known, peer, full, seconds, same, _f1(taken, gold), _f1(found, gold))
        scores = scores.joined(evidence(page, taken))


def row(site: str, found: Sequence[Measured]) -> str:
    """A line of the table. CPU of the look-up, and of seeing that nothing changed, is that of the captures
    whose design was known."""
    known = [one for one in found if one.is_known]
    peer, peer_known = (sum(one.peer for one in some) for some in (found, known))
    costs = (sum(one.looked_up for one in known), sum(one.unchanged for one in known))
    cost = "".join(f"{seconds / peer_known:10.2f}" for seconds in costs) if known else f"{'':20}"
    full, by_paths = (
        fmean(scores) for scores in zip(*((one.full_f1, one.looked_up_f1) for one in found), strict=True)
    )
    cost_full = sum(one.full for one in found) / peer
    return f"{site[:23]:24}{len(found):10}{len(known):10}{full:10.4f}{by_paths:10.4f}{cost_full:10.2f}{cost}"


def _by_site(folder: Path, name: str) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in captures(folder):
        if record["site"].startswith(name):
            found[record["site"]].append(record)
    return {
        site: sorted(some, key=lambda record: str(record["time"])) for site, some in sorted(found.items())
    }


def _read(body: bytes, url: str, template: Template) -> tuple[Opened, Sequence[Block]]:
    page = opened(body, url, encoding="utf-8", rules=ExtractionRules(template=template))
    return page, taken_of(page)


def _f1(taken: Sequence[Block], gold: list[str]) -> float:
    return gram_f1(words("\n".join(block.text for block in taken)), gold)


def _timed(do: Callable[[], Result]) -> tuple[Result, float]:
    start = process_time()
    return do(), process_time() - start


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
