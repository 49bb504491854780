"""Finds which words an edit brought into a text and took out of it, for the search index. Pure.

Where words came or went, a run of words is taken from the old text and one from the new: the words that
differ, with up to `CONTEXT` equal ones on either side. So each phrase of up to `LONGEST` words that the edit
made stands in a run that was added, and each that it broke in one that was removed.

The index holds these runs: whoever changes a rule here adds a migration that builds the index again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, chain

CONTEXT = 5
LONGEST = CONTEXT + 1
SMALL = 1 / 2
"""An edit is small if its runs have at most this part of the words of the new text."""
MOST_LINES = 2_000
"""Longer texts are not compared."""
_APART = " ¦ "
"""Between two runs: a word that no folded text has, so that no phrase goes across."""

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded words of a version: of its title, and of each line of its text."""

    title: Words
    lines: Sequence[Words]

    @property
    def text(self) -> list[str]:
        """The words of the text, in order."""
        return list(chain.from_iterable(self.lines))


@dataclass(frozen=True, slots=True)
class Edit:
    """The difference between the words of two versions, with a space between two words."""

    title: str
    """The new title; empty if it is the old one."""
    added: str
    removed: str
    """The runs of the old text, and the old title if the new one differs."""
    gone: str
    """The words of the old version that the new one has nowhere, each once."""


def small_edit(old: Folded, new: Folded) -> Edit | None:
    """The edit that made the new version of the old one; None if it is not small."""
    if max(len(old.lines), len(new.lines)) > MOST_LINES:
        return None
    before, after = old.text, new.text
    runs = list(_runs(old, new, before, after))
    removed, added = [one for one, _ in runs], [other for _, other in runs]
    title: Words = ()
    if old.title != new.title:
        title = new.title
        removed.append(old.title)
    gone = {*old.title, *before} - {*new.title, *after}
    if sum(map(len, (*removed, *added, title, gone))) > SMALL * len(after):
        return None
    return Edit(" ".join(title), _joined(added), _joined(removed), " ".join(sorted(gone)))


def _runs(old: Folded, new: Folded, before: Words, after: Words) -> Iterator[tuple[Words, Words]]:
    """The words of both texts where they differ, with their context."""
    starts, starts_new = (list(accumulate(map(len, one.lines), initial=0)) for one in (old, new))
    lines, lines_new = ([" ".join(line) for line in one.lines] for one in (old, new))
    for operation, first, last, first_new, last_new in SequenceMatcher(None, lines, lines_new).get_opcodes():
        if operation != "equal":
            a, b, c, d = starts[first], starts[last], starts_new[first_new], starts_new[last_new]
            equal = _equal(before[a:b], after[c:d])
            at_end = _equal(before[a + equal : b][::-1], after[c + equal : d][::-1])
            yield (
                before[max(0, a + equal - CONTEXT) : b - at_end + CONTEXT],
                after[max(0, c + equal - CONTEXT) : d - at_end + CONTEXT],
            )


def _equal(one: Words, other: Words) -> int:
    """How many words at the beginning of both are equal."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _joined(runs: Iterable[Words]) -> str:
    return _APART.join(map(" ".join, runs))
