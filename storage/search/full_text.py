"""Searches the full text of all versions: words that are on a page, and words that were removed.

The index holds the positions of the folded words of each version's title and text, and no readable text: what
is shown comes from the versions. storage/search/query.py explains what can be typed, and
storage/search/matching.py how versions match that are indexed as edits.

A page has the rank of the version that matches best. One that has the words only since an edit is ranked by
what the edit brought.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice

from variorum.storage.reader import Reader
from variorum.storage.rows import Values
from variorum.storage.search.matching import Matches, edits_with
from variorum.storage.search.query import Piece, Query, fewer, parse, snippet
from variorum.storage.site_filter import SiteFilter, names_json, of_sites

_PAGES = f"""
    SELECT versions.page FROM (
        SELECT rowid AS version, rank AS score FROM versions_fts WHERE versions_fts MATCH :query
        UNION ALL SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:edits)
    ) AS found
    CROSS JOIN versions ON versions.id = found.version CROSS JOIN pages ON pages.id = versions.page
    WHERE {of_sites("pages.site")} AND {{chosen}}
    ORDER BY found.score, found.version
"""  # noqa: S608 - words of ours only
_ONE_PAGE = f"""
    SELECT versions.page FROM versions CROSS JOIN pages ON pages.id = versions.page
    WHERE versions.page = :page AND {{matches}} AND {of_sites("pages.site")} AND {{chosen}} LIMIT 1
"""  # noqa: S608 - words of ours only
_MATCHES = """
    (versions.id IN (SELECT value FROM json_each(:edits_of_page))
     OR EXISTS (SELECT 1 FROM versions_fts WHERE rowid = versions.id AND versions_fts MATCH :query))
"""
_CHOSEN = """
    (:language IS NULL OR versions.language = :language)
    AND (:since IS NULL OR captured_at >= :since) AND (:until IS NULL OR captured_at <= :until)
"""
_VERSIONS = """
    SELECT versions.id, versions.number, {chosen} AS chosen FROM versions
    WHERE versions.page = :page AND {matches} ORDER BY versions.number DESC
"""
_SHOWN = """
    SELECT pages.id AS page, pages.url, pages.site, versions.title, versions.language,
           versions.number AS version, versions.captured_at, version_text(versions.id) AS text,
           pages.state = 'gone' AS gone, pages.version AS latest
    FROM versions JOIN pages ON pages.id = versions.page WHERE versions.id = :version
"""
_EDITS = """
    SELECT id, seen_old, seen_new, change_hunks(hunks) AS hunks, old_title, title FROM changes
    WHERE page = :page AND old_version = :version AND version > old_version ORDER BY id
"""
_LEAVING = (
    "SELECT id, seen_old, seen_new FROM changes WHERE page = :page AND page_removed ORDER BY id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that matches the query, with its newest matching version."""

    page: int
    url: str
    site: str
    title: str
    language: str | None
    version: int
    captured_at: str
    present: bool
    """The words are in the latest version, and the page is not gone."""
    removed: bool
    """The site removed the words. If neither is true, today's extraction leaves them out of every text of
    the page."""
    last_seen: str | None
    """When removed words were last seen on the page."""
    removed_at: str | None
    """When the page was first seen without them."""
    change: int | None
    """The change that removed the words."""
    snippet: tuple[Piece, ...]
    """The words found, with the text around them."""


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Restricts a search; None is no restriction."""

    page: int | None = None
    site: SiteFilter = None
    language: str | None = None
    since: str | None = None
    """The earliest time of capture."""
    until: str | None = None
    """The latest time of capture."""
    removed: bool | None = None
    """True for words that the site removed, False for words that are still there."""


def find(reader: Reader, typed: str, filters: SearchFilters | None = None, *, limit: int = 20) -> list[Hit]:
    """Return the pages that match the query, the best first; none for a query without words."""
    query = parse(typed)
    if not query:
        return []
    filters = filters or SearchFilters()
    values = {"query": str(query), **asdict(filters), "site": names_json(filters.site)}
    edits = edits_with(reader.db.conn, query)
    removed = filters.removed
    hits = (
        _hit(reader, query, page, _of_page(reader, page, edits, values))
        for page in _pages(reader, edits, values)
    )
    found = (hit for hit in hits if hit)
    wanted = (hit for hit in found if removed is None or (hit.removed if removed else hit.present))
    return list(islice(wanted, limit))


def _pages(reader: Reader, edits: Matches, values: Values) -> Iterator[int]:
    """The pages with a version that matches or is in doubt, each once, the best first."""
    if values["page"] is None:
        ranked = [(version, edits.ranks.get(version, 0)) for version in edits.sure | edits.doubtful]
        sql, values = _PAGES, {**values, "edits": json.dumps(ranked)}
    else:
        sql, values = _ONE_PAGE, _of_page(reader, values["page"], edits, values)
    rows = reader.rows(sql.format(chosen=_CHOSEN, matches=_MATCHES), values)
    seen: set[int] = set()
    for row in rows:
        if row["page"] not in seen:
            seen.add(row["page"])
            yield row["page"]


def _of_page(reader: Reader, page: int, edits: Matches, values: Values) -> Values:
    """The values of a query for the versions of one page."""
    ids = [row["id"] for row in reader.rows("SELECT id FROM versions WHERE page = :page", {"page": page})]
    return {**values, "page": page, "edits_of_page": json.dumps([one for one in ids if one in edits])}


def _hit(reader: Reader, query: Query, page: int, values: Values) -> Hit | None:
    versions = list(reader.rows(_VERSIONS.format(chosen=_CHOSEN, matches=_MATCHES), values))
    shown = next((one["id"] for one in versions if one["chosen"]), None)
    if shown is None:  # its versions were in doubt
        return None
    newest = versions[0]["number"]
    row = next(reader.rows(_SHOWN, {"version": shown}))
    gone, latest, text = row.pop("gone"), row.pop("latest"), row.pop("text")
    hit = Hit(
        **row,
        present=newest == latest and not gone,
        removed=False,
        last_seen=None,
        removed_at=None,
        change=None,
        snippet=snippet(query, text),
    )
    removal = _edited_out(reader, query, page, newest) if newest != latest else None
    if removal is None and gone:
        removal = next(reader.rows(_LEAVING, {"page": page}), None)
    if removal is None:
        return hit
    ends = {"last_seen": removal["seen_old"], "removed_at": removal["seen_new"]}
    return replace(hit, removed=True, change=removal["id"], **ends)


def _edited_out(reader: Reader, query: Query, page: int, version: int) -> Values | None:
    """The change after this version, if the words were removed with it.

    They may also be missing because later versions were extracted by other rules, which is no change of the
    site.
    """
    for change in reader.rows(_EDITS, {"page": page, "version": version}):
        hunks = json.loads(change["hunks"])
        old, new = ("\n".join(block for hunk in hunks for block in hunk[side]) for side in ("old", "new"))
        retitled = change["old_title"] is not None and fewer(
            query, change["old_title"], change["title"] or ""
        )
        if retitled or fewer(query, old, new):
            return change
    return None
