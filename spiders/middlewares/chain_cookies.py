"""Sends cookies back within one chain of redirects, and forgets them at its end.

Some sites set a cookie and redirect to the same page, to see whether it comes back; without it they redirect
for ever. So cookies live in the meta of the chain's requests, go to the origin that set them and to no other,
and end with the chain.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

CHAIN = "chain_cookies"
"""The key of `Request.meta` that holds the cookies of a chain: {origin: {name: value}}."""
MOST, LARGEST = 20, 4096
"""Cookies of a chain, and bytes of each: what a browser keeps, too."""

Jar = dict[str, dict[str, str]]


class ChainCookies:
    """Downloader middleware, nearer to the network than the redirects: it sees each hop."""

    def process_request(self, request: Request) -> None:
        """Sets the Cookie header for a request that a redirect of this chain has led to."""
        jar: Jar | None = request.meta.get(CHAIN)
        if jar is None:
            return
        request.headers.pop("Cookie", None)  # of the hop before, which may have another origin
        if cookies := jar.get(_origin(request.url)):
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def process_response(self, request: Request, response: Response) -> Response:
        """Keeps the cookies that a response sets, for the rest of the chain."""
        if headers := response.headers.getlist("Set-Cookie"):
            jar: Jar = request.meta.setdefault(CHAIN, {})
            cookies = jar.setdefault(_origin(request.url), {})
            for header in headers:
                _keep(cookies, header.decode("latin-1"))
        return response


def _keep(cookies: dict[str, str], header: str) -> None:
    """Add the cookie of one Set-Cookie header; one that is taken back, broken or too large is left out."""
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
