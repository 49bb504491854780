"""The child process of a check: it fetches some pages twice, extracts them as a crawl would, and compares.

What differs between two fetches a minute apart is no change of the site, but would be reported as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Self

from scrapy.crawler import Crawler

from variorum.crawler.classification.outcome_words import in_words
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import workspace_of
from variorum.crawler.diffing.diff import compare
from variorum.crawler.extraction.boilerplate.recurrence import learn
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template
from variorum.crawler.extraction.extract import ExtractionError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import PageRequest, TransientFrontier
from variorum.crawler.output.word_diff import marked_lines
from variorum.crawler.preview.first_read import FirstReading, reader_of, sight
from variorum.crawler.urls.canonical import canonical, in_scope, is_asset, loose_key
from variorum.spiders.spiders.site import SiteSpider

FIRST_LINES = 5
MOST_LINES = 40
LONGEST_LINE = 500

Pair = tuple[FetchResult, FetchResult]


class Sample(TransientFrontier):
    """The frontier of a check: a sample of the discovered pages, each requested twice."""

    def __init__(self, site: Site, pages: int) -> None:
        super().__init__()
        self._site = site
        self._pages = pages
        self._named: dict[str, DiscoveredUrl] = {}
        self._rounds: list[list[PageRequest]] | None = None

    def add_discovered(self, listed: Sequence[DiscoveredUrl]) -> None:
        """Store each page of the site under one of its URLs."""
        for one in listed:
            if in_scope(one.url, self._site) and not is_asset(one.url):
                self._named.setdefault(loose_key(one.url, self._site), one)

    def next_requests(self) -> Sequence[PageRequest]:
        """The sample, and then the sample again."""
        if self._rounds is None:
            chosen = [PageRequest(canonical(one.url, self._site)) for one in self._chosen()]
            self._rounds = [chosen, chosen]
        return self._rounds.pop() if self._rounds else []

    def _chosen(self) -> list[DiscoveredUrl]:
        """A sample spread over all discovered pages, so that it has old, new and every edition; start
        pages come last."""
        starts = [one for one in self._named.values() if one.source == "seed"]
        others = [one for one in self._named.values() if one.source != "seed"]
        step = max(1, len(others) // self._pages)
        return [*others[::step], *starts][: self._pages]


class Comparing:
    """The item pipeline of a check: at its end, it emits the event `page` for each page fetched twice."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._fetches: dict[str, list[FetchResult]] = defaultdict(list)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the pipeline of a check from the Scrapy crawler."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Give the spider its frontier."""
        spider = self._spider()
        spider.frontier = Sample(spider.site, self.crawler.settings.getint("PAGES"))

    def process_item(self, item: FetchResult) -> FetchResult:
        """Store a fetch. Start pages are always fetched, but only those of the sample twice."""
        self._fetches[item.url].append(item)
        return item

    def close_spider(self) -> None:
        """Extract all pages as a crawl would that knows the site's boilerplate."""
        pairs = [(fetches[0], fetches[1]) for fetches in self._fetches.values() if len(fetches) > 1]
        reader = self._reader(pairs)
        for first, second in pairs:
            page = page_object(first.url, sight(reader, first), sight(reader, second))
            self._emit({"event": "page", "page": page})
        self._emit({"event": "ended", "trouble": "" if pairs else self._trouble()})

    def _trouble(self) -> str:
        """Why no page was fetched twice, according to the first fetches."""
        seen = [sight(PageReader(self._spider().site), fetches[0]) for fetches in self._fetches.values()]
        return in_words(seen[0].verdict.outcome, seen[0].verdict.reason) if seen else "it names none"

    def _reader(self, pairs: Sequence[Pair]) -> PageReader:
        """A reader with the template that crawls have learned of the site, or else one learned from these
        pages."""
        site = self._spider().site
        known = reader_of(workspace_of(self.crawler.settings), site)
        return known if known.template.version else PageReader(site, _learned(known, pairs))

    def _spider(self) -> SiteSpider:
        assert isinstance(self.crawler.spider, SiteSpider)
        return self.crawler.spider

    def _emit(self, event: dict[str, Any]) -> None:
        emit: Callable[[dict[str, Any]], None] = self.crawler.settings["ON_EVENT"]
        emit(event)


def _learned(reader: PageReader, pairs: Sequence[Pair]) -> Template:
    seen = [(pair, sight(reader, pair[0]).extract) for pair in pairs]
    articles = [pair for pair, extract in seen if extract and extract.kind == "article"]
    try:
        return learn({first.url: [first.body, second.body] for first, second in articles})
    except ExtractionError:
        return EMPTY


def page_object(url: str, first: FirstReading, second: FirstReading) -> dict[str, Any]:
    """A page as in `variorum check --json`: what would be stored, and what differs between two fetches."""
    extract = second.extract
    return {
        "url": url,
        "outcome": second.verdict.outcome.value,
        "reason": second.verdict.reason,
        "kind": extract.kind if extract else None,
        "title": extract.title if extract else None,
        "words": extract.words if extract else 0,
        "lines": [line[:LONGEST_LINE] for line in extract.blocks[:FIRST_LINES]] if extract else [],
        "differs": _differing(first, second),
    }


def _differing(first: FirstReading, second: FirstReading) -> list[str]:
    """The lines of which a crawl would report a change, with `[-old-]` and `{+new+}`."""
    if first.verdict.outcome is not second.verdict.outcome:
        return [f"[-{first.verdict.outcome.value}-]{{+{second.verdict.outcome.value}+}}"]
    if first.extract is None or second.extract is None:
        return []
    diff = compare(first.extract, second.extract)
    if diff is None or diff.typographic:
        return []
    lines = marked_lines(diff.hunks, diff.title, diff.links)
    return [line[:LONGEST_LINE] for line in lines[:MOST_LINES]]
