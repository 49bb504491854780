"""Follows redirects as Scrapy does; an invalid target fails that page and not the run."""

from __future__ import annotations

from http import HTTPStatus

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware, RedirectMiddleware
from scrapy.http import Response

from variorum.crawler.urls.references import resolve
from variorum.spiders.fetching.failures import LeadsNowhere
from variorum.spiders.fetching.references import base_of, decodable, may_have

STATUSES = frozenset({301, 302, 303, 307, 308})
SHOWN = 200
"""The maximum number of characters shown of an invalid address."""


class Redirects(RedirectMiddleware):
    """Scrapy's redirects; a Location that is no web address raises LeadsNowhere."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The request for the target of a redirect; the response if there is none."""
        location = (response.headers.get("Location") or b"").decode("utf-8", "replace")
        redirects = response.status in STATUSES and not request.meta.get("dont_redirect")
        if redirects and location and resolve(request.url, location) is None:
            raise LeadsNowhere(f"{request.url} leads to {location[:SHOWN]!r}, which is no web address")
        return super().process_response(request, response)


class Refreshes(MetaRefreshMiddleware):
    """Scrapy's redirects by a meta tag; an invalid target is not followed."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The request for the target of the page's redirect; or the page itself."""
        if response.status == HTTPStatus.NOT_MODIFIED:
            return response  # which has no body
        if not may_have(response, b"refresh"):
            base_of(response)
            return response
        response = decodable(response)
        base_of(response)
        try:
            return super().process_response(request, response)
        except ValueError:
            return response
