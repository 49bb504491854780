"""Reads documents that are no web pages: the text of a PDF; of any other file its type, size and digest.

So a replaced file shows as a change, even if its text can't be read.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from urllib.parse import unquote, urlsplit

from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.metadata.headline import language

MOST_PAGES = 500
"""The number of first pages that are read; the digest shows changes in the others."""


def extract_file(body: bytes, url: str, content_type: str) -> Extract:
    """The document as a page: its title or file name, its text.

    Raises ExtractionError if a PDF is broken.
    """
    name = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    if not body.startswith(b"%PDF-"):
        return Extract(title=name, text=_described(body, content_type), kind="file")
    title, text = _pdf(body, url)
    text = text or _described(body, content_type)
    return Extract(title=title or name, text=text, kind="file", language=language(text, None))


def _pdf(body: bytes, url: str) -> tuple[str, str]:
    from pypdf import PdfReader  # noqa: PLC0415 - a fifth of a run's start, and few sites have a PDF
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        document = PdfReader(BytesIO(body))
        title = document.metadata.title if document.metadata else None
        pages = [page.extract_text() for page in document.pages[:MOST_PAGES]]
    except (PyPdfError, ValueError, KeyError, RecursionError) as error:
        raise ExtractionError(f"{url}: the PDF can't be read: {error}") from error
    lines = (" ".join(line.split()) for page in pages for line in page.splitlines())
    return " ".join((title or "").split()), "\n".join(line for line in lines if line)


def _described(body: bytes, content_type: str) -> str:
    kind = content_type.partition(";")[0] or "a file"
    return f"{kind}, {len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
