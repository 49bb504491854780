"""Shows addresses to people: decoded, and in the ASCII form where the host could be mistaken for another."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

KEPT_ENCODED = re.compile("%(?:[0-7][0-9A-Fa-f])")
"""Encoded ASCII: decoded, it could be a part of the address with a meaning of its own, or a control code."""
TOGETHER = frozenset({"CJK", "HIRAGANA", "KATAKANA"})
"""Scripts that one word of Japanese mixes."""
UNSHOWN = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]")


def readable(url: str) -> str:
    """The address with its letters of other scripts decoded; encoded ASCII stays as it is."""
    host = urlsplit(url).hostname or ""
    scheme, separator, rest = url.partition("://")
    named, slash, path = rest.partition("/")
    shown = "".join(_decoded(part) for part in re.split("((?:%[89A-Fa-f][0-9A-Fa-f])+)", path))
    return f"{scheme}{separator}{named.replace(host, _host(host), 1)}{slash}{shown}"


def _decoded(part: str) -> str:
    if not part.startswith("%") or KEPT_ENCODED.match(part):
        return part
    text = unquote(part, errors="replace")
    return part if UNSHOWN.search(text) else text


def _host(host: str) -> str:
    """The host with its labels decoded, except those that mix scripts."""
    return ".".join(_label(label) for label in host.split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        text = label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
    scripts = {unicodedata.name(char, "?").split()[0] for char in text if char.isalpha()}
    return text if len(scripts) == 1 or scripts <= TOGETHER else label
