"""Adds to passages the headings above them, and links that lead a browser to their words."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from variorum.crawler.diffing.tokens import STRIKE
from variorum.crawler.export.document_outline import captured_body
from variorum.crawler.extraction.html.outline import levelled_headings
from variorum.storage.export import Document, Field, page_of
from variorum.storage.reader import Reader

PLACE = (
    Field("heading_path", "strings", "the headings above its beginning, the highest first"),
    Field("link", "string", "its page's address, with a text fragment that leads to it"),
)
WORDS = 5
"""The number of words at each end of a passage by which a browser finds it."""
LONGEST = 40
"""The maximum number of characters of one of them: some scripts have no spaces."""

Path = tuple[str, ...]


def placed(documents: Iterable[Document], reader: Reader) -> Iterator[Document]:
    """The passages with `heading_path` and `link`; the path is null if the page itself is not stored."""
    page, paths = "", None
    for document in documents:
        if document.get("gone"):
            yield document
            continue
        if document["page"] != page:
            page, paths = document["page"], _paths_of(document, reader)
        path = None if paths is None else list(_path_at(paths, document["block"]))
        yield document | {"heading_path": path, "link": text_link(document["url"], document["text"])}


def text_link(url: str, text: str) -> str | None:
    """Return the address with a text fragment for the passage; None if it is no web address.

    https://wicg.github.io/scroll-to-text-fragment/ describes `#:~:text=start,end`.
    """
    if not url.startswith(("http://", "https://")):
        return None
    blocks = text.replace(STRIKE, "").split("\n")
    first = blocks[0].removeprefix("- ").split(" | ")[0].split()
    last = blocks[-1].removeprefix("- ").split(" | ")[-1].split()
    is_short = len(blocks) == 1 and len(first) <= 2 * WORDS
    ends = [first] if is_short else [first[:WORDS], last[-WORDS:]]
    return f"{url.partition('#')[0]}#:~:text={','.join(_encoded(words) for words in ends)}"


def _encoded(words: Sequence[str]) -> str:
    return quote(" ".join(word[:LONGEST] for word in words), safe="").replace("-", "%2D")


def _paths_of(document: Document, reader: Reader) -> list[tuple[int, Path]] | None:
    """Return the numbers of the blocks that are headings, each with the path from there on."""
    captured = captured_body(document, reader)
    if captured is None:
        return None
    text = reader.version(page_of(document), document["version"]).text
    return heading_paths(text, levelled_headings(*captured, text))


def heading_paths(text: str, headings: Sequence[tuple[int, str]]) -> list[tuple[int, Path]]:
    """Return the number of each block that is a heading, with the headings that apply from there on."""
    found: list[tuple[int, Path]] = []
    above: list[tuple[int, str]] = []
    places: dict[str, deque[int]] = {}
    for at, (_, heading) in enumerate(headings):
        places.setdefault(heading, deque()).append(at)
    after = -1
    for number, block in enumerate(text.split("\n"), start=1):
        place = _next_place(places.get(block.removeprefix("- ")), after)
        if place is not None:
            after = place
            level, _ = headings[place]
            above = [*(one for one in above if one[0] < level), headings[place]]
            found.append((number, tuple(heading for _, heading in above)))
    return found


def _next_place(places: deque[int] | None, after: int) -> int | None:
    """Return the first of the places behind another, and take away those up to it."""
    while places:
        if (place := places.popleft()) > after:
            return place
    return None


def _path_at(paths: Sequence[tuple[int, Path]], block: int) -> Path:
    at = bisect_right(paths, block, key=lambda one: one[0])
    return paths[at - 1][1] if at else ()
