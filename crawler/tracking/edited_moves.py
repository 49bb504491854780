"""Looks among the stored pages for the one that moved to another address and was edited meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from variorum.crawler.extraction.extract import Extract
from variorum.crawler.tracking.moves import Appearance, are_alike, has_moved
from variorum.crawler.tracking.records import published
from variorum.storage.rows import PageRow
from variorum.storage.store import Store


def moved_and_edited(store: Store, page: PageRow, extract: Extract) -> PageRow | None:
    """The missing page that has moved to this one, which is shown for the first time; None if none has."""
    date = published(page, extract)
    now = Appearance(
        page.url, extract.title, extract.text, extract.words, date["published"],
        date["published_by"] not in (None, "found"),
    )  # fmt: skip
    missing = store.namesakes(page, extract.title, now.published, "missing")
    earlier = [one for one in missing if one.seen_at and page.found_at > one.seen_at]
    found = [one for one, before in _appearances(store, earlier) if has_moved(before, now)]
    others = store.namesakes(page, extract.title, now.published, "live") if len(found) == 1 else []
    return found[0] if found and _is_the_only_one(store, now, found, others) else None


def moved_to(store: Store, page: PageRow) -> PageRow | None:
    """The live page, found later, to which a page has moved that is missing; None if it has not."""
    last = store.last_version(page.id)
    if last is None or page.seen_at is None:
        return None
    [(_, before)] = _appearances(store, [page])
    others = store.namesakes(page, last.title, page.published, "live")
    later = [one for one in others if one.found_at > (page.seen_at or "")]
    found = [one for one, now in _appearances(store, later) if has_moved(before, now)]
    rest = [one for one in others if one not in found]
    return found[0] if found and _is_the_only_one(store, before, found, rest) else None


def _is_the_only_one(
    store: Store, shown: Appearance, found: list[PageRow], others: Iterable[PageRow]
) -> bool:
    """Whether one page was found, and no other one has nearly the same text: a form, or a bulletin."""
    return len(found) == 1 and not any(are_alike(one, shown) for _, one in _appearances(store, others))


def _appearances(store: Store, pages: Iterable[PageRow]) -> Iterator[tuple[PageRow, Appearance]]:
    """Each page that has a version, with how it looked last."""
    for page in pages:
        if last := store.last_version(page.id):
            dated = page.published_by not in (None, "found")
            yield page, Appearance(page.url, last.title, last.text, last.words, page.published, dated)
