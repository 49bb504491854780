"""The gold pages, and the three ways in which they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trafilatura import bare_extraction
from trafilatura.settings import Document

from variorum.crawler.errors import VariorumError
from variorum.crawler.extraction.boilerplate.recurrence import LEAST_PAGES, learn
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template
from variorum.crawler.extraction.extract import ExtractionRules, extract
from variorum.crawler.extraction.html.markup import folded

PAGES = Path(__file__).parent / "pages"

TRAFILATURA, ALONE, LEARNED = "trafilatura", "alone", "learned"
WAYS = (TRAFILATURA, ALONE, LEARNED)


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A saved page with the text that a careful person would want of it."""

    system: str
    name: str
    body: bytes
    title: str
    blocks: tuple[str, ...]

    @property
    def id(self) -> str:
        """Names the page in tables and tests."""
        return f"{self.system}/{self.name}"

    @property
    def url(self) -> str:
        """The address it would have had."""
        return f"https://{self.system}.example/{self.name}"


def gold_pages(folder: Path = PAGES) -> list[GoldPage]:
    """All pages that have their text beside them, by system and name."""
    return [_page(path) for path in sorted(folder.glob("*/*.html"))]


def _page(path: Path) -> GoldPage:
    title, _, *blocks = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    return GoldPage(path.parent.name, path.stem, path.read_bytes(), title, tuple(blocks))


def templates(pages: Sequence[GoldPage]) -> dict[str, Template]:
    """What is learned of each system of which enough pages are known, from all of them."""
    sites: defaultdict[str, dict[str, list[bytes]]] = defaultdict(dict)
    for page in pages:
        sites[page.system][page.url] = [page.body]
    return {system: learn(site) for system, site in sites.items() if len(site) >= LEAST_PAGES}


def read(page: GoldPage, way: str, template: Template = EMPTY) -> list[str]:
    """The blocks that one way reads, less the title, which is compared by itself; none where it fails."""
    if way == TRAFILATURA:
        found = bare_extraction(page.body.decode("utf-8"), url=page.url)
        text = found.text if isinstance(found, Document) and found.text else ""
        lines = [folded(line) for line in text.splitlines()]
    else:
        lines = _read_by_variorum(page, template if way == LEARNED else EMPTY)
    return [line for line in lines if line.strip("-|# ") not in ("", page.title)]


def _read_by_variorum(page: GoldPage, template: Template) -> list[str]:
    try:
        return list(extract(page.body, page.url, rules=ExtractionRules(template=template)).blocks)
    except VariorumError:
        return []
