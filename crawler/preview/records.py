"""Reads saved pages given as records; those of one group are read as pages of one site."""

from __future__ import annotations

from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.extraction.boilerplate.template import EMPTY
from variorum.crawler.extraction.classifier.siblings import ALONE, Siblings, siblings
from variorum.crawler.extraction.extract import ExtractionRules, Opened, extract_opened, opened, rules_at
from variorum.crawler.output.objects import Object, extract_document
from variorum.crawler.preview.bulk import Record
from variorum.crawler.preview.first_read import known_template
from variorum.crawler.preview.saved_pages import compared_bodies, comparison_object, site_at
from variorum.crawler.time_limit import TookTooLong, time_limit
from variorum.crawler.times import now

SECONDS = 60.0
MOST_SIBLINGS = 30
"""The maximum number of pages of a group from which a template is learned: more change little and need
memory."""

SOMEWHERE = "https://page.example/"
"""The address of a pair that has none: two captures can be compared without."""


def documents(records: list[Record], workspace: Workspace | None) -> list[Object]:
    """A document for each record; it has `error` instead of `text` if nothing was extracted."""
    first = [_open(record, workspace) for record in records[:MOST_SIBLINGS]]
    known = ALONE
    if records and records[0].group is not None:
        known = siblings([page.judged for page in first if isinstance(page, Opened) and page.judged])
    found = [_document(record, page, known) for record, page in zip(records, first, strict=False)]
    more = records[MOST_SIBLINGS:]
    return found + [_document(record, _open(record, workspace), known) for record in more]


def changes(records: list[Record], workspace: Workspace | None) -> list[Object]:
    """The change of each record; `change` is null if there is none."""
    return [_change(record, workspace) for record in records]


def _change(record: Record, workspace: Workspace | None) -> Object:
    try:
        if record.old is None or record.new is None:
            return _failed(record, "the record has no `old` or no `new`")
        change = compared_bodies(record.old, record.new, record.url or SOMEWHERE, workspace)
    except VariorumError as error:
        return _failed(record, str(error))
    except Exception as error:
        return _failed(record, f"{type(error).__name__}: {error}")
    if change is None:
        return {"id": record.id, "change": None}
    return {**comparison_object(change), "id": record.id}


def _failed(record: Record, error: str) -> Object:
    return {"id": record.id, "url": record.url, "error": error}


def _open(record: Record, workspace: Workspace | None) -> Opened | str:
    """The page of a record; a message if it can't be read."""
    try:
        if record.html is None:
            return f"{record.url}: the record has no `html`"
        body = record.html.encode("utf-8", "replace")
        with time_limit(SECONDS):
            if workspace is None:
                return opened(body, record.url, encoding="utf-8")
            site, day = site_at(record.url, workspace), now().date()
            template = known_template(workspace, site) if site.name else EMPTY
            rules = ExtractionRules(rules_at(site.remove, day), rules_at(site.select, day), template)
            return opened(body, record.url, encoding="utf-8", rules=rules)
    except (VariorumError, TookTooLong) as error:
        return str(error)
    except Exception as error:
        return f"{record.url}: {type(error).__name__}: {error}"


def _document(record: Record, page: Opened | str, known: Siblings) -> Object:
    if isinstance(page, str):
        return _failed(record, page)
    try:
        found = extract_opened(page, known)
    except VariorumError as error:
        return _failed(record, str(error))
    return {**extract_document(record.url, "", found), "id": record.id}
