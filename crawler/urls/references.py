"""Resolves URL references from outside: in a page, a feed, a sitemap, robots.txt, a header.

All code that joins or parses one does it here, so that a bad reference never raises.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

LONGEST = 8_000
"""The maximum length of a URL in characters: Apache and nginx accept no longer one by default."""


def resolve(base: str, reference: str) -> str | None:
    """The absolute http(s) URL of a reference found at the URL `base`; None if there is none.

    None for other schemes than http and https, for broken hosts and ports, for what can't be encoded, and for
    more than `LONGEST` characters. Never raises.
    """
    reference = reference.strip()
    if len(reference) > LONGEST:
        return None
    try:
        address = urljoin(base, reference)
        address.encode()  # raises for half a surrogate pair, which JSON can carry
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return address if sound and len(address) <= LONGEST else None
