"""Reads the links of a page as a source: the pages of the site that it links to."""

from __future__ import annotations

from scrapy.http import HtmlResponse, Response

from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.urls.canonical import in_scope, is_asset
from variorum.spiders.fetching.references import addresses_of
from variorum.spiders.sources.article_parts import further_parts

MAX_LINKS = 5_000


def links_of(response: Response, site: Site) -> list[DiscoveredUrl]:
    """Return the pages of the site that this page links to, each once, in the order of the page."""
    if not isinstance(response, HtmlResponse):
        return []
    hrefs = response.xpath(
        "//a/@href | //link[@rel='next' or @rel='alternate'][@hreflang or @rel='next']/@href"
    )
    urls = addresses_of(response, hrefs.getall()[:MAX_LINKS])
    parts = set(further_parts(response))  # no pages by themselves
    wanted = (url for url in urls if url not in parts and in_scope(url, site) and not is_asset(url))
    return [DiscoveredUrl(url, "links", on=response.url) for url in wanted]
