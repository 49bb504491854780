"""Reads a response and the last version of its page together, so that an unstable reading is no change.
Pure."""

from __future__ import annotations

from dataclasses import replace

from variorum.crawler.classification.outcome import Outcome
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.reader import PageReader, body_of
from variorum.crawler.extraction.together import Together
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading
from variorum.storage.rows import VersionRow


def together(reader: PageReader, known: Known, reading: Reading) -> Together | None:
    """The two texts by the same scores of block paths; None if there are not two texts."""
    readable = reading.extract is not None and reading.verdict.outcome in (Outcome.ok, Outcome.moved)
    if known.last_capture is None or known.is_rendering or not readable:
        return None
    return reader.read_together(known.last_capture, body_of(reading.fetched))


def with_text_of(last: VersionRow, extract: Extract) -> Extract:
    """The extract of a page on which nothing has changed: its text is that of the last version."""
    return replace(extract, title=last.title, text=last.text, links=last.links)
