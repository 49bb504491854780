"""Defines the pieces of a diff as they are stored: they restore either text from the other. Pure.

Every hunk removes the blocks `old` at `old_at` of the old text and adds the blocks `new` at `new_at` of the
new one. Reading a stored diff needs only this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Op = Literal["insert", "delete", "replace", "move"]
Placed = tuple[int, tuple[str, ...]]
"""Blocks, with the position of the first of them."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One contiguous piece of a diff. Positions count blocks from 0."""

    op: Op
    old_at: int
    new_at: int
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    """The pieces of a replaced block, or of a moved and edited one: `=`, `-` or `+`, and a text. `=` and
    `-` joined are the old block, `=` and `+` the new one."""


@dataclass(frozen=True, slots=True)
class Relink:
    """The words of a link, with its target before and now; None where it was, or is, no link."""

    words: str
    old: str | None
    new: str | None


def apply(old_text: str, hunks: Iterable[Hunk]) -> str:
    """The new text, made from the old one. Raises ValueError if the hunks belong to another text."""
    pieces = list(hunks)
    return _rewritten(old_text, [(h.old_at, h.old) for h in pieces], [(h.new_at, h.new) for h in pieces])


def revert(new_text: str, hunks: Iterable[Hunk]) -> str:
    """The old text, made from the new one. Raises ValueError if the hunks belong to another text."""
    pieces = list(hunks)
    return _rewritten(new_text, [(h.new_at, h.new) for h in pieces], [(h.old_at, h.old) for h in pieces])


def _rewritten(text: str, cuts: list[Placed], puts: list[Placed]) -> str:
    blocks = text.split("\n")
    for at, taken in sorted(cuts, reverse=True):
        if tuple(blocks[at : at + len(taken)]) != taken:
            raise ValueError(f"the diff belongs to another text: block {at} is not {taken[:1]}")
        del blocks[at : at + len(taken)]
    for at, put in sorted(puts):
        blocks[at:at] = put
    return "\n".join(blocks)
