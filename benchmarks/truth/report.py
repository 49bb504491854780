"""The score as people and programs read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.truth.judges import TRAFILATURA, VARIORUM, WHOLE_PAGE
from benchmarks.truth.score import ROWS, Fault, Score

JUDGES = (VARIORUM, TRAFILATURA, WHOLE_PAGE)
LONGEST = 160
EXACT = "exact texts"
OF_DATES = ("edits of known date", "silence flagged rightly")
"""Of these only Variorum says anything."""
FIRST = 5
"""So many faults of a kind are told."""


def table(heading: str, score: Score) -> Iterator[str]:
    """Two tables for each way of naming: what was counted, a column a judge; and a line a stage."""
    for names in score.namings():
        totals = [score.total(names, judge) for judge in JUDGES]
        yield ""
        yield f"{f'{heading}, {names}':34}" + "".join(f"{judge:>22}" for judge in JUDGES)
        for row in ROWS:
            if row in OF_DATES and not totals[0][OF_DATES[0]]:
                continue  # the sites give no dates
            cells = [_cell(judge, counts, row) for judge, counts in zip(JUDGES, totals, strict=True)]
            yield f"{row:34}" + "".join(f"{cell:>22}" for cell in cells)
        yield ""
        yield f"{'false · missed · exact':34}" + "".join(f"{judge:>22}" for judge in JUDGES)
        for stage in score.stages(names):
            cells = [_in_short(score.total(names, judge, stage)) for judge in JUDGES]
            yield f"{stage:34}" + "".join(f"{cell:>22}" for cell in cells) + _events(score, names, stage)


def _cell(judge: str, counts: Counter[str], row: str) -> str:
    if row in OF_DATES and judge != VARIORUM:
        return "–"
    return _percent(counts) if row == EXACT else str(counts[row])


def _in_short(counts: Counter[str]) -> str:
    return f"{counts['false alarms']} · {counts['missed edits']} · {_percent(counts):>7}"


def _percent(counts: Counter[str]) -> str:
    return f"{100 * counts[EXACT] / max(1, counts['page-rounds']):.1f} %"


def _events(score: Score, names: str, stage: str) -> str:
    found = {kind: n for (n_, s, kind), n in score.events.items() if (n_, s) == (names, stage)}
    return "".join(f"   {n} {kind} event{'s' if n > 1 else ''}" for kind, n in found.items())


def faults(found: Iterable[Fault], *, judge: str = VARIORUM, most: int = FIRST) -> Iterator[str]:
    """The first faults of each kind of one judge, with what was wrong."""
    by_kind: dict[tuple[str, str], list[Fault]] = {}
    for fault in found:
        if fault.judge == judge:
            by_kind.setdefault((fault.names, fault.what), []).append(fault)
    for (names, what), some in by_kind.items():
        yield ""
        yield f"{names}, {what}: {len(some)}"
        for fault in some[:most]:
            yield f"  {fault.place}"
            yield from (f"    {_short(line)}" for line in fault.detail.splitlines()[:6])


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def redesigns(score: Score) -> Iterator[str]:
    """How many of the redesigned stages told so by one event, and no other."""
    for names in score.namings():
        stages = score.stages(names)
        once = [stage for stage in stages if score.events[names, stage, "template"] == 1]
        yield f"{f'redesigns told as one event, {names}':44}{len(once):>5} of {len(stages)}"


def as_json(heading: str, score: Score) -> Iterator[str]:
    """One JSON object for each judge on each stage under each way of naming."""
    for (names, stage, judge), counts in score.counts.items():
        row: dict[str, object] = {"part": heading, "names": names, "stage": stage, "judge": judge}
        row |= {name.replace(" ", "_").replace("-", "_"): counts[name] for name in ROWS}
        if judge == VARIORUM:
            row["events"] = {
                kind: n for (of, on, kind), n in score.events.items() if (of, on) == (names, stage)
            }
        yield json.dumps(row, ensure_ascii=False)


def keep(fault: Fault, folder: Path) -> None:
    """Write the two captures, the truth and what was read into a folder of their own."""
    if fault.ruling is None:
        return
    ruling = fault.ruling
    number = sum(1 for _ in folder.iterdir()) + 1 if folder.exists() else 1
    here = folder / f"{number:03}-{fault.what.replace(' ', '-')}"
    here.mkdir(parents=True)
    (here / "before.html").write_bytes(ruling.before)
    (here / "after.html").write_bytes(ruling.after)
    (here / "truth.txt").write_text("\n".join(ruling.truth))
    (here / "read.txt").write_text("\n".join(ruling.sight.lines))
    (here / "fault.txt").write_text(f"{fault.what}\n{fault.place}\n{fault.detail}\n")
