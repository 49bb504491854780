"""A diff as readable lines with removed and added words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from variorum.crawler.diffing.hunks import Hunk, Relink

Piece = tuple[str, str]
"""`=` kept, `-` removed, `+` added, `>` moved here, each with its text; `!` is a remark on the line."""
Line = tuple[Piece, ...]

GAP: Line = (("=", "…"),)
"""The mark in place of blocks that are not shown."""
MARKS = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}", ">": "{{moved here: {}}}", "!": "{{{}}} "}
"""The marks of a piece of a line where there are no colours."""


def struck(hunks: Sequence[Hunk], new: Sequence[str] = ()) -> list[Line]:
    """The changed blocks in the order of the new text; with its blocks `new`, each has one unchanged block
    on either side."""
    changed = {hunk.new_at + at for hunk in hunks for at in range(len(hunk.new))}
    beside = {at for hunk in hunks for at in (hunk.new_at - 1, hunk.new_at + len(hunk.new))} - changed
    kept = [(at, True, (("=", new[at]),)) for at in beside if 0 <= at < len(new)]
    # What was taken out stands at the block that follows it now, and is shown before that.
    edited = [(at, False, line) for hunk in hunks for at, line in _placed(hunk)]
    return list(_with_gaps(sorted([*edited, *kept], key=lambda one: one[:2])))


def relinks(links: Sequence[Relink]) -> list[Line]:
    """A line for each link that leads elsewhere: its words, and both addresses."""
    return [
        (
            ("=", f"link «{one.words}»: "),
            *([("-", one.old)] if one.old else []),
            *([("+", one.new)] if one.new else []),
        )
        for one in links
    ]


def marked(line: Line) -> str:
    """The line as plain text: `[-removed-]` and `{+added+}`."""
    return "".join(MARKS[op].format(text) for op, text in spaced(line))


def marked_lines(
    hunks: Sequence[Hunk], title: tuple[str, str] | None = None, links: Sequence[Relink] = ()
) -> list[str]:
    """The changed blocks as plain text, between the title and the links where these changed."""
    titles: list[Line] = [(("-", title[0]), ("+", title[1]))] if title else []
    return [marked(line) for line in [*titles, *struck(hunks), *relinks(links)]]


def spaced(line: Line) -> Line:
    """The line with the white space before a changed word moved out of it, once for the old and the new
    word."""
    pieces: list[Piece] = []
    for before, (op, text) in pairwise([("=", ""), *line]):
        word = text.lstrip()
        space = text[: len(text) - len(word)]
        if op in "=!" or not word:
            pieces.append((op, text))
        elif before == ("-", text) or (op == "+" and before[0] == "-" and before[1].startswith(space)):
            pieces.append((op, word))
        else:
            pieces += [("=", space), (op, word)] if space else [(op, word)]
    return tuple(pieces)


def _placed(hunk: Hunk) -> Iterator[tuple[int, Line]]:
    """Return the lines of a hunk, each with its position in the new text."""
    if hunk.op == "replace" or hunk.words:
        remark: Line = (("!", "moved here and edited"),) if hunk.op == "move" else ()
        yield hunk.new_at, remark + hunk.words
        return
    if hunk.op == "delete":
        yield from ((hunk.new_at, (("-", block),)) for block in hunk.old)
    sign = ">" if hunk.op == "move" else "+"
    yield from ((at, ((sign, block),)) for at, block in enumerate(hunk.new, start=hunk.new_at))


def _with_gaps(shown: Sequence[tuple[int, bool, Line]]) -> Iterator[Line]:
    before = shown[0][0] if shown else 0
    for at, _, line in shown:
        if at > before + 1:
            yield GAP
        before = at
        yield line
