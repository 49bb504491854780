"""Plays rounds on a stage: edits, one fetch of each page, the same bytes for every judge, and the score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.truth.disguise import Disguise
from benchmarks.truth.edits import Edit, planned
from benchmarks.truth.judges import VARIORUM, ByLines, Sight, Variorum, others
from benchmarks.truth.stage import Stage
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult

BEGINNING = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
PAUSE = timedelta(hours=6)
"""Between two rounds, on a clock of their own."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one judge said of one page in one round, and what was true."""

    judge: str
    names: str
    stage: str
    round: int
    page: str
    truth: tuple[str, ...]
    """The lines of the article as it now is."""
    edit: Edit | None
    dated: bool
    """The site says when it was last modified."""
    sight: Sight
    before: bytes
    after: bytes
    """The same page in the last round and in this one, as the judge got it."""


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What Variorum said of the site as a whole in one round."""

    names: str
    stage: str
    round: int
    events: tuple[str, ...]
    arrived: int
    """So many pages were really new in this round."""
    announced_new: int
    issues: tuple[str, ...]


class Wire:
    """The fetches of one round, shared by all judges: the n-th of a page is the same for each."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._fetched: defaultdict[str, list[FetchResult]] = defaultdict(list)

    def fetch(self, url: str, time: int = 0) -> FetchResult:
        """What the page answered when it was fetched for that time."""
        while len(self._fetched[url]) <= time:
            self._fetched[url].append(self._stage.fetch(url))
        return self._fetched[url][time]


class Bench:
    """The judges of one way of naming, in one play."""

    def __init__(
        self, names: str, home: Path, stage: Stage, disguise: Disguise | None, peers: Sequence[ByLines]
    ) -> None:
        self.names, self._stage, self._disguise = names, stage, disguise
        self.variorum = Variorum(home / f"{names.replace(' ', '-')}.db", stage.url)
        self._others = peers
        self._before: dict[str, bytes] = {}

    def close(self) -> None:
        """Let go of the database."""
        self.variorum.close()

    def play(
        self, number: int, wire: Wire, listed: Sequence[DiscoveredUrl], edits: Sequence[Edit]
    ) -> Iterator[Ruling | RoundReport]:
        """One round; the first only shows the judges what is there."""
        pages = self._stage.articles()
        times: defaultdict[str, int] = defaultdict(int)

        def fetch(url: str) -> FetchResult:
            times[url] += 1
            return self._dressed(wire.fetch(url, times[url] - 1))

        arrived = len(pages.keys() - self._before.keys())
        self.variorum.run(BEGINNING + number * PAUSE, listed, list(pages), fetch)
        edited = {edit.page: edit for edit in edits}
        for page, article in pages.items():
            body = self._dressed(wire.fetch(page)).body
            sights = {VARIORUM: self.variorum.look(page)}
            sights |= {judge.name: judge.look(page, body) for judge in self._others}
            before = self._before.get(page)
            self._before[page] = body
            if before is not None:
                for judge, sight in sights.items():
                    yield Ruling(
                        judge, self.names, self._stage.name, number, page, article.lines,
                        edited.get(page), self._stage.dated, sight, before, body,
                    )  # fmt: skip
        variorum = self.variorum
        yield RoundReport(
            self.names, self._stage.name, number, tuple(variorum.events()), arrived if number else 0,
            variorum.arrivals(), tuple(variorum.issues()),
        )  # fmt: skip

    def _dressed(self, fetched: FetchResult) -> FetchResult:
        return replace(fetched, body=self._disguise.put_on(fetched.body)) if self._disguise else fetched


def play(
    stage: Stage,
    home: Path,
    *,
    rounds: int,
    seed: int,
    namings: Mapping[str, Disguise | None],
    redesigned_in: int | None = None,
    alone: bool = False,
) -> Iterator[Ruling | RoundReport]:
    """All rulings of all rounds on that stage; where told, it gets its other design before that round.

    `alone`, Variorum is the only judge.
    """
    plans = planned(stage.articles(), rounds, Random(f"{seed} {stage.name}"))
    home.mkdir(parents=True)
    with ExitStack() as open_:
        benches = [
            open_.enter_context(closing(Bench(names, home, stage, disguise, [] if alone else others())))
            for names, disguise in namings.items()
        ]
        for number, edits in enumerate([[], *plans]):
            if number == redesigned_in:
                stage.redesign()
            if number:
                stage.edit(edits, BEGINNING + number * PAUSE - timedelta(hours=1))
            wire, listed = Wire(stage), stage.listed()
            for bench in benches:
                yield from bench.play(number, wire, listed, edits)
