"""A stored page found by its address."""

from __future__ import annotations

from collections.abc import Iterable

from variorum.crawler.config.site import Site
from variorum.crawler.errors import Misuse
from variorum.crawler.output.stored_site import as_stored
from variorum.crawler.urls.canonical import key
from variorum.storage.errors import NotFound
from variorum.storage.reader import Reader
from variorum.storage.rows import PageRow
from variorum.storage.unplaced import SCHEME


def find_page(reader: Reader, sites: Iterable[Site], url: str) -> PageRow:
    """Return the page with that address in any spelling; an address without a scheme counts as https.

    It may be of a site whose file is gone. Raises Misuse if it is no web address, NotFound if no site has
    such a page.
    """
    whole = url if "://" in url else f"https://{url}"
    configured = {site.name: site for site in sites}
    others = (name for name in reader.sites_with_history() if name not in configured)
    for site in (*configured.values(), *(as_stored(reader, name) for name in others)):
        try:
            page = reader.find(site.name, url if url.startswith(SCHEME) else key(whole, site))
        except ValueError as error:
            raise Misuse(str(error)) from error
        if page:
            return page
    raise NotFound(
        f"{url} is stored for no site: is it spelled as the site spells it, and in the site's scope?"
    )
