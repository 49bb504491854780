"""Defines the rows of the tables as frozen records, a field for each column. schema.py explains the
columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

Row = TypeVar("Row")


def read(kind: type[Row], cursor: sqlite3.Cursor) -> list[Row]:
    """One record of `kind` for each row of the cursor; columns without a field of that name are ignored."""
    made = _maker(kind, tuple([column[0] for column in cursor.description]))  # type: ignore[arg-type]
    return [made(row) for row in cursor]


@lru_cache(maxsize=512)
def _maker(kind: type[Row], names: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Row]:
    """What makes a record of a row with these columns; there are a few for each kind."""
    at = {name: place for place, name in enumerate(names)}
    wanted = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    if len(wanted) > 1 and at.keys() >= set(wanted):
        chosen = itemgetter(*(at[name] for name in wanted))
        return lambda row: kind(*chosen(row))
    found = [(name, at[name]) for name in wanted if name in at]
    return lambda row: kind(**{name: row[place] for name, place in found})


@dataclass(frozen=True, slots=True)
class SiteRow:
    """The row of a site: its schedule, its state and what is known of it as a whole."""

    name: str
    url: str
    watched_since: str | None
    next_due: str | None
    rest_until: str | None
    not_found_at: str | None
    not_found_title: str | None
    not_found_digest: str | None
    schedule: str | None
    failures: int
    identity: str | None = None
    identity_run: int | None = None
    rates: str | None = None
    due_pages: int | None = None
    next_pages: int | None = None
    every_days: float | None = None
    longest_days: float | None = None
    first_name: str | None = None
    """Its name before it was renamed: documents keep their ids."""
    asked_at: str | None = None
    """Since when somebody asks for a run of all its pages."""


NOT_OF_SITE = "('unplaced', 'absorbed', 'outside')"
"""States of pages without an address, merged into another page, or out of the site's scope."""
RUN_COUNTS = (
    "fetched",
    "not_modified",
    "new",
    "changed",
    "unchanged",
    "moved",
    "gone",
    "returned",
    "blocked",
    "failed",
)
"""The counts of a run, in the order in which they are printed."""
OTHER_COUNTS = ("not_found", "suspect", "again", "other")
"""The counts of a run's other fetches, which are reported and not stored."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One crawl of one site."""

    id: int
    site: str
    started_at: str
    ended_at: str | None
    reason: str | None
    complete: int
    requests: int
    bytes: int
    fetched: int
    not_modified: int
    new: int
    changed: int
    unchanged: int
    moved: int
    gone: int
    returned: int
    blocked: int
    failed: int
    readings: str | None = None
    baseline: int | None = None
    """The pages read for the first time that are no news; None for a run before they were counted."""
    forbidden: int | None = None
    """The URLs not requested because of robots.txt; None for a run before they were counted."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """The last known state of a source of a site (an API, a sitemap, a feed)."""

    site: str
    address: str
    kind: str
    read_at: str | None
    enumerated_at: str | None
    enumerated_run: int | None
    entries: int | None
    cursor: str | None
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class PageRow:
    """A canonical URL and what it named when it was last checked."""

    id: int
    site: str
    url: str
    listed_url: str | None
    source_id: str | None
    kind: str | None
    state: str
    title: str | None
    language: str | None
    found_at: str
    found_by: str
    found_on: str | None
    found_run: int | None
    published: str | None
    modified: str | None
    source_text_digest: str | None
    stale_since: str | None
    etag: str | None
    last_modified: str | None
    checked_at: str | None
    seen_at: str | None
    changed_at: str | None
    checks: int
    missing_since: str | None
    missing_run: int | None
    version: int | None
    text_digest: str | None
    body_digest: str | None
    part_count: int
    agrees: int | None
    published_by: str | None = None
    names: str | None = None
    content_digest: str | None = None
    rate_evidence: str | None = None
    suspicion: int = 0
    probe_after: int = 5
    probe_hits: int = 0
    noise: int = 0
    links_found: float = 0.0
    links_days: float = 0.0
    stale_by: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadArticle:
    """A page with a version whose last fetch did not show its text, and why."""

    url: str
    checked_at: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """The columns of a page that decide when it is due again."""

    id: int
    state: str
    kind: str | None
    published: str | None
    found_at: str
    checked_at: str | None
    changed_at: str | None
    stale_since: str | None
    missing_run: int | None
    seen_at: str | None
    stale_by: str | None
    rate_evidence: str | None
    suspicion: int
    probe_after: int
    probe_hits: int
    noise: int
    links_found: float
    links_days: float
    listed_by: str | None
    """The kinds of sources that date the page, with a comma between two."""


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """The record of one fetch."""

    id: int
    page: int
    run: int | None
    fetched_at: str
    url: str
    status: int
    outcome: str
    reason: str
    content_type: str | None
    encoding: str | None
    digest: str | None
    body: str | None
    length: int | None
    origin: str = "crawl"
    encoding_by: str | None = None

    @property
    def declared(self) -> str | None:
        """The encoding according to the stored decision or the HTTP header, not according to the body.

        In captures from before decisions were stored, the name in `encoding` may be a guess.
        """
        return self.encoding if self.encoding_by else self.content_type


WITH_TEXTS = "versions.*, version_text(versions.id) AS text, version_links(versions.id) AS links"
"""The columns of versions, with their texts and links, however they are stored (see texts.py)."""
VERSIONS = f"SELECT {WITH_TEXTS} FROM versions"  # noqa: S608 - words of ours only
"""The begin of every query for versions."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An extraction that differs from its predecessor."""

    id: int
    page: int
    number: int
    capture: int
    captured_at: str
    title: str
    text: str
    digest: str
    words: int
    author: str | None
    published: str | None
    modified: str | None
    language: str | None
    extractor: str
    published_by: str | None = None
    modified_by: str | None = None
    links: str | None = None


WITH_HUNKS = "changes.*, change_hunks(changes.hunks) AS hunks"
"""The columns of changes, with their hunks, however they are stored (see hunks.py)."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """The fact that version A became B, or that a page appeared, disappeared, returned or moved."""

    id: int
    site: str
    page: int | None
    run: int | None
    kind: str
    url: str
    old_url: str | None
    title: str | None
    old_title: str | None
    version: int | None
    old_version: int | None
    seen_old: str | None
    seen_new: str
    checks_between: int
    significance: float
    explanation: str
    typographic: int
    words_added: int
    words_removed: int
    silent: int | None
    page_removed: int
    hunks: str
    found_at: str
    sent_at: str | None
    verdict: str | None
    note: str | None
    modified: str | None
    old_modified: str | None
    date_only: int
    backfilled: int = 0
    links: str = "[]"
    suspected_since: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """The columns of a change that every list of changes needs, without its words."""

    id: int
    kind: str
    url: str
    version: int | None
    old_version: int | None
    seen_old: str | None
    seen_new: str
    checks_between: int
    significance: float
    explanation: str
    words_added: int
    words_removed: int
    silent: int | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A text of a page that is kept apart until a later run confirms it."""

    id: int
    site: str
    page: int
    kind: str
    url: str
    title: str
    text: str
    digest: str
    why: str
    old_version: int | None
    seen_old: str | None
    hunks: str
    words_added: int
    words_removed: int
    capture: int
    since: str
    last_at: str
    last_run: int
    times: int
    runs_unchanged: int


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """The boilerplate learned of a site."""

    site: str
    version: int
    learned_at: str
    pages: int
    pieces: str


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A person's decision on a piece of a site's template."""

    site: str
    path: str
    text: str
    boilerplate: int
    decided_at: str


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A problem that an operator should act on."""

    id: int
    site: str
    kind: str
    message: str
    since: str
    last_at: str
    times: int
    closed_at: str | None


Values = dict[str, Any]
