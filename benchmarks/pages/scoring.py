"""One page read by one reader, and how near its text comes to the true one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from time import process_time
from typing import Any

from benchmarks.reader.scoring import bag_f1, gram_f1, words

Reader = Callable[[Mapping[str, Any]], str]
"""A record to its text."""


@dataclass(frozen=True, slots=True)
class Score:
    """How near one reader came to the true text of one page."""

    page: str
    url: str
    kind: str
    reader: str
    bag: float
    """F1 over words."""
    gram: float
    """F1 over runs of four words."""
    found: float
    """What share of the snippets that must be in the text is."""
    kept_out: float
    """What share of those that must not be in it is not."""
    seconds: float
    error: str = ""

    def as_object(self) -> dict[str, Any]:
        """The score as JSON has it."""
        return asdict(self)


def scored(name: str, reader: Reader, record: Mapping[str, Any]) -> Score:
    """The page read and scored. A reader that fails has read nothing."""
    start, error = process_time(), ""
    try:
        text = reader(record)
    except Exception as failure:
        text, error = "", f"{type(failure).__name__}: {failure}"[:100]
    seconds = process_time() - start
    got, gold = words(text), words(record["gold"])
    folded = f" {' '.join(got)} "
    return Score(
        page=record["id"], url=record["url"], kind=record["type"], reader=name, bag=bag_f1(got, gold),
        gram=gram_f1(got, gold), found=_share(record.get("with", ()), folded),
        kept_out=1 - _share(record.get("without", ()), folded, nothing=0.0), seconds=seconds, error=error,
    )  # fmt: skip


def mean(scores: Sequence[Score]) -> tuple[float, ...]:
    """The means of bag, gram, found, kept_out and seconds."""
    facts = ("bag", "gram", "found", "kept_out", "seconds")
    return tuple(fmean(getattr(score, fact) for score in scores) for fact in facts)


def _share(snippets: Sequence[str], folded: str, nothing: float = 1.0) -> float:
    phrases = [f" {' '.join(words(snippet))} " for snippet in snippets]
    return fmean(snippet in folded for snippet in phrases) if phrases else nothing
