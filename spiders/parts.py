"""The further parts of an article that a page begins."""

from __future__ import annotations

import re

from scrapy.http import HtmlResponse, Response

MAX_PARTS = 50

# The numbers that WordPress and its themes set below a part.
_NUMBERS = "//*[contains(@class, 'post-page-numbers') or contains(@class, 'page-links')]"
_NUMBERED_LINKS = f"{_NUMBERS}/descendant-or-self::a/@href"


def further_parts(response: Response) -> list[str]:
    """Addresses of the other parts of the article, in order; none for nearly every page."""
    if not isinstance(response, HtmlResponse):
        return []
    own = re.compile(re.escape(response.url.rstrip("/")) + r"/(\d{1,3})/?")
    urls = [response.urljoin(href) for href in response.xpath(_NUMBERED_LINKS).getall()]
    numbered = {int(found[1]): url for url in urls if (found := own.fullmatch(url))}
    return [numbered[number] for number in sorted(numbered) if number > 1][:MAX_PARTS]
