"""Splits a block into sentences, in any script, without losing a character."""

from __future__ import annotations

import re

ENDS = frozenset(".!?؟۔…।॥。！？｡។။")
CLOSING = "\"'»”’)]›"
_BREAK = re.compile(rf"(?<=[{re.escape(''.join(sorted(ENDS)) + CLOSING)}])\s+(?=\S)")
_LOOK_BACK = 8
"""The number of closing quotes and brackets between the end of a sentence and the space after it."""
_ABBREVIATED = re.compile(r"(?:^|[\s(«“\"])(?:\w|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|Art|vs|etc|cf|ca)\.$")


def sentences(block: str) -> list[str]:
    """The sentences of a block, each with the white space after it: joined they are the block.

    If the end of a sentence is doubtful, it goes on: after an abbreviation, and before a small letter.
    """
    found: list[str] = []
    start = 0
    for gap in _BREAK.finditer(block):
        if _ends(block[max(0, gap.start() - _LOOK_BACK) : gap.start()]) and not block[gap.end()].islower():
            found.append(block[start : gap.end()])
            start = gap.end()
    return [*found, block[start:]] if block[start:] else found


def _ends(before: str) -> bool:
    ending = before.rstrip(CLOSING)
    return ending[-1:] in ENDS and not (ending == before and _ABBREVIATED.search(ending))
