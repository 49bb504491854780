"""Reads what a page's head, its JSON-LD and its address say about its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

LONG = 400
"""The length from which a description in JSON-LD is a text of its own."""
MARKUP = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says about itself, as far as that shows which of its blocks are text."""

    title: str
    description: str
    body: str
    """The text of the article according to JSON-LD."""
    headline: str
    types: frozenset[str]
    """The types of the JSON-LD objects, such as `NewsArticle`."""
    og_type: str

    @property
    def is_product(self) -> bool:
        """Whether the page says that it shows a product."""
        return "product" in self.og_type or any("Product" in kind for kind in self.types)


def facts(tree: HtmlElement) -> Facts:
    """The facts of a page."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name and (content := meta.get("content")):
            metas.setdefault(name, content)
    objects = list(linked_data(tree))
    return Facts(
        title=metas.get("og:title") or tree.findtext(".//title") or "",
        description=metas.get("og:description") or metas.get("description") or "",
        body=MARKUP.sub(" ", " ".join(text for one in objects for text in _texts(one))),
        headline=next((one["headline"] for one in objects if isinstance(one.get("headline"), str)), ""),
        types=frozenset(kind for one in objects for kind in _types(one)),
        og_type=metas.get("og:type", "").lower(),
    )


def linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """All objects of the page's JSON-LD, nested ones too."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            todo = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue  # broken JSON says nothing
        while todo:
            value = todo.pop()
            if isinstance(value, list):
                todo += value
            elif isinstance(value, dict):
                yield value
                todo += [inner for inner in value.values() if isinstance(inner, dict | list)]


def _texts(one: dict[str, Any]) -> Iterator[str]:
    for key in ("articleBody", "text", "description", "reviewBody"):
        value = one.get(key)
        if isinstance(value, str) and (key == "articleBody" or len(value) > LONG):
            yield value


def _types(one: dict[str, Any]) -> Iterator[str]:
    kinds = one.get("@type")
    yield from (kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str))
