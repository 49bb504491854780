"""Applies a changed site file to stored pages: new keys, merged pages, pages out of scope.

The site file decides which addresses name one page, and which belong to the site: by hosts, scope and dropped
parameters. When these change, every stored address is keyed again, once, before the run begins. Pages with
the same key are merged with all their history; pages out of scope are put aside, and taken back when they are
in scope again. None of this is a change of the site.

Keys are computed outside the transaction, and written some hundred at a time, so that other sites' runs go
on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from variorum.crawler.config.site import Site
from variorum.crawler.urls.canonical import RULES, canonical, in_scope, key, loose_key, rehosted, shares_host
from variorum.storage.rows import PageRow, SiteRow, Values
from variorum.storage.spelling import other_slash
from variorum.storage.store import Store

CHUNK = 200
"""The number of rows written in one transaction."""
SLASH_COUNTS = 2
"""The version of the rules since which a final slash is part of a page's name."""
LATEST = "~"
"""Sorts after every time."""


class IdentityRules(msgspec.Struct, frozen=True):
    """The rules that decide which addresses name one page of a site, and which belong to it."""

    rules: int
    seeds: tuple[str, ...]
    scope: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    drop_params: tuple[str, ...] = ()


@dataclass(slots=True)
class Rekeyed:
    """The number of pages with a new key, merged, out of scope now, and back in scope."""

    rekeyed: int = 0
    merged: int = 0
    put_aside: int = 0
    taken_back: int = 0


def identity_of(site: Site) -> IdentityRules:
    """The rules that the site's file and this program make."""
    return IdentityRules(RULES, site.seeds, site.scope, site.exclude, site.drop_params)


def follow_rules(store: Store, site: Site, run: int) -> Rekeyed:
    """Key what is stored of the site by today's rules, if it was stored by others; return the counts.

    A run that is killed meanwhile leaves it to the next one.
    """
    today, row = identity_of(site), store.site(site.name)
    label = msgspec.json.encode(today).decode()
    if row.identity == label:
        return Rekeyed()
    before = _before(store, row, today)
    rekeying = Rekeying(store, site, before)
    rekeying.pages()
    rekeying.addresses()
    file_changed = msgspec.structs.replace(before, rules=today.rules) != today
    store.follow_identity(site.name, label, run if file_changed else None)
    return rekeying.found


def _before(store: Store, row: SiteRow, today: IdentityRules) -> IdentityRules:
    """The rules by which the site is stored; if they were not recorded yet, as far as its pages show."""
    if row.identity:
        return msgspec.json.decode(row.identity, type=IdentityRules)
    elsewhere = [seed for seed in store.seed_addresses(row.name) if not shares_host(seed, today.seeds)]
    seeds = (elsewhere[-1], *today.seeds[1:]) if elsewhere else today.seeds
    return msgspec.structs.replace(today, rules=0, seeds=seeds)


class RekeyedPage(NamedTuple):
    """The address and state of a stored page by today's rules."""

    page: PageRow
    url: str
    known_as: str
    belongs: bool


class Rekeying:
    """Keys the stored addresses of one site by today's rules."""

    def __init__(self, store: Store, site: Site, before: IdentityRules) -> None:
        self.store, self.site, self.seeds = store, site, before.seeds
        self._without_slash = before.rules < SLASH_COUNTS
        self.found = Rekeyed()
        self._homes = {loose_key(seed, site) for seed in site.seeds}
        self._absorbed: set[int] = set()

    def pages(self) -> None:
        """Rekey every page: its URL, and whether it is in scope."""
        last = 0
        while chunk := self.store.pages_after(self.site.name, last, CHUNK):
            last = chunk[-1].id
            places = [place for page in chunk if (place := self._place(page))]
            with self.store.writing():
                for place in places:
                    self._put(place)

    def addresses(self) -> None:
        """Rekey every other URL under which a page is known."""
        last = ""
        while chunk := self.store.addresses_after(self.site.name, last, CHUNK):
            last = chunk[-1][0]
            moved = [(old, new, page) for old, page in chunk if (new := self._key(old)) != old]
            with self.store.writing():
                for old, new, page in moved:
                    self.store.rename_address(self.site.name, old, new, page)

    # ---- inside

    def _place(self, page: PageRow) -> RekeyedPage | None:
        try:
            url = canonical(rehosted(page.url, self.seeds, self.site), self.site)
        except ValueError:
            return None
        known_as = key(url, self.site)
        is_home = loose_key(url, self.site) in self._homes
        return RekeyedPage(page, url, known_as, is_home or in_scope(url, self.site))

    def _key(self, known_as: str) -> str:
        try:
            return key(rehosted(f"http://{known_as}", self.seeds, self.site), self.site)
        except ValueError:
            return known_as

    def _put(self, place: RekeyedPage) -> None:
        if place.page.id in self._absorbed:
            return
        page = self._merged(place)
        values: Values = {}
        if place.url != page.url:
            values |= {"url": place.url, "listed_url": None, "etag": None, "last_modified": None}
        self.found.rekeyed += place.url != place.page.url
        values |= self._belonging(page, belongs=place.belongs)
        if values:
            self.store.update_page(page.id, values)
        if values or self._without_slash:
            self.store.add_address(self.site.name, place.known_as, page.id)
        if self._without_slash:  # it was known so whether or not the site answers there
            self.store.forget_address(self.site.name, other_slash(place.known_as), page.id)

    def _merged(self, place: RekeyedPage) -> PageRow:
        """The page, merged with the page that has its address now, if there is one; the older one stays."""
        there = self.store.find_exactly(self.site.name, place.known_as)
        if there is None or there.id == place.page.id:
            return place.page
        stays, goes = sorted((place.page, there), key=lambda page: (page.version is None, page.id))
        self.store.absorb(goes.id, into=stays.id)
        self._absorbed.add(goes.id)
        self.found.merged += 1
        return self.store.page(stays.id)

    def _belonging(self, page: PageRow, *, belongs: bool) -> Values:
        if belongs and page.state == "outside":
            self.found.taken_back += 1
            is_gone = self.store.left_at(page.id, LATEST) is not None
            return {"state": "gone" if is_gone else "live" if page.seen_at else "frontier"}
        if not belongs and page.state != "outside":
            self.found.put_aside += 1
            return {"state": "outside", "missing_since": None, "missing_run": None}
        return {}
