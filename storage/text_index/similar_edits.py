"""Finds the same edit on several pages: a footer, a name, a link. Pure."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

DIGITS = 16


def similar_edit(
    kind: str, old_title: str | None, title: str | None, hunks: str, links: str = "[]"
) -> str | None:
    """A digest that is equal for two changes of one kind with the same words added and removed.

    `hunks` and `links` are the JSON of a change; None if neither words nor links changed.
    """
    words = [piece for hunk in json.loads(hunks) for piece in _words(hunk)]
    if old_title is not None:
        words += [["title -", old_title], ["title +", title or ""]]
    words += [[f"link {key}", str(one[key])] for one in json.loads(links) for key in ("words", "old", "new")]
    if not words:
        return None
    return sha256(json.dumps([kind, words]).encode()).hexdigest()[:DIGITS]


def _words(hunk: dict[str, Any]) -> list[list[str]]:
    """The added and removed words, without the text between and the white space around."""
    pieces = hunk["words"] or [
        *(["-", block] for block in hunk["old"]),
        *(["+", block] for block in hunk["new"]),
    ]
    return [[f"{hunk['op']} {sign}", text.strip()] for sign, text in pieces if sign != "="]
