"""Plays the rounds: each contender crawls a site of its own, both in turn, round after round."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.crawl.contenders import Contender, size
from benchmarks.crawl.measuring import Cost
from benchmarks.crawl.site import NewsSite

FIRST, EDITS, ANSWERED_304, SAME_BYTES = (
    "first crawl",
    "new noise on all pages, 5 % of the articles edited",
    "nothing changed, the server answers 304",
    "nothing changed, no validators, the same bytes",
)
ROUNDS = (FIRST, EDITS, ANSWERED_304, SAME_BYTES)

Crawl = Callable[[Sequence[str]], Cost]


@dataclass(frozen=True, slots=True)
class Played:
    """What one contender did in one round."""

    cost: Cost
    requests: Counter[int]
    """What the server answered, by status."""
    grown: int
    """Bytes by which the database has grown."""
    added: dict[str, int]
    """How many texts of each page were announced, by path; without those of which none was."""
    edited: frozenset[str]
    """The paths of the articles that were edited before this round."""

    @property
    def found(self) -> int:
        """How many edited articles were announced."""
        return len(self.edited & self.added.keys())

    @property
    def false(self) -> int:
        """How many other pages were."""
        return len(self.added.keys() - self.edited)


def played(contenders: Sequence[Contender], pages: int, crawl: Crawl) -> Iterator[tuple[str, list[Played]]]:
    """Each round with what each contender did in it, in the contenders' order."""
    with ExitStack() as opened:
        stages = [(one, opened.enter_context(NewsSite(pages))) for one in contenders]
        for name in ROUNDS:
            yield name, [_play(name, one, site, crawl) for one, site in stages]


def unmeasured(command: Sequence[str]) -> Cost:
    """Run a crawl for what it does, and not for what it costs."""
    subprocess.run(command, check=True, capture_output=True)
    return Cost(0, 0, 0)


def _play(name: str, contender: Contender, site: NewsSite, crawl: Crawl) -> Played:
    site.changing, site.validators = name in (FIRST, EDITS), name != SAME_BYTES
    if name == EDITS:
        site.edit()
    site.requests.clear()
    size_before = size(contender.database)
    before = contender.announced() if size_before else {}
    cost = crawl(contender.command(site.url))
    after = contender.announced()
    return Played(
        cost=cost,
        requests=Counter(site.requests),
        grown=size(contender.database) - size_before,
        added={path: more for path in after if (more := after[path] - before.get(path, 0))},
        edited=frozenset(site.edits if name == EDITS else ()),
    )
