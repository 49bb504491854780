"""Reads documents for an export: one for each page that is live, or was live at a given time.

Documents follow the order of pages. An id names a page for ever, also after it has moved. There are three
finer units: each version of each page, and each paragraph or passage of each live page.

A cursor marks all that was stored when it was given. An export since a cursor has every page, or version,
with something new, in full. A page that is gone leaves a tombstone (`"gone": true`, no text). Exports since
one cursor after the other add up to the whole, in all but `seen_at`, which moves with every check of a page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import Any, Literal, NamedTuple

from variorum.storage.errors import Malformed, NotFound
from variorum.storage.history import SEEING
from variorum.storage.passages import passages
from variorum.storage.reader import Reader
from variorum.storage.site_filter import SiteFilter, names_json, of_sites

Document = dict[str, Any]
Unit = Literal["page", "version", "paragraph", "passage"]
UNITS: tuple[Unit, ...] = ("page", "version", "paragraph", "passage")
PARTS: tuple[Unit, ...] = ("paragraph", "passage")
"""The units that are parts of a page."""


class Field(NamedTuple):
    """A key of a document, with its type and meaning."""

    name: str
    type: Literal["string", "integer", "boolean", "strings"]
    means: str


_FIRST = (
    Field("id", "string", "names the document for ever"),
    Field("url", "string", "the page's address"),
    Field("site", "string", "the name of its site"),
    Field("kind", "string", "article, file or listing"),
    Field("title", "string", ""),
    Field("text", "string", "clean text, one block a line"),
    Field("language", "string", "ISO 639 code of the text"),
    Field("author", "string", "as the site says"),
    Field("authors", "strings", "the same, parted at commas and semicolons"),
    Field("published", "string", "as the site says, ISO 8601"),
    Field("published_by", "string", "its source: listed, marked, found or dump"),
    Field("modified", "string", "as the site says, ISO 8601"),
    Field("modified_by", "string", "its source: listed or marked"),
    Field("version", "integer", "number of the version, by the time of its capture, from 1"),
    Field("captured_at", "string", "when this version was first seen, UTC"),
    Field("digest", "string", "SHA-256 of title and text; of a part of a page, of its text"),
    Field("words", "integer", "how many words the text has"),
    Field("extractor", "string", "what extracted the text"),
    Field("template", "integer", "version of the learned boilerplate that it was read with"),
    Field("chain", "string", "number and digest of the version's last seal in the store's chain"),
    Field("seen_at", "string", "when the page was last seen, UTC"),
)
_LAST = Field("gone", "boolean", "true: it is no longer there; all but id, url and site is missing")
FIELDS: dict[Unit, tuple[Field, ...]] = {
    "page": (*_FIRST, _LAST),
    "version": (
        *_FIRST,
        Field("page", "string", "id of its page"),
        Field("present", "boolean", "false where the page is gone"),
        Field("stands", "boolean", "the earlier name of `present`"),
    ),
    "paragraph": (
        *_FIRST,
        Field("page", "string", "id of its page"),
        Field("position", "integer", "place on the page, from 1"),
        _LAST,
    ),
    "passage": (
        *_FIRST,
        Field("page", "string", "id of its page"),
        Field("position", "integer", "place on the page, from 1"),
        Field("block", "integer", "number of its first paragraph, from 1"),
        _LAST,
    ),
}
"""The keys of a document of each unit, in order. In JSON, `gone` is present only where it is true."""

_COLUMNS = f"""
    coalesce((SELECT first_name FROM sites WHERE name = pages.site), pages.site) || ':' || pages.id AS id,
    CASE WHEN :as_of IS NULL THEN pages.url ELSE coalesce((
        SELECT old_url FROM changes WHERE page = pages.id AND kind = 'moved' AND NOT page_removed
        AND seen_new > :as_of ORDER BY seen_new, changes.id LIMIT 1
    ), pages.url) END AS url,
    pages.site, coalesce(pages.kind, 'article') AS kind,
    v.title, version_text(v.id) AS text, v.language, v.author, v.author AS authors,
    v.published, v.published_by, v.modified, v.modified_by,
    v.number AS version, v.captured_at, v.digest, v.words, v.extractor,
    (SELECT id || ':' || store_chain FROM seals WHERE version = v.id ORDER BY id DESC LIMIT 1) AS chain,
    CASE WHEN :as_of IS NULL THEN pages.seen_at ELSE (
        SELECT max(fetched_at) FROM captures WHERE page = pages.id AND outcome IN {SEEING}
        AND fetched_at <= :as_of
    ) END AS seen_at,
    pages.state = 'absorbed' OR CASE WHEN :as_of IS NULL THEN pages.state = 'gone' ELSE coalesce((
        SELECT page_removed FROM changes WHERE page = pages.id AND kind IN ('gone', 'returned', 'moved')
        AND seen_new <= :as_of ORDER BY seen_new DESC, changes.id DESC LIMIT 1
    ), 0) END AS gone
"""  # noqa: S608 - words of ours only

_PAGES = f"""
    SELECT {_COLUMNS}
    FROM pages LEFT JOIN versions AS v ON v.page = pages.id
    WHERE {of_sites("pages.site")}
      AND v.number IS (
        SELECT max(number) FROM versions WHERE page = pages.id AND (:as_of IS NULL OR captured_at <= :as_of)
      )
      AND (v.number IS NOT NULL OR pages.state = 'absorbed')  -- all its versions may be another page's now
      AND (v.id > :versions
        OR EXISTS (SELECT 1 FROM changes WHERE page = pages.id AND id > :changes)
        OR EXISTS (SELECT 1 FROM seals WHERE version = v.id AND id > :seals)
        OR EXISTS (SELECT 1 FROM rewritings WHERE page = pages.id AND mark > :rewritings))
    ORDER BY pages.id
"""  # noqa: S608 - columns of ours only

_VERSIONS = f"""
    SELECT {_COLUMNS}
    FROM pages JOIN versions AS v ON v.page = pages.id
    WHERE {of_sites("pages.site")} AND (:as_of IS NULL OR v.captured_at <= :as_of)
      AND (v.id > :versions
        OR EXISTS (SELECT 1 FROM changes WHERE page = pages.id AND id > :changes)
        OR EXISTS (SELECT 1 FROM seals WHERE version = v.id AND id > :seals)
        OR EXISTS (SELECT 1 FROM rewritings WHERE page = pages.id AND coalesce(version, v.id) = v.id
                   AND mark > :rewritings))
    ORDER BY pages.id, v.number
"""  # noqa: S608 - columns of ours only

_TEMPLATE = re.compile(r"; template (\d+)")
_BETWEEN = re.compile(r"\s*[;,،؛]\s*")


@dataclass(frozen=True, slots=True)
class Positions:
    """The position that an export has reached; written `12.34.5.67.89`."""

    versions: int = -1
    changes: int = -1
    rewritings: int = -1
    captures: int = -1
    seals: int = -1

    def __str__(self) -> str:
        return ".".join(map(str, astuple(self)))

    @classmethod
    def parse(cls, text: str) -> Positions:
        """Parse a cursor. Raises Malformed.

        A cursor of an older version has fewer numbers; documents of that time lacked fields, and are exported
        again.
        """
        parts = text.split(".")
        if len(parts) not in (2, 4, 5) or not all(part.isascii() and part.isdecimal() for part in parts):
            raise Malformed(
                f"{text!r} is no cursor: use the one that the last export printed, like 1200.34.5.6.7"
            )
        return cls(*map(int, parts))


def cursor(reader: Reader) -> Positions:
    """The cursor at which the next export begins: after all that is stored now."""
    sql = ", ".join(
        f"(SELECT coalesce(max({column}), 0) FROM {table})"  # noqa: S608 - names of ours only
        for table, column in (
            ("seals", "version"),  # they stay where versions are removed
            ("(SELECT id FROM changes UNION ALL SELECT last_change FROM removals)", "id"),
            ("rewritings", "mark"),
            ("captures", "id"),
            ("seals", "id"),
        )
    )
    return Positions(*next(reader.rows(f"SELECT {sql}", {})).values())


def since_cursor(reader: Reader, text: str | None) -> Positions:
    """Where an export begins; at the start without a cursor.

    Raises Malformed if the text is no cursor, NotFound if this store never gave it.
    """
    if text is None:
        return Positions()
    since, now = Positions.parse(text), cursor(reader)
    if any(sent > stored for sent, stored in zip(astuple(since), astuple(now), strict=True)):
        raise NotFound(f"{text} is the cursor of another database: this one has only come to {now}")
    return since


def documents(
    reader: Reader,
    unit: Unit = "page",
    *,
    site: SiteFilter = None,
    since: str | None = None,
    as_of: str | None = None,
) -> Iterator[Document]:
    """The documents of one site, or of all: as they were at the time `as_of`, or those new since a cursor.

    Raises Malformed if `since` is no cursor, NotFound if this store never gave it.
    """
    begin = since_cursor(reader, since)
    values = {
        "site": names_json(site),
        "as_of": as_of,
        "versions": begin.versions,
        "changes": begin.changes,
        "rewritings": begin.rewritings,
        "seals": begin.seals,
    }
    rows = map(_document, reader.rows(_VERSIONS if unit == "version" else _PAGES, values))
    match unit:
        case "page":
            return _pages(rows, tombstones=since is not None)
        case "version":
            return map(_version, rows)
        case "paragraph":
            return _parts(rows, _paragraphs, tombstones=since is not None)
        case "passage":
            return _parts(rows, _passages, tombstones=since is not None)


def page_of(document: Document) -> int:
    """The number of the page that a document belongs to."""
    page: str = document.get("page") or document["id"]
    return int(page.rpartition(":")[2])


def _document(row: Document) -> Document:
    chain, gone, seen_at = row.pop("chain"), row.pop("gone"), row.pop("seen_at")
    template = _TEMPLATE.search(row["extractor"] or "")
    row["authors"] = _BETWEEN.split(row["author"].strip()) if row["author"] else []
    read_with = int(template[1]) if template else None
    return row | {"template": read_with, "chain": chain, "seen_at": seen_at, "gone": bool(gone)}


def _pages(rows: Iterable[Document], *, tombstones: bool) -> Iterator[Document]:
    for row in rows:
        if not row.pop("gone"):
            yield row
        elif tombstones:
            yield _tombstone(row)


def _version(row: Document) -> Document:
    page, is_current = row["id"], not row.pop("gone")
    return row | {"id": f"{page}@{row['version']}", "page": page, "present": is_current, "stands": is_current}


def _parts(
    rows: Iterable[Document], split: Callable[[Document], Iterator[Document]], *, tombstones: bool
) -> Iterator[Document]:
    """Split documents; a tombstone before each page says that its parts are replaced."""
    for row in rows:
        if tombstones:
            yield _tombstone(row)
        if not row.pop("gone"):
            yield from split(row)


def _paragraphs(page: Document) -> Iterator[Document]:
    for position, block in enumerate(page["text"].split("\n") if page["text"] else (), start=1):
        yield _part(page, f"#{position}", block) | {"position": position}


def _passages(page: Document) -> Iterator[Document]:
    for position, one in enumerate(passages(page["text"]), start=1):
        yield _part(page, f"~{one.name}", one.text) | {"position": position, "block": one.block}


def _part(page: Document, name: str, text: str) -> Document:
    return page | {
        "id": f"{page['id']}{name}",
        "text": text,
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "words": len(text.split()),  # an export counts again, in words of every script
        "page": page["id"],
    }


def _tombstone(row: Document) -> Document:
    return {"id": row["id"], "url": row["url"], "site": row["site"], "gone": True}


# ---- captures

_CAPTURES = f"""
    SELECT captures.id, captures.url, captures.fetched_at, captures.status, captures.content_type,
           bodies.digest AS body
    FROM captures JOIN pages ON pages.id = captures.page
    JOIN bodies ON bodies.digest = coalesce(captures.body, captures.digest)
    WHERE {of_sites("pages.site")} AND (:as_of IS NULL OR fetched_at <= :as_of)
      AND captures.id > :captures AND captures.status > 0
    ORDER BY captures.id
"""  # noqa: S608 - words of ours only


def captures(
    reader: Reader, *, site: SiteFilter = None, since: str | None = None, as_of: str | None = None
) -> Iterator[Document]:
    """The captures with a stored body, of one site or of all: until a time, or since a cursor.

    Raises Malformed if `since` is no cursor, NotFound if this store never gave it.
    """
    begin = since_cursor(reader, since)
    return reader.rows(_CAPTURES, {"site": names_json(site), "as_of": as_of, "captures": begin.captures})
