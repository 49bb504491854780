"""Adds to documents the headings, links and other editions that their pages had when captured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from variorum.crawler.extraction.html.outline import outline
from variorum.storage import bodies
from variorum.storage.export import Document, Field, page_of
from variorum.storage.reader import Reader

OUTLINE = (
    Field("headings", "strings", "the headings of the text"),
    Field("links", "strings", "where the links in the text lead"),
    Field("editions", "strings", "the page in other languages, as it names them: language and address"),
)
_CAPTURE = """
    SELECT captures.body, captures.url,
        iif(captures.encoding_by IS NULL, captures.content_type, captures.encoding) AS declared
    FROM versions JOIN captures ON captures.id = versions.capture
    WHERE versions.page = :page AND versions.number = :version
"""


def outlined(documents: Iterable[Document], reader: Reader) -> Iterator[Document]:
    """The documents with `headings`, `links` and `editions`; null if the page itself is not stored."""
    for document in documents:
        yield document if document.get("gone") else document | _outline(document, reader)


class CapturedBody(NamedTuple):
    """The stored page from which a version was extracted."""

    body: bytes
    url: str
    encoding: str | None


def captured_body(document: Document, reader: Reader) -> CapturedBody | None:
    """Return the page that a document was extracted from; None if it is not stored."""
    [capture] = reader.rows(_CAPTURE, {"page": page_of(document), "version": document["version"]})
    if capture["body"] is None:
        return None
    return CapturedBody(bodies.get(reader.db.conn, capture["body"]), capture["url"], capture["declared"])


def _outline(document: Document, reader: Reader) -> Document:
    captured = captured_body(document, reader)
    if captured is None:
        return dict.fromkeys(field.name for field in OUTLINE)
    return outline(*captured, document["text"])._asdict()
