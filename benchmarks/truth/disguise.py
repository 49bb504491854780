"""Other names for what the noise plugin puts on a page, so that no list of known plugins can help.

The plugin borrows the class names of real ones (`sharedaddy`, `jp-relatedposts`), which are in Variorum's own
list. A site that Variorum has never heard of calls the same boxes otherwise. So each name gets a neutral one,
the same on all pages and in all rounds; what is random in a name stays random.
"""

from __future__ import annotations

import re
from random import Random

NAMES = (
    *("adsbygoogle", "sharedaddy", "share-buttons", "post-views", "jp-relatedposts", "newsletter"),
    *("clock", "online", "icon"),
    *("share-facebook", "share-twitter", "share-pinterest", "share-whatsapp", "share-telegram"),
    *("share-skype", "share-email"),
)
"""The plugin's classes and ids."""
PREFIXES = ("elementor-element", "block")
"""Names to which it adds something random."""
ATTRIBUTE = re.compile(rb'\b(class|id)="([^"]*)"')
LETTERS = "bcdfghklmnprstvz"


class Disguise:
    """One way to rename them."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        known = [*NAMES, *PREFIXES]
        self._names = {name.encode(): "".join(rng.choices(LETTERS, k=6)).encode() for name in known}
        ends = b"|".join(re.escape(prefix.encode()) for prefix in PREFIXES)
        self._random = re.compile(rb"^(" + ends + rb")-([0-9a-f]{6,})$")

    def put_on(self, body: bytes) -> bytes:
        """The page with other names."""
        return ATTRIBUTE.sub(lambda found: b'%b="%b"' % (found[1], self._renamed(found[2])), body)

    def _renamed(self, value: bytes) -> bytes:
        return b" ".join(self._name(token) for token in value.split(b" "))

    def _name(self, token: bytes) -> bytes:
        if found := self._random.match(token):
            return self._names[found[1]] + b"-" + found[2]
        return self._names.get(token, token)
