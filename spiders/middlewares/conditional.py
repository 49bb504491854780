"""Sends conditional requests, so that an unchanged page is answered by 304 and not sent again."""

from __future__ import annotations

from http import HTTPStatus

from scrapy import Request
from scrapy.http import Response

PAST_CACHES = "past_caches"
"""The key of `Request.meta` that bypasses caches."""
LONGEST = 2_000
"""The maximum length of a validator in characters: many servers refuse requests with longer headers."""


class Conditional:
    """Downloader middleware: sends back the validators of `request.meta["validators"]`, word for word.

    They are a pair (ETag, Last-Modified), each text or None, as the server gave them with an earlier response
    for this very URL. After a redirect they are dropped, since they don't belong to its target.
    """

    def process_request(self, request: Request) -> None:
        """Set If-None-Match and If-Modified-Since, or remove them."""
        etag, modified = request.meta.get("validators") or (None, None)
        redirected = "redirect_urls" in request.meta
        for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)):
            request.headers.pop(name, None)
            if value and len(value) <= LONGEST and not redirected:
                request.headers[name] = value.encode("latin-1", "ignore")  # as it was decoded

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The response; after a 304 to a request without validators, the same request past all caches."""
        conditional = any(name in request.headers for name in ("If-None-Match", "If-Modified-Since"))
        if response.status != HTTPStatus.NOT_MODIFIED or conditional or request.meta.get(PAST_CACHES):
            return response
        again = request.replace(meta={**request.meta, PAST_CACHES: True}, dont_filter=True)
        again.headers["Cache-Control"] = "no-cache"
        return again
