"""Those who say whether a page changed: we, and simple ones made of other people's readers."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from lxml.html import fromstring

from benchmarks.captures.pairs import Pair
from benchmarks.reader.data import FOLDS, fold

Comparer = Callable[[Sequence[Pair]], list[str | None]]
"""For the pairs of one page: what is announced of each; None where that is nothing."""

TOKEN = re.compile(r"\w+|[^\w\s]")
SHOWN = 300
"""So many characters of a change are shown."""


def variorum(folds: Path | None) -> Comparer:
    """`variorum compare --jsonl`, the pairs of a page being one group."""
    from variorum.crawler.extraction import extract  # noqa: PLC0415 - only what is measured is loaded
    from variorum.crawler.extraction.classifier.classifier import Weights  # noqa: PLC0415
    from variorum.crawler.preview.bulk import Record  # noqa: PLC0415
    from variorum.crawler.preview.records import changes  # noqa: PLC0415

    def announced(pairs: Sequence[Pair]) -> list[str | None]:
        if folds:
            weights = Weights.load(folds / f"{fold(pairs[0].site, FOLDS)}.npz")
            extract.shipped = lambda: weights  # type: ignore[assignment]
        records = [
            Record(id=pair.name, url=pair.url, group=pair.page, old=pair.old, new=pair.new) for pair in pairs
        ]
        return [_shown(found) for found in changes(records, None)]

    return announced


def _shown(found: dict[str, object]) -> str | None:
    if "error" in found:
        raise ValueError(f"{found['id']}: {found['error']}")
    if found.get("change", found) is None:
        return None
    return f"{found['kind']} {found['words_removed']}- {found['words_added']}+ {found['hunks']}"[:SHOWN]


def _by_text(read: Callable[[str], str]) -> Comparer:
    """Announces any two texts with different words."""
    words = cache(lambda html: TOKEN.findall(read(html)))

    def announced(pairs: Sequence[Pair]) -> list[str | None]:
        found = ["differs" if words(pair.old) != words(pair.new) else None for pair in pairs]
        words.cache_clear()
        return found

    return announced


def visible(folds: Path | None) -> Comparer:
    """All that the page shows."""
    from variorum.crawler.extraction.html.blocks import blocks  # noqa: PLC0415
    from variorum.crawler.extraction.html.markup import parse  # noqa: PLC0415

    return _by_text(lambda html: "\n".join(b.text for b in blocks(parse(html.encode(), "", "utf-8"))))


def trafilatura(folds: Path | None) -> Comparer:
    """The text that trafilatura extracts, without comments."""
    from trafilatura import extract  # noqa: PLC0415

    return _by_text(lambda html: extract(html, include_comments=False) or "")


def readability(folds: Path | None) -> Comparer | None:
    """The text of readability-lxml's article, where it is installed (see `benchmarks.pages.readers`)."""
    if importlib.util.find_spec("readability") is None:
        return None
    from readability import Document  # noqa: PLC0415

    return _by_text(lambda html: str(fromstring(Document(html).summary()).text_content()))


COMPARERS: dict[str, Callable[[Path | None], Comparer | None]] = {
    "variorum": variorum,
    "visible text": visible,
    "trafilatura": trafilatura,
    "readability": readability,
}
