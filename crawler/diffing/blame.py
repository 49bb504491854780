"""Since when each sentence of a page stands there, and which sentences stood there once. Pure.

A sentence keeps its date wherever on the page it moves, and whatever becomes of its typography. One that was
edited, or that went and came back, stands there since then. What only our reading brought is told as ours.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.diffing.alignment import changed_runs
from crawler.diffing.normalisation import plain
from crawler.diffing.sentences import sentences


@dataclass(frozen=True, slots=True)
class Told:
    """A version, and what of its difference from the version before it is the site's."""

    number: int
    at: str
    text: str
    put: str | None = None
    """All that the site put in, one block a line; None: whatever is new."""
    taken: str | None = None
    """All that it took out; None: whatever is there no more."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the latest version, with the white space after it."""

    text: str
    version: int
    """The version that brought it."""
    at: str
    """When that was captured."""
    ours: bool = False
    """Another reading of ours brought it: it may have stood there before."""


@dataclass(frozen=True, slots=True)
class Former:
    """A sentence that the site took away, as it stood last."""

    text: str
    since: Sentence
    until_version: int
    """The first version without it."""
    until: str
    """When that was captured."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The latest version by its sentences, block by block; and those of earlier versions, last gone first."""

    blocks: tuple[tuple[Sentence, ...], ...]
    former: tuple[Former, ...]


def blame(versions: Sequence[Told]) -> Blame:
    """Who brought what; of versions in their order, the oldest first. Of no version, nothing."""
    key = lru_cache(maxsize=2**14)(plain)
    standing: list[Sentence] = []
    former: dict[str, Former] = {}
    for at, told in enumerate(versions):
        came = [sentence for block in told.text.split("\n") for sentence in sentences(block)]
        old, new = [key(one.text) for one in standing], [key(text) for text in came]
        kept = _kept(old, new)
        gone = set(range(len(old))).difference(kept.values())
        for i in sorted(gone):
            if _says(told.taken, standing[i].text):
                former[old[i]] = Former(standing[i].text, standing[i], told.number, told.at)
        standing = [
            _kept_on(standing[kept[j]], text) if j in kept else _brought(told, text, is_first=at == 0)
            for j, text in enumerate(came)
        ]
    now = {key(one.text) for one in standing}
    lost = [one for said, one in former.items() if said not in now]
    text = versions[-1].text if versions else ""
    return Blame(
        blocks=_in_blocks(text, standing) if versions else (),
        former=tuple(sorted(lost, key=lambda one: one.until_version, reverse=True)),
    )


def _kept(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Where each sentence that stands on stood before: in its place, or else moved from another."""
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


def _kept_on(before: Sentence, text: str) -> Sentence:
    """The sentence of before, as it is written now."""
    return Sentence(text, before.version, before.at, before.ours)


def _brought(told: Told, text: str, *, is_first: bool) -> Sentence:
    return Sentence(text, told.number, told.at, ours=not is_first and not _says(told.put, text))


def _says(said: str | None, text: str) -> bool:
    """Whether the sentence is of what was said to be put in or taken out: all that it says, or a part."""
    return said is None or text.strip() in said


def _in_blocks(text: str, standing: Sequence[Sentence]) -> tuple[tuple[Sentence, ...], ...]:
    blocks = []
    at = 0
    for block in text.split("\n"):
        count = len(sentences(block))
        blocks.append(tuple(standing[at : at + count]))
        at += count
    return tuple(blocks)
