"""Reads a response and the last version of its page together, so that an unstable reading is no change.
Pure."""

from __future__ import annotations

from dataclasses import replace

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.known_page import is_told
from variorum.crawler.extraction.reader import PageReader, body_of
from variorum.crawler.extraction.together import Together
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading
from variorum.storage.rows import VersionRow


def together(reader: PageReader, known: Known, reading: Reading) -> Together | None:
    """The two texts by the same scores of block paths.

    None if there are not two texts, or if the block paths of a known design have told both: so they would
    again.
    """
    readable = reading.extract is not None and reading.verdict.outcome in (Outcome.ok, Outcome.moved)
    if known.last_capture is None or known.is_rendering or not readable:
        return None
    if reading.content_digest is not None and _is_told_alike(reader, known):
        return None
    return reader.read_together(known.last_capture, body_of(reading.fetched))


def _is_told_alike(reader: PageReader, known: Known) -> bool:
    """Whether the block paths by which the response was read have told the text of the last version, too."""
    digest, last = known.identity.page.content_digest, known.last
    if digest is None or last is None:
        return False
    return is_told(digest, reader.template, last.title, last.text, last.links or "")


def with_text_of(last: VersionRow, extract: Extract) -> Extract:
    """The extract of a page on which nothing has changed: its text is that of the last version."""
    return replace(extract, title=last.title, text=last.text, links=last.links)
