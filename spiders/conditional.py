"""Conditional requests: ask for a page only if it is no longer the one we have."""

from __future__ import annotations

from scrapy import Request

LONGEST = 2_000
"""Characters: what is longer is not sent back, since many servers refuse a request with such a header."""


class Conditional:
    """Downloader middleware: sends back the validators of `request.meta["validators"]`, word for word.

    They are a pair (ETag, Last-Modified), each text or None, as the server gave them with an earlier answer
    for this very URL. After a redirect they are dropped, for they say nothing of the page that it leads to.
    """

    def process_request(self, request: Request) -> None:
        """Sets If-None-Match and If-Modified-Since, or takes them away."""
        etag, modified = request.meta.get("validators") or (None, None)
        redirected = "redirect_urls" in request.meta
        for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)):
            request.headers.pop(name, None)
            if value and len(value) <= LONGEST and not redirected:
                request.headers[name] = value.encode("latin-1", "ignore")  # as it was decoded
