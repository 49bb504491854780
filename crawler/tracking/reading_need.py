"""Decides whether a response has to be read, and why. Pure: asked before anything is loaded or classified.

A response is not read if it shows the page as it was last seen: the server answers so, its bytes are the
same, or, where its design is known, its title, text, links and dates are.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus

from variorum.crawler.fetch_result import FetchResult
from variorum.storage.bodies import digest_of
from variorum.storage.rows import PageRow

FULL_EVERY = 20
"""Of a page whose text stays the same, every twentieth response is read in full all the same."""


class Need(StrEnum):
    """Why a response is not read; or that it is."""

    not_modified = "not modified"
    same_bytes = "same bytes"
    same_text = "same text"
    read = "read"


def reading_need(page: PageRow, fetched: FetchResult, shows_the_same: Callable[[], bool]) -> Need:
    """Whether the response has to be read. `shows_the_same` is asked only where all else is not enough.

    It compares title, text, links and dates of a page of a known design, and is False for any other page.
    """
    if fetched.status == HTTPStatus.NOT_MODIFIED and not fetched.error:
        return Need.not_modified if page.seen_at is not None else Need.read
    if not _is_whole(page, fetched):
        return Need.read
    if digest_of(fetched.body) == page.body_digest:
        return Need.same_bytes
    if page.checks % FULL_EVERY == FULL_EVERY - 1:
        return Need.read
    return Need.same_text if shows_the_same() else Need.read


def _is_whole(page: PageRow, fetched: FetchResult) -> bool:
    """Whether the page itself answered at its own address, and is there."""
    answered = fetched.status == HTTPStatus.OK and not (fetched.error or fetched.hops or page.listed_url)
    return answered and page.state == "live"
