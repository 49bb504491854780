"""A stored page found by its address."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.config.site import Site
from crawler.errors import Misuse
from crawler.urls.canonical import key
from storage.errors import NotFound
from storage.reader import Reader
from storage.rows import PageRow
from storage.unplaced import SCHEME


def find_page(reader: Reader, sites: Iterable[Site], url: str) -> PageRow:
    """Return the page with that address in any spelling; an address without a scheme counts as https.

    Raises Misuse if it is no web address, NotFound if no site has such a page.
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
