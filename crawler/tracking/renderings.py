"""Recognises renderings of one article at several URLs: AMP, print, phones, `index.html`, final slash.

A page is a rendering of another one if it has the same text and either names that as its main page
(rel=canonical, on the same host) or differs from it only in a final slash. An address alone proves nothing:
some themes name one page everywhere, and on some sites `/x` and `/x/` are two pages.
"""

from __future__ import annotations

from variorum.crawler.config.site import Site
from variorum.crawler.diffing.diff import compare, similarity
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.urls.canonical import key, main_address
from variorum.storage.rows import PageRow, VersionRow
from variorum.storage.spelling import other_slash
from variorum.storage.store import Store

NEARLY = 0.9
"""The similarity from which a longer text counts as the same."""
SOME_LENGTH = 30
"""The number of words that both texts need to be compared by similarity."""
THERE = ("frontier", "live", "missing")


def main_page(store: Store, site: Site, page: PageRow, final_url: str, extract: Extract) -> PageRow | None:
    """The page of which a response for `page` may be another rendering; None if there is none."""
    here = store.find_exactly(site.name, key(final_url, site))
    own = {page.id} | ({here.id} if here else set())
    if named := main_address(final_url, extract.canonical, site):
        there = store.find_exactly(site.name, key(named, site))
        if there and there.id not in own and there.state in THERE:
            return there
    there = store.find_exactly(site.name, other_slash(key(page.url, site)))
    is_older = there is not None and there.id < page.id and there.id not in own
    return there if there and is_older and there.state in THERE else None


def is_rendering(
    main: PageRow, main_last: VersionRow | None, own: VersionRow | None, extract: Extract
) -> bool:
    """Whether a response shows the page `main`, given the latest versions of both pages.

    A page with versions is a rendering if both had the same text before, or have it now and it has not
    changed: otherwise there is an edit to report.
    """
    if not extract.text.strip() or main.state != "live":
        return False
    now = main.text_digest == extract.digest or (main_last is not None and _is_same_text(main_last, extract))
    if own is None:
        return now
    before = main_last is not None and _is_same_text(main_last, own)
    return before or (now and own.digest == extract.digest)


def same_pages(store: Store, site: Site, page: PageRow) -> list[tuple[PageRow, PageRow]]:
    """Pairs of pages that are the same, after `page` was seen: the one to merge, the one that stays."""
    found = [(one, page) for one in store.renderings(page)]
    if (
        page.names
        and (main := store.find_exactly(site.name, key(page.names, site)))
        and _have_same_text(page, main)
    ):
        return [*found, (page, main)]
    other = store.find_exactly(site.name, other_slash(key(page.url, site)))
    if other and _have_same_text(page, other) and other.id not in {one.id for one, _ in found}:
        goes, stays = sorted((page, other), key=lambda one: one.id, reverse=True)
        found.append((goes, stays))
    return found


def _have_same_text(one: PageRow, other: PageRow) -> bool:
    live = one.state == other.state == "live"
    return (
        live and one.id != other.id and one.text_digest is not None and one.text_digest == other.text_digest
    )


def _is_same_text(one: VersionRow, other: VersionRow | Extract) -> bool:
    if one.digest == other.digest:
        return True
    diff = compare(one, other)
    if diff is None or diff.typographic or diff.of_links_only:
        return True
    return min(one.words, other.words) >= SOME_LENGTH and similarity(one.text, other.text) >= NEARLY
