"""Splits a dump into clean lines, and into the paragraphs between its blank lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
BULLET = re.compile(r"[•◦▪▫‣●○·]\s*")
"""The marks that dumps write before the items of a list."""
LONGEST_TITLE = 200
PROSE = 12
"""The number of words from which a line is no menu, button or heading."""


class Paragraph(NamedTuple):
    """A paragraph: lines with no blank line between them."""

    first: int
    """The index of its first line in the dump."""
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the lines of the paragraph as one text."""
        return "\n".join(self.lines)

    @property
    def is_short(self) -> bool:
        """Whether it can be a title: one line of limited length."""
        return len(self.lines) == 1 and is_short(self.lines[0])

    @property
    def is_prose(self) -> bool:
        """Whether the paragraph is prose, and not only a name or a label."""
        return any(map(is_prose, self.lines))


def cleaned(text: str) -> list[str]:
    """The lines of a dump without the marks and spaces around their words."""
    return [CONTROL.sub("", line).strip("\ufeff\u200b \u00a0\t") for line in text.splitlines()]


def paragraphs(lines: Sequence[str], first: int, end: int, without: Collection[int] = ()) -> list[Paragraph]:
    """The paragraphs of these lines, divided by blank lines and by the lines in `without`."""
    found: list[Paragraph] = []
    begun: list[str] = []
    at = first
    for index in range(first, end + 1):
        if index < end and lines[index] and index not in without:
            at = at if begun else index
            begun.append(lines[index])
        elif begun:
            found.append(Paragraph(at, tuple(begun)))
            begun = []
    return found


def is_short(line: str) -> bool:
    """Whether a line can be a title."""
    return 0 < len(line) <= LONGEST_TITLE


def is_prose(line: str) -> bool:
    """Whether a line is longer than a name."""
    return len(line.split()) >= PROSE


def title_of(line: str) -> str:
    """A line as a title: without a bullet, with single spaces."""
    return " ".join(BULLET.sub("", line, count=1).split() if BULLET.match(line) else line.split())
