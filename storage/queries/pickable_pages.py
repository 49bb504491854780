"""Finds stored pages of a site on which a person can pick: the latest ones whose bytes are kept."""

from __future__ import annotations

from dataclasses import dataclass

from variorum.storage.reader import Reader
from variorum.storage.rows import read

_PAGES = """
    SELECT pages.id AS page, pages.url, pages.title, captures.id AS capture
    FROM pages
    JOIN versions ON versions.page = pages.id AND versions.number = pages.version
    JOIN captures ON captures.id = versions.capture AND captures.body IS NOT NULL
    WHERE pages.site = ? AND pages.state = 'live'
      AND coalesce(captures.content_type, 'text/html') LIKE '%html%'
    ORDER BY pages.id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class PickablePage:
    """A page, and the capture of its latest version."""

    page: int
    url: str
    title: str | None
    capture: int


def pickable_pages(reader: Reader, site: str, most: int) -> list[PickablePage]:
    """The latest pages of a site with kept HTML."""
    return read(PickablePage, reader.db.conn.execute(_PAGES, [site, most]))
