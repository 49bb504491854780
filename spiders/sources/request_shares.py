"""Bounds each source to a share of the day's requests; retries and redirects count too."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy import Request

from variorum.spiders.fetching.failures import ShareSpent

SHARE = "share"
"""Key of `Request.meta`: the share that the request counts against."""


@dataclass
class Share:
    """The number of requests that a source may make, and the number that it has made."""

    most: int
    made: int = 0


class Shares:
    """Downloader middleware: a request beyond its share raises ShareSpent."""

    def process_request(self, request: Request) -> None:
        """Count the request. Raises ShareSpent."""
        share: Share | None = request.meta.get(SHARE)
        if share is None:
            return
        if share.made >= share.most:
            raise ShareSpent(f"{share.most} requests were made, and there are no more for this")
        share.made += 1
