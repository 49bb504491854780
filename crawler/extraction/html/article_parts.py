"""Joins an article in several parts, each at an address of its own, to one body.

WordPress divides a long post into `/story/`, `/story/2/`, `/story/3/`. They are fetched one after the other,
stored as one body and read as one text, so that an edit on the third is an edit of the article.
"""

from __future__ import annotations

_SEAM = b"\n<!-- variorum: the next part of the article -->\n"


def join(first: bytes, *others: bytes) -> bytes:
    """The bodies of an article's parts as one."""
    return _SEAM.join([first, *others])


def split(body: bytes) -> list[bytes]:
    """The bodies of an article's parts; one for nearly every page."""
    return body.split(_SEAM)
