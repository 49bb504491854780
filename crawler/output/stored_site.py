"""Sites as the store knows them, for those without a file that can be read."""

from __future__ import annotations

from variorum.crawler.config.site import Site
from variorum.storage.reader import Reader


def as_stored(reader: Reader, name: str) -> Site:
    """A site whose file is gone or can't be read, with the name and URL that are stored."""
    row = reader.site(name)
    return Site(name=name, url=row.url if row else "")
