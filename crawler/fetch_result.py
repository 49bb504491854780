"""Defines what spiders return: a URL discovered in a source, or the result of a fetch. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DiscoveredUrl:
    """One line of a source (REST, sitemap, feed, link): this URL is a page of the site."""

    url: str
    source: str
    """`wordpress`, `sitemap`, `feed`, `links` or `seed`."""
    source_id: str | None = None
    """The site's own id of the page, like `post:17`; it outlives a renaming."""
    published: str | None = None
    """When the site says it was published, in a form of `variorum.crawler.dates`."""
    modified: str | None = None
    """When the site says it was last modified, in a form of `variorum.crawler.dates`."""
    source_text_digest: str | None = None
    """The digest of the article's text as the source itself has it; it changes when the text does."""
    part_count: int = 1
    """The number of parts, each at a URL of its own, into which the article is split."""
    on: str | None = None
    """The page with the link to it."""


@dataclass(frozen=True, slots=True)
class FetchResult:
    """One request and its response, free of Scrapy."""

    url: str
    """The URL requested."""
    final_url: str
    """The URL that answered, after redirects."""
    fetched_at: str
    """The time in UTC, ISO 8601 with Z."""
    status: int = 0
    """The HTTP status; 0 if no response came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers, names in lower case."""
    body: bytes = field(default=b"", repr=False)
    """The body without its content encoding."""
    encoding: str | None = None
    """The character encoding, as `variorum.crawler.extraction.html.encoding` decides from body and
    headers."""
    hops: tuple[tuple[int, str], ...] = ()
    """Redirects on the way: (status, the URL that redirected)."""
    error: str | None = None
    """A key of `variorum.crawler.classification.outcome.ERRORS` if no complete response came: `timeout`,
    `dns`,
    `refused`, `too large`, `cut`, `robots`, `address`, `tls`, `failed`."""
    detail: str = ""
    """The message of the error, for the operator."""
    seed: bool = False
    """True for an address at which the crawl of the site starts."""
    forbidden: bool = False
    """True if robots.txt forbids the URL, so that it was not requested."""
    encoding_by: str | None = None
    """The evidence for the encoding: `bom`, `utf-8`, `header`, `page`, or `guess`."""
