"""Reads the JSON-LD of a page, even if it is slightly broken, as plain objects. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

Thing = dict[str, Any]

ARTICLE = re.compile(r"(Article|Posting|Report|WebStory|CreativeWork|Recipe|HowTo|Review|Episode)$")
"""Ends of the types that are articles: `NewsArticle`, `BlogPosting`."""
PAGE = re.compile(r"(Page|WebSite)$")
HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage")
"""Keys of nested objects that describe the subject of a page."""
DEEPEST = 8
LONGEST = 2 << 20
"""The maximum number of characters of a script; longer ones are skipped."""

_STRING = r'"(?:[^"\\]|\\.)*+"'
_COMMENT = re.compile(rf"({_STRING})|/\*.*?(?:\*/|\Z)|//[^\n]*|<!--|-->|<!\[CDATA\[|\]\]>", re.DOTALL)
_COMMA = re.compile(rf"({_STRING})|,(?=\s*+[\]}}])", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrtu])|(.))", re.DOTALL)
_KEPT = {
    key: re.compile(rf'"{key}"\s{{0,9}}:\s{{0,9}}"([^"\\]{{1,60}})"')
    for key in ("datePublished", "dateModified")
} | {
    "author": re.compile(
        r'"author"\s{0,9}:\s{0,9}\[?\s{0,9}\{[^{}]{0,200}?"name"\s{0,9}:\s{0,9}"([^"\\]{1,60})"'
    )
}
_START = re.compile(r"[{\[]")


def linked_data(scripts: Iterable[HtmlElement]) -> list[Thing]:
    """The objects of these scripts that can describe the page, in order; unreadable ones are left out."""
    return [thing for script in scripts for top in _parsed(script.text or "") for thing in _things(top)]


def is_linked_data(script: HtmlElement) -> bool:
    """Whether a script is JSON-LD."""
    return "ld+json" in (script.get("type") or "").lower()


def types(thing: Thing) -> list[str]:
    """The types of an object, without the address of their vocabulary."""
    named = thing.get("@type")
    found = named if isinstance(named, list) else [named]
    return [one.rpartition("/")[2].rpartition(":")[2] for one in found if isinstance(one, str)]


def main_first(things: list[Thing], addresses: Iterable[str]) -> list[Thing]:
    """The page's own articles, then objects for the page itself, then those without a type.

    Of several articles, its own are those with one of its addresses; or the first, if none has an address.
    """
    known = {_bare(address) for address in addresses if address}
    articles = [one for one in things if any(map(ARTICLE.search, types(one)))]
    own = [one for one in articles if known.intersection(_addresses(one))]
    if not own and (len(articles) == 1 or not any(map(_addresses, articles))):
        own = articles[:1]
    pages = [one for one in things if any(map(PAGE.search, types(one)))]
    return own + pages + [one for one in things if not types(one)]


def named(thing: object, things: list[Thing]) -> object:
    """The object that another refers to only by its `@id`; else the object itself."""
    if isinstance(thing, dict) and set(thing) <= {"@id", "@type"} and isinstance(thing.get("@id"), str):
        same = (one for one in things if one.get("@id") == thing["@id"] and one.get("name"))
        return next(same, thing)
    return thing


def _things(top: object, depth: int = 0) -> Iterator[Thing]:
    if depth > DEEPEST:
        return
    if isinstance(top, list):
        for one in top:
            yield from _things(one, depth + 1)
    elif isinstance(top, dict):
        yield top
        for holder in HOLDERS:
            if isinstance(inside := top.get(holder), dict | list):
                yield from _things(inside, depth + 1)


def _addresses(thing: Thing) -> set[str]:
    stated = [thing.get("url"), thing.get("@id"), thing.get("mainEntityOfPage")]
    flat = [one.get("@id") or one.get("url") if isinstance(one, dict) else one for one in stated]
    return {_bare(one) for one in flat if isinstance(one, str)}


def _bare(address: str) -> str:
    return address.partition("#")[0].partition("://")[2].rstrip("/")


# ---- parsing


def _parsed(text: str) -> list[object]:
    if len(text) > LONGEST:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return list(_repaired(text))


def _repaired(text: str) -> Iterator[object]:
    """What can be read after comments, marks around it, trailing commas and wrong escapes are removed."""
    if '"' not in text and "&quot;" in text:
        text = unescape(text)
    text = _COMMENT.sub(lambda found: found[1] or " ", text)
    text = _COMMA.sub(lambda found: found[1] or "", text)
    text = _ESCAPE.sub(lambda found: found[0] if found[1] else found[2], text)
    decoder, at = json.JSONDecoder(strict=False), 0
    while start := _START.search(text, at):
        try:
            found, at = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            yield _salvaged(text[start.start() :])
            return
        yield found


def _salvaged(text: str) -> Thing:
    """The keys that occur exactly once in a text that can't be repaired, for example after a quotation
    mark in a headline."""
    stated = {key: set(values.findall(text)) for key, values in _KEPT.items()}
    return {key: values.pop() for key, values in stated.items() if len(values) == 1}
