"""Sends cookies back within one chain of redirects, and forgets them at its end.

Some sites set a cookie and redirect to the same page, to see whether it comes back; without it they redirect
for ever. So cookies are stored in the meta of the chain's requests, go only to the origin that set them, and
end with the chain.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

CHAIN = "chain_cookies"
"""The key of `Request.meta` that holds the cookies of a chain: {origin: {name: value}}."""
MOST, LARGEST = 20, 4096
"""The maximum number of cookies of a chain, and of bytes of each, as in browsers."""

Jar = dict[str, dict[str, str]]


class ChainCookies:
    """Downloader middleware; it stands nearer to the network than the redirects, so that it handles each
    hop."""

    def process_request(self, request: Request) -> None:
        """Set the Cookie header of a request that follows a redirect of this chain."""
        jar: Jar | None = request.meta.get(CHAIN)
        if jar is None:
            return
        request.headers.pop("Cookie", None)  # of the hop before, which may have another origin
        if cookies := jar.get(_origin(request.url)):
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def process_response(self, request: Request, response: Response) -> Response:
        """Store the cookies that a response sets, for the rest of the chain."""
        if headers := response.headers.getlist("Set-Cookie"):
            jar: Jar = request.meta.setdefault(CHAIN, {})
            cookies = jar.setdefault(_origin(request.url), {})
            for header in headers:
                _keep(cookies, header.decode("latin-1"))
        return response


def _keep(cookies: dict[str, str], header: str) -> None:
    """Store the cookie of one Set-Cookie header, unless it is deleted, broken or too large."""
    try:
        parsed = SimpleCookie(header)
    except CookieError:
        return
    for name, cookie in parsed.items():
        if cookie["max-age"].strip().startswith(("0", "-")):
            cookies.pop(name, None)
        elif len(header) <= LARGEST and (len(cookies) < MOST or name in cookies):
            cookies[name] = cookie.coded_value


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
