"""Makes a `FetchResult` from a Scrapy response or failure."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from variorum.crawler.extraction.html.encoding import described
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.times import iso, now
from variorum.spiders.fetching.failures import RobotsRefused, RobotsUnread, error_of


def fetched(response: Response) -> FetchResult:
    """Return the response as the result of the request that began its chain of redirects."""
    meta = response.meta
    hops = zip(meta.get("redirect_reasons", []), meta.get("redirect_urls", []), strict=False)
    headers = {name.decode("latin-1").lower(): _joined(values) for name, values in response.headers.items()}
    encoding = described(headers, response.body)
    return FetchResult(
        url=meta["requested_url"],
        final_url=response.url,
        fetched_at=iso(now()),
        status=response.status,
        headers=headers,
        body=response.body,
        encoding=encoding.name if encoding else None,
        encoding_by=encoding.by if encoding else None,
        # A meta refresh is no status, but a page that said so with 200.
        hops=tuple((reason if isinstance(reason, int) else 200, url) for reason, url in hops),
        seed=bool(meta.get("seed")),
    )


def unfetched(request: Request, failure: Failure) -> FetchResult:
    """Return the result of a fetch that ended without a complete response."""
    error, detail = error_of(failure)
    return FetchResult(
        url=request.meta["requested_url"],
        final_url=request.url,
        fetched_at=iso(now()),
        error=error,
        detail=detail,
        seed=bool(request.meta.get("seed")),
        forbidden=_is_forbidden(request, failure),
    )


def _is_forbidden(request: Request, failure: Failure) -> bool:
    """Whether robots.txt forbids the URL itself, and not one to which it redirects."""
    refused = isinstance(failure.value, RobotsRefused) and not isinstance(failure.value, RobotsUnread)
    return refused and not request.meta.get("redirect_urls")


def _joined(values: list[bytes]) -> str:
    return ", ".join(value.decode("latin-1") for value in values)
