"""A stored page found by its address, and the text that belongs to a change."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.config.site import Site
from crawler.diffing.diff import apply
from crawler.errors import Misuse
from crawler.output.objects import hunks_of
from crawler.urls.canonical import key
from storage.errors import NotFound
from storage.reader import Reader
from storage.rows import ChangeRow, PageRow
from storage.unplaced import SCHEME


def find_page(reader: Reader, sites: Iterable[Site], url: str) -> PageRow:
    """Return the page with that address in any spelling; an address without a scheme counts as https.

    Raises Misuse for what is no web address, NotFound where no site has such a page.
    """
    whole = url if "://" in url else f"https://{url}"
    for site in sites:
        try:
            page = reader.find(site.name, url if url.startswith(SCHEME) else key(whole, site))
        except ValueError as error:
            raise Misuse(str(error)) from error
        if page:
            return page
    raise NotFound(
        f"{url} is stored for no site: is it spelled as the site spells it, and in the site's scope?"
    )


def blocks_after(reader: Reader, row: ChangeRow) -> list[str]:
    """The blocks of the text that a change led to, or left behind; none where its hunks no longer fit it.

    They don't where the texts have been read anew since, by other rules.
    """
    hunks = hunks_of(row)
    try:
        if row.page is None or row.version is None:
            return []
        new = reader.version(row.page, row.version).text
        if hunks and row.old_version is not None:
            fits = apply(reader.version(row.page, row.old_version).text, hunks) == new
            return new.split("\n") if fits else []
    except (NotFound, ValueError):
        return []
    return [] if hunks or row.kind == "moved" else new.split("\n")
