"""Writes the gold pages from their sources: `python -m benchmarks.gold.making`.

A site is a folder of `sources/`: `site.toml` with its name and headlines, `frame.html` with all that its
system puts around an article, `parts.html` with the way in which it marks up a paragraph, a list, a picture,
and one `.txt` an article. An article is written once, line by line, the name of its part in front of each:

    title The bridge is closed
    p It was closed on <a href="/monday">Monday</a>.
    also The ferry sails again

From it come the saved page and, by the person who wrote the line, what of it is text: see `SAID`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
PAGES = HERE / "pages"

FACTS = frozenset({"title", "author", "date", "kicker", "tags", "about", "updated"})
"""Said of the article, not in it; only the title goes into the gold."""

SAID = frozenset(
    {
        *("lead", "p", "h2", "h3", "quote", "cite", "pull", "caption", "credit", "note", "tweet", "box"),
        *("code", "end", "br", "dt", "dd"),
    }
)
"""Parts that are text: one block each. So are `li`, `ol` and `tr`, with their marks."""

UNSAID = frozenset({"also", "teaser", "ad", "letter", "raw"})
"""Parts that stand inside the article and are none of it."""

ROWS = {"li": "ul", "ol": "ol", "tr": "table", "also": "alsos", "dt": "dl", "dd": "dl"}
TAG = re.compile(r"<[^>]+>")
NOTE = re.compile(r"<sup[^>]*>\s*<a[^>]*>(\d+)</a>\s*</sup>")
"""The mark of a footnote, which a text has in brackets."""


@dataclass(frozen=True)
class Part:
    """One line of an article."""

    kind: str
    text: str

    @property
    def cells(self) -> list[str]:
        """The cells of a row."""
        return self.text.split(" | ")


@dataclass
class Article:
    """One article as its author has written it."""

    name: str
    facts: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def gold(self) -> str:
        """The title, an empty line, and a block a line."""
        lines = [_plain(self.facts["title"]), "", *(line for part in self.parts if (line := _gold(part)))]
        return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return " ".join(unescape(TAG.sub("", NOTE.sub(r" [\1]", text))).split())


def _gold(part: Part) -> str:
    if part.kind in ("li", "ol"):
        return f"- {_plain(part.text)}"
    if part.kind == "tr":
        return " | ".join(map(_plain, part.cells))
    return _plain(part.text) if part.kind in SAID else ""


def read_article(path: Path) -> Article:
    """The article that a source file holds."""
    article = Article(path.stem)
    for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
        kind, _, text = line.partition(" ")
        if kind in FACTS:
            article.facts[kind] = text
        elif kind in SAID | UNSAID | {"li", "ol", "tr"}:
            article.parts.append(Part(kind, text.strip()))
        else:
            raise SystemExit(f"{path}: {kind!r} is the name of no part")
    return article


def written(env: Environment, system: str, article: Article, number: int) -> str:
    """The whole page of an article, the `number`th of its site."""
    site = tomllib.loads((SOURCES / system / "site.toml").read_text(encoding="utf-8"))
    headlines: list[str] = site["headlines"]

    def others(count: int, start: int = 0) -> list[dict[str, Any]]:
        """So many other headlines of the site, of which each page shows others."""
        chosen = [(number * 3 + start + n) % len(headlines) for n in range(count)]
        return [{"title": headlines[n], "url": f"/{100 + n}", "number": n} for n in chosen]

    known: dict[str, Any] = {
        "site": site,
        "url": f"https://{system}.example/{article.name}",
        "number": number,
        "others": others,
        "name": article.name,
        **dict.fromkeys(FACTS, ""),
        **article.facts,
    }
    env.globals.update(known)
    return env.get_template(f"{system}/frame.html").render(content=_content(env, system, article)) + "\n"


def _content(env: Environment, system: str, article: Article) -> str:
    """The parts of an article in the site's own markup, those alike that follow each other in one list."""
    own = f"{system}/parts.html"
    shapes = [env.get_template(name).module for name in (own, "parts.html") if (SOURCES / name).exists()]
    lines: list[str] = []
    for kind, run in groupby(article.parts, key=lambda part: ROWS.get(part.kind, part.kind)):
        shape = next(getattr(module, kind) for module in shapes if hasattr(module, kind))
        parts = list(run)
        lines += [shape(parts)] if kind in ROWS.values() else [shape(part.text) for part in parts]
    return "\n".join(line.strip() for line in lines)


def main() -> None:
    """Writes all pages and their texts."""
    env = Environment(loader=FileSystemLoader(SOURCES), undefined=StrictUndefined, trim_blocks=True)
    for folder in sorted(path.parent for path in SOURCES.glob("*/site.toml")):
        target = PAGES / folder.name
        target.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(sorted(folder.glob("*.txt"))):
            article = read_article(path)
            page = written(env, folder.name, article, number)
            (target / f"{path.stem}.html").write_text(page, encoding="utf-8")
            (target / f"{path.stem}.txt").write_text(article.gold(), encoding="utf-8")


if __name__ == "__main__":
    main()
