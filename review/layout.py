"""Lays out a diff for reading: old beside new, with long unchanged stretches folded. Pure,
but for the language of its notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from variorum.crawler.diffing.diff import Hunk, apply
from variorum.review.languages import gettext
from variorum.review.safe_text import TextPiece, marked, piece

CONTEXT = 2
"""The number of unchanged lines shown beside a changed one."""
LEAST_FOLD = 3
MOST_FOLDED = 1_000
"""The maximum number of lines that can be unfolded at one place."""
MOST_SHOWN = 1_000_000
"""The maximum number of characters of the lines of one page."""
MOST_MARKS = 200
WIDTH = 1000
"""The width of the strip."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A block before, after, or both.

    `=` same, `~` edited, `-` removed, `+` added, `<` moved away, `>` moved here, `≈` moved here and edited.
    """

    sign: str
    old: tuple[TextPiece, ...] | None
    new: tuple[TextPiece, ...] | None
    words: tuple[TextPiece, ...] = ()
    """Old and new words in one line, if it is edited."""
    hunk: int = 0
    """The number of the hunk that begins here."""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Fold:
    """Unchanged lines that the reader can unfold; without lines, they are not available."""

    lines: tuple[DiffLine, ...] = ()
    lost: int = 0
    """The number of further lines, which are not shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A hunk on the strip: its position in the text, as a part of WIDTH."""

    hunk: int
    at: int
    sign: str


@dataclass(frozen=True, slots=True)
class DiffLayout:
    """A diff as a page shows it."""

    stretches: tuple[DiffLine | Fold, ...]
    strip: tuple[Mark, ...]
    hunks: int
    lost: int = 0
    """The number of lines at the end that are left out because the page would be too large."""


def laid_out(hunks: Sequence[Hunk], old: str | None, new: str | None, *, context: bool = True) -> DiffLayout:
    """The diff of two texts; without `context`, or if the hunks belong to other texts, the hunks alone."""
    if old is None or new is None or not _fits(hunks, old, new):
        lines = list(_alone(hunks))
    else:
        lines = list(_lines(hunks, old.split("\n"), new.split("\n")))
    shown, lost = _bounded(lines)
    stretches = _folded(shown) if context and any(line.sign == "=" for line in lines) else _changed(shown)
    return DiffLayout(tuple(stretches), _strip(lines), len(hunks), lost)


def plain_text(text: str) -> DiffLayout:
    """Return the layout of one text without a diff."""
    shown, lost = _bounded([_line("=", block) for block in text.split("\n")])
    return DiffLayout(tuple(shown), (), 0, lost)


def _fits(hunks: Sequence[Hunk], old: str, new: str) -> bool:
    try:
        return apply(old, hunks) == new
    except ValueError:
        return False


def _lines(hunks: Sequence[Hunk], old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    """Both texts from top to bottom; an edited block is beside its new form unless it moved past others."""
    numbers = {id(hunk): number for number, hunk in enumerate(hunks, 1)}
    taken = {hunk.old_at + at: hunk for hunk in hunks for at in range(len(hunk.old))}
    put = {hunk.new_at + at: hunk for hunk in hunks for at in range(len(hunk.new))}
    straight = _straight(hunks)
    i = j = 0
    while i < len(old) or j < len(new):
        hunk, other = taken.get(i), put.get(j)
        if hunk and id(hunk) in straight and other is not hunk and other:
            yield _arrived(other, new[j], numbers[id(other)] * (j == other.new_at))
            j += 1
        elif hunk and id(hunk) in straight and other is hunk:
            yield _edited(hunk, numbers[id(hunk)])
            i, j = i + 1, j + 1
        elif hunk:
            yield _gone(hunk, old[i], numbers[id(hunk)] * (i == hunk.old_at and hunk.op != "move"))
            i += 1
        elif other:
            yield _arrived(other, new[j], numbers[id(other)] * (j == other.new_at))
            j += 1
        else:
            yield _line("=", old[i])
            i, j = i + 1, j + 1


def _straight(hunks: Iterable[Hunk]) -> set[int]:
    """The replaced blocks that keep their order among each other."""
    found: set[int] = set()
    last = -1
    for hunk in sorted(hunks, key=lambda hunk: hunk.old_at):
        if hunk.op == "replace" and hunk.new_at > last:
            found.add(id(hunk))
            last = hunk.new_at
    return found


def _alone(hunks: Sequence[Hunk]) -> Iterator[DiffLine]:
    for number, hunk in enumerate(hunks, 1):
        if hunk.op == "replace" or hunk.words:
            yield _edited(hunk, number)
            continue
        if hunk.op == "delete":
            yield from (_gone(hunk, block, number * (at == 0)) for at, block in enumerate(hunk.old))
        yield from (_come(hunk, block, number * (at == 0)) for at, block in enumerate(hunk.new))


def _edited(hunk: Hunk, number: int) -> DiffLine:
    words = marked(
        hunk.words or (*(("-", block) for block in hunk.old), *(("+", block) for block in hunk.new))
    )
    old = tuple(piece for piece in words if piece.sign != "+")
    new = tuple(piece for piece in words if piece.sign != "-")
    size = sum(len(text) for _, text in hunk.words)
    if hunk.op == "move":
        return DiffLine("≈", None, new, words, number, size)
    return DiffLine("~", old, new, words, number, size)


def _arrived(hunk: Hunk, block: str, number: int) -> DiffLine:
    """An added block; one that moved and was edited is shown with the words that differ."""
    return _edited(hunk, number) if hunk.op == "move" and hunk.words else _come(hunk, block, number)


def _gone(hunk: Hunk, block: str, number: int) -> DiffLine:
    return _line("<" if hunk.op == "move" else "-", block, number)


def _come(hunk: Hunk, block: str, number: int) -> DiffLine:
    return _line(">" if hunk.op == "move" else "+", block, number)


def _line(sign: str, block: str, number: int = 0) -> DiffLine:
    pieces = (piece(sign, block, gettext("an empty line") if sign != "=" and not block.strip() else ""),)
    return DiffLine(
        sign, pieces if sign in "=-<" else None, pieces if sign in "=+>" else None, pieces, number, len(block)
    )


def _bounded(lines: Sequence[DiffLine]) -> tuple[list[DiffLine], int]:
    """The lines that fit on a page, and the number of those left out."""
    shown: list[DiffLine] = []
    size = 0
    for line in lines:
        size += min(line.size, 4_000) + 40  # the rest is folded
        if size > MOST_SHOWN:
            break
        shown.append(line)
    return shown, len(lines) - len(shown)


def _folded(lines: Sequence[DiffLine]) -> Iterator[DiffLine | Fold]:
    """The lines, with those far from any change folded."""
    near = {
        at + beside
        for at, line in enumerate(lines)
        if line.sign != "="
        for beside in range(-CONTEXT, CONTEXT + 1)
    }
    for is_near, group in groupby(enumerate(lines), key=lambda one: one[0] in near):
        run = [line for _, line in group]
        if is_near or len(run) < LEAST_FOLD:
            yield from run
        else:
            yield Fold(tuple(run[:MOST_FOLDED]), max(0, len(run) - MOST_FOLDED))


def _changed(lines: Sequence[DiffLine]) -> Iterator[DiffLine | Fold]:
    """The changed lines alone, with a gap for the lines between."""
    for same, group in groupby(lines, key=lambda line: line.sign == "="):
        yield from [Fold()] if same else group


def _strip(lines: Sequence[DiffLine]) -> tuple[Mark, ...]:
    whole = sum(line.size + 1 for line in lines) or 1
    marks: dict[int, Mark] = {}
    before = 0
    for line in lines:
        if line.hunk:
            mark = Mark(line.hunk, before * WIDTH // whole, line.sign)
            marks.setdefault(mark.at * MOST_MARKS // WIDTH, mark)
        before += line.size + 1
    return tuple(marks.values())
