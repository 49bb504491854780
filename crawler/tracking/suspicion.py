"""Decides which differences are not trusted at first, and become suspects. Pure.

A text that loses most of its words, or was cut, is a suspect: block pages, maintenance pages and incomplete
responses look like that, and so does a rewrite. It is stored as a suspect, and reported when a later run
still shows it. Two editions that alternate (one server of several is out of date) are reported once, until
one has stayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from variorum.crawler.classification.response import has_end
from variorum.crawler.diffing.diff import Diff, Read, similarity
from variorum.crawler.diffing.tokens import words
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading

MOST = 0.5
"""The share of its words that a text must lose to become a suspect."""
SAME_TEXT = 0.5
"""The similarity from which two runs have shown the same suspect."""
LONGEST = 3
"""The number of runs without the old text after which the suspect is confirmed, whatever they showed."""
STAYED = 3
"""The number of consecutive runs that must show one of two alternating editions."""
MANY_WITH_TEXT = 3
"""The number of other pages with the same new text from which that text is a notice."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A text that is not trusted yet, and why."""

    kind: Literal["loss", "cut", "alternating"]
    why: str
    text: Read
    diff: Diff | None = None
    """How it differs from the latest version."""


def suspicion(known: Known, reading: Reading, extract: Extract, diff: Diff) -> Suspicion | None:
    """Why a text that differs from the latest version is not trusted at once; None if it is."""
    assert known.last
    if extract.kind == "file":  # as a whole another one whenever it is replaced
        return None
    if _is_cut(known.last.text, extract.text) and not has_end(reading.fetched.body):
        return Suspicion("cut", "the text ends early, and so does the HTML", extract, diff)
    before = len(words(known.last.text))
    if diff.words_removed > MOST * before:
        why = f"{diff.words_removed} of {before} words are missing"
        return Suspicion("loss", why, extract, diff)
    return None


def is_confirmed(known: Known, extract: Extract) -> bool:
    """Whether an earlier run has shown this suspect, too, or the old text has been missing for long."""
    suspect = known.suspect
    if suspect is None or is_alternating(known) or suspect.last_run == known.run:
        return False
    if known.suspects_with_text >= MANY_WITH_TEXT:
        return False
    is_same = suspect.digest == extract.digest or similarity(suspect.text, extract.text) >= SAME_TEXT
    return is_same or suspect.times >= LONGEST - 1


def alternation(known: Known, diff: Diff) -> Suspicion | None:
    """The suspicion that two editions alternate, this one and the one before; None if they don't."""
    if known.alternates is None or known.last is None or is_alternating(known):
        return None
    why = f"two editions alternate: this one, and that of version {known.last.number}"
    return Suspicion("alternating", why, known.last, diff)


def is_alternating(known: Known) -> bool:
    """Whether the page is known to alternate between two editions."""
    return known.suspect is not None and known.suspect.kind == "alternating"


def is_other_edition(known: Known, extract: Extract) -> bool:
    """Whether this is the one of two alternating editions that is not the latest version."""
    return known.suspect is not None and is_alternating(known) and known.suspect.digest == extract.digest


def has_stayed(known: Known, runs_before: int) -> bool:
    """Whether an edition has stayed; `runs_before` counts the runs in a row that showed it before this
    one."""
    assert known.suspect
    return runs_before + (known.suspect.last_run != known.run) >= STAYED


def _is_cut(old: str, new: str) -> bool:
    """Whether a text is the beginning of the old one, and nothing more."""
    return len(new) < len(old) and old.startswith(new)
