"""Reads the sources of a site one after the other: WordPress's REST API, sitemaps, feeds.

Each is a step of the run's discovery: `begin` returns its first requests, its callbacks report what it lists
and may request more, and `finish`, when nothing of it is left to download, returns whether it has listed the
whole site. A broken source leaves the rest to the others, and is reported to the operator if the site itself
names it.

Each kind of source gets only a share of the day's requests, so that some are left for the pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.frontier import Frontier, SourceState
from variorum.crawler.times import iso, now
from variorum.crawler.urls.canonical import in_scope, loose_key
from variorum.spiders.fetching.failures import error_of
from variorum.spiders.sources import feed, sitemap, wordpress
from variorum.spiders.sources.source import MOST_TROUBLES, SourceReader, body_of

NOT_MODIFIED = 304
MAX_SITEMAPS = 500
MAX_LISTED = 200_000
SAMPLE = 1_000
LONGEST_NUMBER = 9  # digits of what a header counts
NOTED_AT_ONCE = 1_000  # so that the runs of other sites need not wait long to write
FEW = 500  # posts: a collection of so many costs five requests at most, and is read whole in every run


class WordPress(SourceReader):
    """The source that reads WordPress's REST API: all posts, or only the recently modified ones."""

    kind = "wordpress"

    def __init__(
        self, frontier: Frontier, roots: Sequence[str], site: Site, *, relied_on: bool = False
    ) -> None:
        super().__init__(frontier, site, relied_on=relied_on)
        self.roots = list(dict.fromkeys(roots))
        self._swept = True
        self._posts = 0

    def begin(self) -> list[Request]:
        """Return the requests for the post types of each API."""
        return [
            r
            for root in self.roots
            for r in self.request_once(wordpress.types_address(root), self.parse_types, root=root)
        ]

    def parse_types(self, response: Response, root: str) -> Iterator[Request]:
        """Yield the request for the first page of each collection of posts."""
        try:
            bases = wordpress.rest_bases(body_of(response), root)
        except ValueError as error:
            self.refuse(response.url, error)
            return
        for base in bases:
            state = self.frontier.source_state(wordpress.collection_address(root, base))
            few = (state.entries or 0) <= FEW
            since = None if few or self.frontier.is_stale(state) else state.cursor
            self._swept = self._swept and since is None
            yield from self.request_once(
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
        """Report the posts of one page of a collection, and yield the request for the next page."""
        try:
            posts = wordpress.read_posts(body_of(response), root)
        except ValueError as error:
            self.refuse(response.url, error)
            return
        if posts.lost:
            self.give_up(response.url, f"{posts.lost} of its entries can't be read", report=True)
        if elsewhere := self.are_elsewhere(posts.listed):
            self.give_up(response.url, elsewhere, report=True)
        self.frontier.add_discovered(posts.listed)
        latest = max([p.modified for p in posts.listed if p.modified] + [newest or since or ""])
        newest = min(latest, iso(now())) or None
        if page < _number(response, "X-WP-TotalPages"):
            address = wordpress.posts_address(root, base, page + 1, since)
            yield from self.request_once(
                address, self.parse_posts, root=root, base=base, since=since, newest=newest, page=page + 1
            )
            return
        address = wordpress.collection_address(root, base)
        state = replace(self.frontier.source_state(address), read_at=iso(now()), cursor=newest)
        if since is None:
            state = replace(state, enumerated_at=state.read_at, entries=_number(response, "X-WP-Total"))
        self._posts += state.entries or 0
        self.frontier.save_source(self.kind, address, state)

    def is_enumerated(self) -> bool:
        """Whether the APIs have listed every post, now or recently."""
        enumerated = self._posts > 0 and not self.broken
        if enumerated and self._swept:
            self.frontier.mark_enumerated(self.kind)
        return enumerated


class Sitemaps(SourceReader):
    """The source that reads the sitemaps that robots.txt names, or else those at the usual addresses."""

    kind = "sitemap"

    def __init__(
        self, frontier: Frontier, named: Sequence[str], site: Site, *, relied_on: bool = False
    ) -> None:
        super().__init__(frontier, site, relied_on=relied_on)
        self._named = list(dict.fromkeys(named))
        self._usual = _usual_places(site.seeds)
        self._pages: list[DiscoveredUrl] = []
        self._newest_only = False

    def begin(self) -> list[Request]:
        """Return the requests for the named sitemaps, or for the first usual address."""
        if self._named:
            return [r for address in self._named for r in self.request_once(address, self.parse)]
        return self._try_next()

    def parse(self, response: Response, guess: bool = False) -> Iterator[Request]:
        """Report everything that was listed; return whether that is the whole site, and not only its start
        addresses."""
        try:
            found = sitemap.read_sitemap(body_of(response), response.url, self._site)
        except ValueError as error:
            if guess:
                yield from self._try_next()
            else:
                self.give_up(response.url, str(error), report=True)
            return
        self._usual = []
        self._pages += found.pages
        self._newest_only = self._newest_only or found.newest_only
        if found.lacks:
            self.give_up(response.url, found.lacks, report=True)
        for address in found.sitemaps:
            if len(self._requested) >= MAX_SITEMAPS or len(self._pages) >= MAX_LISTED:
                bounds = f"{MAX_SITEMAPS} sitemaps or {MAX_LISTED} addresses"
                self.give_up(
                    response.url, f"it leads to more than {bounds}, and no more are read", report=True
                )
                return
            yield from self.request_once(address, self.parse)

    def is_enumerated(self) -> bool:
        """Note all that was listed; whether that is the whole site, and not its start addresses alone."""
        self._look_for_use()
        whole = not (self.broken or self._newest_only)
        enumerated = whole and any(self._is_further_page(one.url) for one in self._pages)
        for start in range(0, len(self._pages), NOTED_AT_ONCE):
            self.frontier.add_discovered(self._pages[start : start + NOTED_AT_ONCE])
        if enumerated:
            further = (
                loose_key(one.url, self._site) for one in self._pages if self._is_further_page(one.url)
            )
            self.sample = frozenset(islice(further, SAMPLE))
            at = iso(now())
            self.frontier.save_source(
                self.kind, self.kind, SourceState(read_at=at, enumerated_at=at, entries=len(self._pages))
            )
            self.frontier.mark_enumerated(self.kind)
        return enumerated

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Handle a failed request; if the address was a guess, yield the request for the next one."""
        if failure.request.cb_kwargs.get("guess") and error_of(failure)[0] != "too large":  # type: ignore[attr-defined]
            yield from self._try_next()
        else:
            yield from super().failed(failure)

    def _look_for_use(self) -> None:
        """Report sitemaps that list nothing of the site."""
        if self.broken or not self._requested:
            return
        useless = (
            "it lists no address" if self._named and not self._pages else self.are_elsewhere(self._pages)
        )
        if useless:
            self.give_up(", ".join(sorted(self._requested)[:MOST_TROUBLES]), useless, report=True)

    def _is_further_page(self, url: str) -> bool:
        homes = {loose_key(seed, self._site) for seed in self._site.seeds}
        return in_scope(url, self._site) and loose_key(url, self._site) not in homes

    def _try_next(self) -> list[Request]:
        return list(self.request_once(self._usual.pop(0), self.parse, guess=True)) if self._usual else []


class Feeds(SourceReader):
    """The source that reads RSS and Atom feeds, which list the newest articles."""

    kind = "feed"

    def __init__(
        self, frontier: Frontier, addresses: Sequence[str], site: Site, *, relied_on: bool = False
    ) -> None:
        super().__init__(frontier, site, relied_on=relied_on)
        self.addresses = list(dict.fromkeys(addresses))

    def begin(self) -> list[Request]:
        """Return the requests for every feed that the start addresses name."""
        return [r for address in self.addresses for r in self.request_once(address, self.parse)]

    def parse(self, response: Response) -> None:
        """Report the entries of the feed to the frontier."""
        if response.status == NOT_MODIFIED:
            return
        try:
            entries = feed.listed(sitemap.unpacked(body_of(response)), response.url, self._site)
        except ValueError as error:
            self.refuse(response.url, error)
            return
        if elsewhere := self.are_elsewhere(entries):
            self.give_up(response.url, elsewhere, report=True)
        self.frontier.add_discovered(entries)
        self.frontier.save_source(self.kind, response.url, _with_validators(response, len(entries)))

    def is_enumerated(self) -> bool:
        """Return False, since a feed never lists all pages of a site."""
        return False


def _usual_places(seeds: Sequence[str]) -> list[str]:
    """The usual addresses: below each start address, and at the root of its host."""
    bases = dict.fromkeys(base for seed in seeds for base in (seed, urljoin(seed, "/")))
    return [
        urljoin(base, place) for base in bases for place in sitemap.USUAL_PLACES if not urlsplit(base).query
    ]


def _number(response: Response, header: str) -> int:
    value = (response.headers.get(header) or b"").decode("latin-1")
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_NUMBER else 0


def _with_validators(response: Response, entries: int) -> SourceState:
    def value(name: str) -> str | None:
        header = response.headers.get(name)
        return header.decode("latin-1") if header else None

    return SourceState(
        read_at=iso(now()), entries=entries, etag=value("ETag"), last_modified=value("Last-Modified")
    )
