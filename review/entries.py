"""Renders a change as an entry of a feed: its words as HTML that any feed reader may show.

Feed readers remove styles and scripts, so an entry has none: removed words are in `<del>`, added words in
`<ins>`, and every block has its own direction. No text of a site becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

import msgspec
from lxml import etree

from variorum.crawler.diffing.diff import Hunk, Relink
from variorum.review import safe_text
from variorum.review.change import title_words
from variorum.review.layout import DiffLine, Fold, laid_out, plain_text
from variorum.review.safe_text import TextPiece, link_pieces
from variorum.storage.errors import NotFound
from variorum.storage.queries.change_list import Item
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow

MOST_BLOCKS = 40
MOST_LETTERS = 12_000
"""The maximum number of characters of one entry."""
MOST_OF_A_NEW_PAGE = 2_000
MOST_OF_A_PIECE = 1_000

_NOT_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {"-": "del", "+": "ins", "=": "span", ">": "span"}


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A change as shown by feed readers."""

    id: str
    """The id of this change, wherever the feed is served."""
    title: str
    site: str
    kind: str
    link: str
    """The address of the page on which it is reviewed."""
    url: str | None
    """The address of the page that changed."""
    at: str
    language: str | None
    html: str


def entry_of(reader: Reader, item: Item, others: int, base: str) -> FeedEntry:
    """The entry of a change; `others` pages have the same edit, and `base` is the address of the review
    page."""
    row = reader.change(item.id)
    link = f"{base}change/{item.id}"
    return FeedEntry(
        id=uuid5(NAMESPACE_URL, plain(f"{item.site} {item.id} {item.found_at} {item.url}")).urn,
        title=plain(safe_text.clipped(" ".join(f"{row.kind}: {row.title or '(no title)'}".split()))),
        site=plain(item.site),
        kind=item.kind,
        link=link,
        url=safe_text.link(item.url),
        at=item.found_at,
        language=item.language,
        html="".join(
            etree.tostring(one, encoding="unicode", method="html") for one in _blocks(reader, row, others)
        ),
    )


def plain(text: str) -> str:
    """The text, harmless and valid in XML."""
    return _NOT_OF_XML.sub("\ufffd", safe_text.harmless(text))


def element(tag: str, text: str = "", *below: etree._Element, **attributes: str) -> etree._Element:
    """An element with text and attributes that are valid in XML, and with others below it."""
    made = etree.Element(tag, {name: plain(value) for name, value in attributes.items()})
    made.text = plain(text)
    made.extend(below)
    return made


def _blocks(reader: Reader, row: ChangeRow, others: int) -> Iterator[etree._Element]:
    yield element("p", "; ".join(_facts(row, others)))
    if row.old_title is not None:
        yield _block(title_words(row.old_title, row.title), MOST_OF_A_NEW_PAGE)
    yield from _words(reader, row)
    if address := safe_text.link(row.url):
        yield element("p", "", element("a", safe_text.clipped(address), href=address))


def _facts(row: ChangeRow, others: int) -> Iterator[str]:
    yield f"{row.kind} on {row.site}"
    yield f"between {row.seen_old} and {row.seen_new}" if row.seen_old else f"first seen {row.seen_new}"
    if row.explanation:
        yield f"significance {row.significance:.2f}: {safe_text.clipped(row.explanation, 400)}"
    if row.silent:
        yield "silent: the site did not change its modified date"
    if row.old_url:
        yield f"before at {safe_text.clipped(row.old_url)}"
    if others:
        yield f"the same edit on {others} other {'page' if others == 1 else 'pages'}"


def _words(reader: Reader, row: ChangeRow) -> Iterator[etree._Element]:
    """The changed blocks; for a new page, its beginning."""
    hunks = msgspec.json.decode(row.hunks, type=list[Hunk])
    if hunks:
        yield from _bounded(laid_out(hunks, None, None).stretches, MOST_LETTERS)
    for one in msgspec.json.decode(row.links, type=list[Relink]):
        yield _block(link_pieces(one), MOST_OF_A_PIECE)
    if row.kind in ("new", "returned") and not hunks and (text := _text(reader, row)):
        yield from _bounded(plain_text(text).stretches, MOST_OF_A_NEW_PAGE)


def _text(reader: Reader, row: ChangeRow) -> str:
    try:
        return reader.version(row.page, row.version).text if row.page is not None else ""
    except NotFound:
        return ""


def _bounded(stretches: tuple[DiffLine | Fold, ...], room: int) -> Iterator[etree._Element]:
    """Return the blocks that fit; a block that moved is shown at its new position."""
    lines = [one for one in stretches if isinstance(one, DiffLine) and one.sign != "<"]
    for number, line in enumerate(lines):
        if room <= 0 or number == MOST_BLOCKS:
            yield element("p", f"… and {len(lines) - number} more blocks")
            return
        remark = (TextPiece("=", "moved here and edited: "),) if line.sign == "≈" else ()
        block = _block(remark + line.words, room)
        room -= sum(map(len, block.itertext())) + 1
        yield block


def _block(pieces: tuple[TextPiece, ...], room: int) -> etree._Element:
    """A block with its words marked, cut if it has more characters than there is room for."""
    block = element("p", dir="auto")
    for piece in pieces:
        if room <= 0:
            block.append(element("span", "…"))
            break
        text = _text_of(piece, min(room, MOST_OF_A_PIECE))
        room -= len(text)
        block.extend([element("span", piece.space)] * bool(piece.space))
        block.append(element(_TAGS[piece.sign], text))
    return block


def _text_of(piece: TextPiece, most: int) -> str:
    moved = "moved here: " if piece.sign == ">" else ""
    text = f"{piece.text} … {piece.end}" if piece.end else piece.text
    label = f" [{piece.label}]" if piece.label else ""
    return f"{moved}{safe_text.clipped(text, most)}{label}"
