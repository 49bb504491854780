"""Finds the other parts of an article that its site cuts into several pages."""

from __future__ import annotations

import re

from scrapy.http import HtmlResponse, Response

from variorum.spiders.fetching.references import addresses_of

MAX_PARTS = 50

# The numbers that WordPress and its themes set below a part.
_CLASSES = (b"post-page-numbers", b"page-links")
_NUMBERS = "//*[contains(@class, 'post-page-numbers') or contains(@class, 'page-links')]"
_NUMBERED_LINKS = f"{_NUMBERS}/descendant-or-self::a/@href"


def further_parts(response: Response, part_count: int = 1) -> list[str]:
    """The addresses of the other parts of the article, in order; none for nearly every page.

    If the page links to none, `part_count` of them, at the addresses that WordPress uses.
    """
    if not isinstance(response, HtmlResponse):
        return []
    return _linked(response) or [
        f"{response.url.rstrip('/')}/{number}/" for number in range(2, min(part_count, MAX_PARTS) + 1)
    ]


def _linked(response: HtmlResponse) -> list[str]:
    if not any(name in response.body for name in _CLASSES):
        return []  # nearly every page: then it is not parsed for this
    own = re.compile(re.escape(response.url.rstrip("/")) + r"/(\d{1,3})/?")
    urls = addresses_of(response, response.xpath(_NUMBERED_LINKS).getall())
    numbered = {int(found[1]): url for url in urls if (found := own.fullmatch(url))}
    return [numbered[number] for number in sorted(numbered) if number > 1][:MAX_PARTS]
