"""The text that belongs to a change."""

from __future__ import annotations

from variorum.crawler.diffing.hunks import apply
from variorum.crawler.output.objects import hunks_of
from variorum.storage.errors import NotFound
from variorum.storage.reader import Reader
from variorum.storage.rows import ChangeRow


def blocks_after(reader: Reader, row: ChangeRow) -> list[str]:
    """The blocks of the text after a change, or before it for a page that is gone; none if the hunks no
    longer fit.

    They no longer fit if the texts were extracted again since, by other rules.
    """
    hunks = hunks_of(row)
    try:
        if row.page is None or row.version is None:
            return []
        new = reader.version(row.page, row.version).text
        if hunks and row.old_version is not None:
            fits = apply(reader.version(row.page, row.old_version).text, hunks) == new
            return new.split("\n") if fits else []
    except (NotFound, ValueError):
        return []
    return [] if hunks or row.kind == "moved" else new.split("\n")
