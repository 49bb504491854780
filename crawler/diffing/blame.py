"""Computes sentence ages: the version that added each sentence of a page, and removed sentences. Pure.

A sentence keeps its date when it moves within the page or only its typography changes. A sentence that was
edited, or removed and added again, dates from then. One that only our extraction added is marked as ours.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from variorum.crawler.diffing.alignment import changed_runs
from variorum.crawler.diffing.normalisation import plain
from variorum.crawler.diffing.sentences import sentences


@dataclass(frozen=True, slots=True)
class VersionText:
    """A version, with the changes that the site made since the version before."""

    number: int
    at: str
    text: str
    put: str | None = None
    """All text that the site added, one block a line; None if everything new counts."""
    taken: str | None = None
    """All text that the site removed; None if everything missing counts."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the latest version, with the white space after it."""

    text: str
    version: int
    """The number of the version that added it."""
    at: str
    """The time of that version's capture."""
    ours: bool = False
    """Only our extraction added it: it may have been on the page before."""


@dataclass(frozen=True, slots=True)
class Former:
    """A sentence that the site has removed, in its last form."""

    text: str
    since: Sentence
    until_version: int
    """The first version without it."""
    until: str
    """The time of that version's capture."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The sentences of the latest version, by block; and the removed ones, latest removal first."""

    blocks: tuple[tuple[Sentence, ...], ...]
    former: tuple[Former, ...]


def blame(versions: Sequence[VersionText]) -> Blame:
    """The sentence ages of a page, from its versions, the oldest first; empty for no version."""
    key = lru_cache(maxsize=2**14)(plain)
    present: list[Sentence] = []
    former: dict[str, Former] = {}
    for at, version in enumerate(versions):
        new_sentences = [sentence for block in version.text.split("\n") for sentence in sentences(block)]
        old, new = [key(one.text) for one in present], [key(text) for text in new_sentences]
        kept = _kept(old, new)
        gone = set(range(len(old))).difference(kept.values())
        for i in sorted(gone):
            if _is_part_of(version.taken, present[i].text):
                former[old[i]] = Former(present[i].text, present[i], version.number, version.at)
        present = [
            _with_typography(present[kept[j]], text) if j in kept else _added(version, text, is_first=at == 0)
            for j, text in enumerate(new_sentences)
        ]
    now = {key(one.text) for one in present}
    lost = [one for text, one in former.items() if text not in now]
    text = versions[-1].text if versions else ""
    return Blame(
        blocks=_in_blocks(text, present) if versions else (),
        former=tuple(sorted(lost, key=lambda one: one.until_version, reverse=True)),
    )


def _kept(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """The old position of each kept sentence by its new position, whether it stayed or moved."""
    runs = changed_runs(old, new)
    moved: dict[str, deque[int]] = defaultdict(deque)
    for i in (i for start, end, _, _ in runs for i in range(start, end)):
        moved[old[i]].append(i)
    kept: dict[int, int] = {}
    i = j = 0
    for old_from, old_to, new_from, new_to in [*runs, (len(old), len(old), len(new), len(new))]:
        kept |= dict(zip(range(j, new_from), range(i, old_from), strict=True))
        kept |= {at: moved[new[at]].popleft() for at in range(new_from, new_to) if moved.get(new[at])}
        i, j = old_to, new_to
    return kept


def _with_typography(before: Sentence, text: str) -> Sentence:
    """The old sentence with its present typography."""
    return Sentence(text, before.version, before.at, before.ours)


def _added(version: VersionText, text: str, *, is_first: bool) -> Sentence:
    return Sentence(
        text, version.number, version.at, ours=not is_first and not _is_part_of(version.put, text)
    )


def _is_part_of(changed: str | None, text: str) -> bool:
    """Whether the sentence is part of a changed text; True for None, which means any text."""
    return changed is None or text.strip() in changed


def _in_blocks(text: str, present: Sequence[Sentence]) -> tuple[tuple[Sentence, ...], ...]:
    blocks = []
    at = 0
    for block in text.split("\n"):
        count = len(sentences(block))
        blocks.append(tuple(present[at : at + count]))
        at += count
    return tuple(blocks)
