"""Compares a dump's text with its page: text that the extraction leaves out of the page is no difference.

A dump also has what is on a page beside the article: image descriptions, captions, labels. What the page's
own HTML has outside of the article was not removed by the site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from variorum.crawler.diffing.normalisation import plain
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.html.blocks import blocks
from variorum.crawler.extraction.html.markup import folded, parse
from variorum.storage.errors import NotFound
from variorum.storage.rows import VersionRow
from variorum.storage.store import Store

SHOWN = ("alt", "title", "aria-label")


def read_beside(store: Store, page: int, at: str, extract: Extract) -> Extract:
    """A text that was on the page at a time, read as the page's own HTML nearest to that time reads it.

    If both have the same text, it is that version's text; without stored HTML it stays as it was.
    """
    versions = store.versions_of(page)
    later = [version for version in versions if version.captured_at > at][:1]
    earlier = [version for version in versions if version.captured_at <= at][-1:]
    read = extract
    for version in (*later, *earlier):
        if (html := _html(store, version)) is not None:
            read = _without(extract, version, html)
            if _say_the_same(read, version):
                return replace(extract, title=version.title, text=version.text)
    return read


def _html(store: Store, version: VersionRow) -> set[str] | None:
    """Every line that the page of a version shows or describes; None if its HTML is not stored."""
    capture = store.capture(version.capture)
    try:
        tree = parse(store.body(capture.body), capture.url, capture.declared) if capture.body else None
    except (ExtractionError, NotFound):
        return None
    if tree is None:
        return None
    shown = {folded(value) for name in SHOWN for value in tree.xpath("//@*[name() = $name]", name=name)}
    return shown.union(line for block in blocks(tree) for line in block.lines)


def _without(extract: Extract, version: VersionRow, html: set[str]) -> Extract:
    """The extract without the lines that the page has outside of its article."""
    text = set(version.text.split("\n"))
    return replace(
        extract, text="\n".join(line for line in extract.blocks if line in text or line not in html)
    )


def _say_the_same(extract: Extract, version: VersionRow) -> bool:
    ours: Sequence[str] = (extract.title, *extract.blocks)
    theirs: Sequence[str] = (version.title, *version.text.split("\n"))
    return plain(" ".join(ours)) == plain(" ".join(theirs))
