"""Compares two texts of a page: which blocks differ, and which words within a changed block.

Every hunk removes the blocks `old` at `old_at` of the old text and adds the blocks `new` at `new_at` of the
new one. So the hunks restore either text from the other, whatever their names mean to a reader.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from variorum.crawler.diffing import significance
from variorum.crawler.diffing.alignment import Run, changed_runs
from variorum.crawler.diffing.hunks import Hunk, Op, Relink, apply, revert
from variorum.crawler.diffing.links import relinked
from variorum.crawler.diffing.normalisation import same_words
from variorum.crawler.diffing.pairing import ChangedRun, in_order, paired
from variorum.crawler.diffing.tokens import STRIKE, similarity, struck, without_struck, words
from variorum.crawler.diffing.word_diff import word_diff

__all__ = [
    "Diff",
    "Hunk",
    "Relink",
    "TitledText",
    "apply",
    "compare",
    "differ",
    "from_json",
    "revert",
    "similarity",
    "to_json",
]


MARKS = str.maketrans("", "", "“”‘’«»–—…")
"""Deletes marks of punctuation that have no letter in any form."""
NOT_ONLY_LETTERS = frozenset("[]@")
"""With these, letters belong to a footnote mark or a concealed address."""


class Read(Protocol):
    """Anything with a title and a text: an `Extract`, or a `TitledText`."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def links(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class TitledText:
    """A title and a text, one block a line; and its links in the form of an Extract, if they are known."""

    title: str
    text: str
    links: str | None = None
    language: str | None = None
    """The code of its language, such as `fa`."""


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference between two readings, its significance, and its explanation."""

    hunks: tuple[Hunk, ...]
    title: tuple[str, str] | None
    """The old and the new title, if they differ."""
    words_added: int
    words_removed: int
    typographic: bool
    """True where only typography differs: stored, but not reported."""
    significance: float
    explanation: str
    links: tuple[Relink, ...] = ()
    """Links whose target changed, on words that are in both texts."""

    @property
    def kind(self) -> Literal["edited", "retitled"]:
        """The kind of change that the diff makes: `edited` or `retitled`."""
        return "edited" if self.hunks or self.links else "retitled"

    @property
    def of_links_only(self) -> bool:
        """Whether all words are the same, and only link targets differ."""
        return bool(self.links) and not (self.hunks or self.title)


def differ(old: Read, new: Read) -> bool:
    """Whether two texts of a page differ in a character, or in where a link leads: `compare` tells how."""
    return (old.title, old.text) != (new.title, new.text) or bool(_relinked(old, new))


def compare(old: Read, new: Read) -> Diff | None:
    """The difference between two texts of a page; None if they are equal to the character."""
    if not differ(old, new):
        return None
    links = _relinked(old, new)
    hunks = _hunks(old.text.split("\n"), new.text.split("\n")) if old.text != new.text else ()
    title = (old.title, new.title) if old.title != new.title else None
    language = new.language or old.language
    typographic = (
        not (links or _differ_in_letters(hunks))
        and same_words(old.title, new.title, language)
        and same_words(old.text, new.text, language)
    )
    edits = [_edit(hunk) for hunk in hunks]
    judgement = significance.judge(edits, title, len(words(old.text)), len(words(new.text)), links)
    return Diff(
        hunks=hunks,
        title=title,
        words_added=sum(edit.added for edit in edits),
        words_removed=sum(edit.removed for edit in edits),
        typographic=typographic,
        significance=0.0 if typographic else judgement.significance,
        explanation="only typography differs" if typographic else judgement.explanation,
        links=links,
    )


def _differ_in_letters(hunks: Sequence[Hunk]) -> bool:
    """Whether Latin letters or digits came or went, which no typography does: then no text need be folded.

    False where that is in doubt: beside other characters, and in addresses and marks of footnotes.
    """
    gone, come = (
        "".join(block for hunk in hunks for block in getattr(hunk, side)) for side in ("old", "new")
    )
    sure = (gone + come).translate(MARKS).isascii() and NOT_ONLY_LETTERS.isdisjoint(gone + come)
    return sure and Counter(filter(str.isalnum, gone)) != Counter(filter(str.isalnum, come))


def _relinked(old: Read, new: Read) -> tuple[Relink, ...]:
    return relinked(old.links, new.links, old.text, new.text)


def to_json(diff: Diff) -> str:
    """The diff as JSON, from which `from_json` makes an equal one."""
    return msgspec.json.encode(diff).decode()


def from_json(text: str) -> Diff:
    """The diff that `to_json` wrote. Raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(text, type=Diff)


def _hunks(old: Sequence[str], new: Sequence[str]) -> tuple[Hunk, ...]:
    """The hunks: moves first; then edited blocks, moved or not; then removed and added blocks."""
    runs = changed_runs(old, new)
    moves = _moves(old, new, runs)
    left, right = {i for i, _ in moves}, {j for _, j in moves}
    hunks = [Hunk("move", i, j, (old[i],), (new[j],)) for i, j in moves]
    parts = [
        ChangedRun([i for i in range(a, b) if i not in left], [j for j in range(c, d) if j not in right])
        for a, b, c, d in runs
    ]
    pairs = paired(parts, old, new)
    in_place = in_order(pairs, parts)
    for i, j in pairs:
        op: Op = "replace" if (i, j) in in_place else "move"
        hunks.append(Hunk(op, i, j, (old[i],), (new[j],), word_diff(old[i], new[j])))
    left, right = {i for i, _ in pairs}, {j for _, j in pairs}
    for part, (old_from, _, new_from, _) in zip(parts, runs, strict=True):
        hunks += [Hunk("delete", i, new_from, (old[i],)) for i in part.gone if i not in left]
        hunks += [Hunk("insert", old_from, j, (), (new[j],)) for j in part.come if j not in right]
    return tuple(sorted(_joined(hunks), key=lambda hunk: (hunk.new_at, hunk.old_at, hunk.op)))


def _moves(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> list[tuple[int, int]]:
    """The blocks that moved without an edit: their old and new positions."""
    arrived: dict[str, deque[int]] = defaultdict(deque)
    for _, _, start, end in runs:
        for j in range(start, end):
            arrived[new[j]].append(j)
    gone = (i for start, end, _, _ in runs for i in range(start, end))
    return [(i, arrived[old[i]].popleft()) for i in gone if old[i] and arrived.get(old[i])]


def _joined(hunks: list[Hunk]) -> list[Hunk]:
    """Join neighbouring hunks of one kind; replaced blocks stay single, each with its words."""
    joined: list[Hunk] = []
    for hunk in sorted(hunks, key=lambda hunk: (hunk.op, hunk.old_at, hunk.new_at)):
        last = joined[-1] if joined else None
        if last and last.op == hunk.op and not (last.words or hunk.words) and _continues(last, hunk):
            joined[-1] = Hunk(last.op, last.old_at, last.new_at, last.old + hunk.old, last.new + hunk.new)
        else:
            joined.append(hunk)
    return joined


def _continues(last: Hunk, hunk: Hunk) -> bool:
    return (hunk.old_at, hunk.new_at) == (last.old_at + len(last.old), last.new_at + len(last.new))


def _edit(hunk: Hunk) -> significance.Edit:
    """A hunk with the word counts that its significance needs."""
    removed, struck_before = _changed_words(hunk, "-")
    added, struck_now = _changed_words(hunk, "+")
    return significance.Edit(
        op=hunk.op,
        at=hunk.old_at if hunk.op == "delete" else hunk.new_at,
        old=hunk.old,
        new=hunk.new,
        removed=sum(removed),
        added=sum(added),
        longest=max([*removed, *added], default=0),
        struck=sum(struck_now),
        restored=sum(struck_before),
    )


def _changed_words(hunk: Hunk, sign: str) -> tuple[list[int], list[int]]:
    """The number of words of each removed (`-`) or added (`+`) piece: normal words, and struck-out words."""
    blocks = hunk.old if sign == "-" else hunk.new
    if hunk.op == "move" and not hunk.words:
        return [], []
    if not hunk.words:
        return [len(words(block)) for block in blocks], [_count(struck(block)) for block in blocks]
    plain, crossed_out = without_struck(blocks[0]), struck(blocks[0])
    spans: list[tuple[int, int]] = []
    at = 0
    for op, text in hunk.words:
        if op == sign:
            spans.append((at, at + len(text)))
        if op in ("=", sign):
            at += len(text)
    return [_count(plain[a:b]) for a, b in spans], [_count(crossed_out[a:b]) for a, b in spans]


def _count(text: str) -> int:
    return len(words(text.replace(STRIKE, " ")))
