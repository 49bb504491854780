"""The sources of a site, asked one after the other: WordPress's REST API, sitemaps, feeds.

Each is a step of the run's discovery: `begin` gives its first requests, its callbacks note what it lists
and may ask further, and `finish`, when nothing of it is left to download, says whether the site has now
been listed from end to end. A source that is broken says so in the log and leaves the rest to the others.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.fetched import Listed
from crawler.site import Site
from crawler.times import iso, now
from crawler.urls import in_scope, key
from spiders import feed, sitemap, wordpress
from spiders.archive import Archive, SourceState
from spiders.failures import error_of

logger = logging.getLogger(__name__)

OK = 200
NOT_MODIFIED = 304
MAX_SITEMAPS = 500
MAX_LISTED = 200_000
MAX_API_PAGES = 1_000
MOST_TROUBLES = 3  # that one message tells of
NOTED_AT_ONCE = 1_000  # so that the runs of other sites need not wait long to write
FEW = 500  # posts: a collection of so many costs five requests at most, and is read whole in every run


class Reading:
    """One source being read in one run."""

    kind: ClassVar[str]

    def __init__(self, archive: Archive, *, relied_on: bool = False) -> None:
        self.archive = archive
        self.broken = False
        self.troubles: list[str] = []
        """What the operator should know: of a source that the site's file names, all; else our own bounds."""
        self._relied_on = relied_on
        self._asked: set[str] = set()

    def ask(self, address: str, parse: Any, **context: Any) -> Iterator[Request]:
        """A request of this source, unless the run has made it already."""
        if address not in self._asked:
            self._asked.add(address)
            state = self.archive.source(address)
            meta = {"validators": (state.etag, state.last_modified)}
            yield Request(
                address,
                parse,
                errback=self.failed,
                dont_filter=True,
                meta=meta,
                cb_kwargs=context,
                priority=10,
            )

    def failed(self, failure: Failure) -> None:
        """No answer came."""
        error, detail = error_of(failure)
        self.give_up(failure.request.url, f"{error}: {detail}", tell=error == "too large")  # type: ignore[attr-defined]

    def give_up(self, address: str, why: str, *, tell: bool = False) -> None:
        """This source can't be relied on in this run; with `tell`, the operator should know in any case."""
        self.broken = True
        logger.info("%s %s can't be relied on: %s", self.kind, address, why)
        if tell or self._relied_on:
            self.troubles.append(f"{address} can't be relied on: {why}")

    def finish(self) -> bool:
        """Nothing of the source is left to download: whether it has listed the whole site."""
        told = self.told()
        more = len(self.troubles) - MOST_TROUBLES
        self.archive.source_trouble(
            self.kind, "; ".join(self.troubles[:MOST_TROUBLES]) + (f"; and {more} more" if more > 0 else "")
        )
        return told

    def told(self) -> bool:
        """Whether the source has listed the whole site; what follows from that is kept."""
        raise NotImplementedError


class WordPress(Reading):
    """All posts, by id; or, where they are many and were all read lately, those modified since."""

    kind = "wordpress"

    def __init__(self, archive: Archive, roots: Sequence[str], *, relied_on: bool = False) -> None:
        super().__init__(archive, relied_on=relied_on)
        self.roots = list(dict.fromkeys(roots))
        self._swept = True
        self._posts = 0

    def begin(self) -> list[Request]:
        """Ask each API which types of posts there are."""
        return [
            r
            for root in self.roots
            for r in self.ask(wordpress.types_address(root), self.parse_types, root=root)
        ]

    def parse_types(self, response: Response, root: str) -> Iterator[Request]:
        """Ask for the first page of each collection."""
        try:
            bases = wordpress.rest_bases(_body(response), root)
        except ValueError as error:
            self.give_up(response.url, str(error))
            return
        for base in bases:
            state = self.archive.source(urljoin(root, base))
            few = (state.entries or 0) <= FEW
            since = None if few or self.archive.stale(state) else state.cursor
            self._swept = self._swept and since is None
            yield from self.ask(
                wordpress.posts_address(root, base, 1, since),
                self.parse_posts,
                root=root,
                base=base,
                since=since,
            )

    def parse_posts(
        self,
        response: Response,
        root: str,
        base: str,
        since: str | None,
        newest: str | None = None,
        page: int = 1,
    ) -> Iterator[Request]:
        """Note the posts of one page of a collection and ask for the next one."""
        try:
            posts = wordpress.listed(_body(response), root)
        except ValueError as error:
            self.give_up(response.url, str(error))
            return
        self.archive.note(posts)
        newest = (
            min(max([p.modified for p in posts if p.modified] + [newest or since or ""]), iso(now())) or None
        )
        if page < min(_number(response, "X-WP-TotalPages"), MAX_API_PAGES):
            address = wordpress.posts_address(root, base, page + 1, since)
            yield from self.ask(
                address, self.parse_posts, root=root, base=base, since=since, newest=newest, page=page + 1
            )
            return
        address = urljoin(root, base)
        state = replace(self.archive.source(address), read_at=iso(now()), cursor=newest)
        if since is None:
            state = replace(state, whole_at=state.read_at, entries=_number(response, "X-WP-Total"))
        self._posts += state.entries or 0
        self.archive.read(self.kind, address, state)

    def told(self) -> bool:
        """Whether the APIs have told of every post, now or not long ago."""
        told = self._posts > 0 and not self.broken
        if told and self._swept:
            self.archive.whole(self.kind)
        return told


class Sitemaps(Reading):
    """Every address of the sitemaps that robots.txt names, or else of those in the usual places."""

    kind = "sitemap"

    def __init__(
        self, archive: Archive, named: Sequence[str], site: Site, *, relied_on: bool = False
    ) -> None:
        super().__init__(archive, relied_on=relied_on)
        self._site = site
        self._named = list(dict.fromkeys(named))
        self._usual = _usual_places(site.seeds)
        self._pages: list[Listed] = []

    def begin(self) -> list[Request]:
        """Ask for the sitemaps that are named, or for the first of the usual ones."""
        if self._named:
            return [r for address in self._named for r in self.ask(address, self.parse)]
        return self._try_next()

    def parse(self, response: Response, guess: bool = False) -> Iterator[Request]:
        """Gather the addresses, and ask for the sitemaps that an index names."""
        try:
            found = sitemap.read_sitemap(_body(response))
        except ValueError as error:
            if guess:
                yield from self._try_next()
            else:
                self.give_up(response.url, str(error))
            return
        self._usual = []
        self._pages += found.pages
        if found.lacks:
            self.give_up(response.url, found.lacks, tell=True)
        for address in found.sitemaps:
            if len(self._asked) >= MAX_SITEMAPS or len(self._pages) >= MAX_LISTED:
                bounds = f"{MAX_SITEMAPS} sitemaps or {MAX_LISTED} addresses"
                self.give_up(response.url, f"it leads to more than {bounds}, and no more are read", tell=True)
                return
            yield from self.ask(address, self.parse)

    def told(self) -> bool:
        """Note all that was listed; whether that is the whole site, and not its start addresses alone."""
        told = not self.broken and any(self._is_further_page(one.url) for one in self._pages)
        for start in range(0, len(self._pages), NOTED_AT_ONCE):
            self.archive.note(self._pages[start : start + NOTED_AT_ONCE])
        if told:
            at = iso(now())
            self.archive.read(
                self.kind, self.kind, SourceState(read_at=at, whole_at=at, entries=len(self._pages))
            )
            self.archive.whole(self.kind)
        return told

    def _is_further_page(self, url: str) -> bool:
        homes = {key(seed, self._site) for seed in self._site.seeds}
        return in_scope(url, self._site) and key(url, self._site) not in homes

    def _try_next(self) -> list[Request]:
        return list(self.ask(self._usual.pop(0), self.parse, guess=True)) if self._usual else []


class Feeds(Reading):
    """The newest articles."""

    kind = "feed"

    def __init__(self, archive: Archive, addresses: Sequence[str], *, relied_on: bool = False) -> None:
        super().__init__(archive, relied_on=relied_on)
        self.addresses = list(dict.fromkeys(addresses))

    def begin(self) -> list[Request]:
        """Ask for every feed that the start addresses name."""
        return [r for address in self.addresses for r in self.ask(address, self.parse)]

    def parse(self, response: Response) -> None:
        """Note the entries."""
        if response.status == NOT_MODIFIED:
            return
        try:
            entries = feed.listed(_body(response))
        except ValueError as error:
            self.give_up(response.url, str(error))
            return
        self.archive.note([replace(one, url=response.urljoin(one.url)) for one in entries])
        self.archive.read(self.kind, response.url, _with_validators(response, len(entries)))

    def told(self) -> bool:
        """A feed never tells of all pages."""
        return False


def _usual_places(seeds: Sequence[str]) -> list[str]:
    """Below each start address, and at the root of its host."""
    bases = dict.fromkeys(base for seed in seeds for base in (seed, urljoin(seed, "/")))
    return [
        urljoin(base, place) for base in bases for place in sitemap.USUAL_PLACES if not urlsplit(base).query
    ]


def _body(response: Response) -> bytes:
    if response.status != OK:
        raise ValueError(f"it answers {response.status}")
    return response.body


def _number(response: Response, header: str) -> int:
    value = (response.headers.get(header) or b"").decode("latin-1")
    return int(value) if value.isdigit() else 0


def _with_validators(response: Response, entries: int) -> SourceState:
    def value(name: str) -> str | None:
        header = response.headers.get(name)
        return header.decode("latin-1") if header else None

    return SourceState(
        read_at=iso(now()), entries=entries, etag=value("ETag"), last_modified=value("Last-Modified")
    )
