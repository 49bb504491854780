"""What the rulings come to: counts for each judge, and the faults one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from typing import NamedTuple

from benchmarks.truth.articles import folded
from benchmarks.truth.rounds import RoundReport, Ruling

FALSE_ALARM, MISSED, TYPOGRAPHIC = "false alarm", "missed edit", "typography announced"
BLURRED, UNMOVED, DATED = "edit shown with more or less than it was", "move not shown", "silence misjudged"
INEXACT, EVENT, ARRIVAL, ISSUE = "inexact text", "event of the site", "new pages miscounted", "issue raised"

ROWS = (
    "page-rounds",
    "true edits",
    "false alarms",
    "missed edits",
    "typographic edits",
    "typographic edits announced",
    "edits shown word for word",
    "moved paragraphs",
    "moved paragraphs shown as moved",
    "edits of known date",
    "silence flagged rightly",
    "exact texts",
)
"""What is counted of each judge, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a judge got wrong."""

    what: str
    judge: str
    names: str
    stage: str
    round: int
    page: str
    detail: str
    ruling: Ruling | None = None

    @property
    def place(self) -> str:
        """Where it was, in one line."""
        return f"{self.judge}, {self.names}, {self.stage}, round {self.round}, {self.page}"


class Part(NamedTuple):
    """What is counted by itself."""

    names: str
    stage: str
    judge: str


@dataclass
class Score:
    """The counts of each judge on each stage under each way of naming, and the faults."""

    counts: dict[Part, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    events: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Changes of a site as a whole: by naming, stage and kind."""
    faults: list[Fault] = field(default_factory=list)

    def add(self, one: Ruling | RoundReport) -> list[Fault]:
        """Count one more; the faults in it."""
        found = self._ruling(one) if isinstance(one, Ruling) else self._report(one)
        self.faults += [replace(fault, ruling=None) for fault in found]  # which holds two captures
        return found

    def namings(self) -> list[str]:
        """The ways of naming that were played."""
        return list(dict.fromkeys(part.names for part in self.counts))

    def stages(self, names: str) -> list[str]:
        """The stages that were played under that naming."""
        return list(dict.fromkeys(part.stage for part in self.counts if part.names == names))

    def total(self, names: str, judge: str, stage: str | None = None) -> Counter[str]:
        """The counts of one judge, on that stage or on all."""
        found: Counter[str] = Counter()
        for part, counts in self.counts.items():
            if (part.names, part.judge) == (names, judge) and stage in (None, part.stage):
                found.update(counts)
        return found

    def _ruling(self, ruling: Ruling) -> list[Fault]:
        counts = self.counts[Part(ruling.names, ruling.stage, ruling.judge)]
        faults = list(_faults(ruling))
        wrong = {fault.what for fault in faults}
        edit = ruling.edit
        real = edit is not None and not edit.typographic
        counts.update(
            {
                "page-rounds": 1,
                "true edits": real,
                "false alarms": FALSE_ALARM in wrong,
                "missed edits": MISSED in wrong,
                "typographic edits": edit is not None and edit.typographic,
                "typographic edits announced": TYPOGRAPHIC in wrong,
                "edits shown word for word": real and not wrong & {MISSED, BLURRED},
                "moved paragraphs": edit is not None and edit.kind == "moved",
                "moved paragraphs shown as moved": edit is not None
                and edit.kind == "moved"
                and not wrong & {MISSED, UNMOVED},
                "edits of known date": real and ruling.dated,
                "silence flagged rightly": real and ruling.dated and not wrong & {MISSED, DATED},
                "exact texts": INEXACT not in wrong,
            }
        )
        return faults

    def _report(self, one: RoundReport) -> list[Fault]:
        self.events.update((one.names, one.stage, kind) for kind in one.events)
        faults = [(EVENT, kind) for kind in one.events if kind != "template"]
        faults += [(ISSUE, issue) for issue in one.issues]
        if one.arrived != one.announced_new:
            faults.append((ARRIVAL, f"{one.announced_new} announced, {one.arrived} came"))
        return [Fault(what, "Variorum", one.names, one.stage, one.round, "", d) for what, d in faults]


def _faults(ruling: Ruling) -> Iterable[Fault]:
    edit, sight = ruling.edit, ruling.sight
    if edit is None or edit.typographic:
        if sight.announced:
            yield _fault(ruling, TYPOGRAPHIC if edit else FALSE_ALARM, _shown(ruling))
    elif not sight.announced:
        yield _fault(ruling, MISSED, edit.kind)
    else:
        yield from _misjudged(ruling)
    if folded(" ".join(sight.lines)) != folded(" ".join(ruling.truth)):
        yield _fault(ruling, INEXACT, "\n".join(_difference(ruling.truth, sight.lines)))


def _misjudged(ruling: Ruling) -> Iterable[Fault]:
    """What is wrong with an edit that was found."""
    edit, sight = ruling.edit, ruling.sight
    assert edit is not None
    old = Counter([edit.old.headline, *edit.old.lines])
    new = Counter([edit.new.headline, *edit.new.lines])
    if (sight.gone, sight.come) != (old - new, new - old):
        yield _fault(ruling, BLURRED, f"{edit.kind}: {_shown(ruling)}")
    if edit.kind == "moved" and not sight.moved:
        yield _fault(ruling, UNMOVED, _shown(ruling))
    if ruling.dated and sight.silent is not edit.silent:
        yield _fault(ruling, DATED, f"{edit.kind}: said {sight.silent}, was {edit.silent}")


def _fault(ruling: Ruling, what: str, detail: str) -> Fault:
    return Fault(what, ruling.judge, ruling.names, ruling.stage, ruling.round, ruling.page, detail, ruling)


def _shown(ruling: Ruling) -> str:
    sight = ruling.sight
    lines = [f"- {line}" for line in sight.gone] + [f"+ {line}" for line in sight.come]
    return "\n".join([sight.kind, *lines])


def _difference(truth: Iterable[str], read: Iterable[str]) -> list[str]:
    lines = unified_diff(list(truth), list(read), "truth", "read", lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]
