"""Checks every kind of stored row against its digests, and reports a fault for each row that differs.

The checks go from the bottom up: the file, raw bodies, captures, seals, versions, and references. So the
first fault reported may be the cause of the others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from json import loads
from typing import Any, NamedTuple

from variorum.storage import bodies, dictionaries, hunks, seals, texts
from variorum.storage.compression import BROKEN, decompress
from variorum.storage.errors import NotFound
from variorum.storage.seals import FACTS, FACTS_SQL, START

RESTORE = "Find out who could write to the database, and take this from a backup that was made before."
MEND = "See whether `variorum backup` still makes a sound copy; if not, go back to an earlier backup."


@dataclass(frozen=True, slots=True)
class Fault:
    """A stored row that is not as it was stored: which row, of which page, and what to do."""

    table: str
    id: int | str
    url: str | None
    detail: str
    remedy: str = RESTORE


# ---- the file


def _file(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    for (detail,) in conn.execute("PRAGMA integrity_check(10)"):
        yield None if detail == "ok" else Fault("database", "file", None, detail, MEND)


def _references(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        yield Fault(
            table, row if row is not None else "?", None, f"it refers to a row of {parent} that is gone"
        )


# ---- dictionaries and bodies


def _dictionaries(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    """Each dictionary unpacked; and those that are gone, though bodies are packed with them."""
    for number, digest in conn.execute("SELECT id, digest FROM dictionaries"):
        try:
            sound = bodies.digest_of(dictionaries.content(conn, number)) == digest
        except bodies.BROKEN:
            sound = False
        detail = "its bytes are not those of its digest; nor can the bodies be read that are packed with it"
        yield None if sound else Fault("dictionaries", number, None, detail)
    for digest, number in conn.execute(_WITHOUT_DICTIONARY):
        yield _fault_of_body(conn, digest, f"dictionary {number}, which it is packed with, is gone")


_WITHOUT_DICTIONARY = """
    SELECT digest, dictionary FROM bodies
    WHERE dictionary IS NOT NULL AND dictionary NOT IN (SELECT id FROM dictionaries)
"""
_LOWEST = "SELECT digest, size, data, dictionary FROM bodies WHERE base IS NULL ORDER BY dictionary"


def _bodies(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    """Check every body by unpacking it, the lowest ones first, then those packed against them."""
    dictionary, prefix = None, None
    for digest, size, packed, number in conn.execute(_LOWEST):
        if number != dictionary:
            dictionary, prefix = number, _content(conn, number)
        if number is None or prefix is not None:  # else that is a fault of its own
            yield from _packed_on(conn, digest, size, packed, prefix)
    misplaced = conn.execute(
        "SELECT bodies.digest FROM bodies LEFT JOIN bodies AS base ON base.digest = bodies.base"
        " WHERE bodies.depth <> CASE WHEN bodies.base IS NULL THEN 0 ELSE coalesce(base.depth + 1, -1) END"
    )
    for (digest,) in misplaced:
        yield _fault_of_body(conn, digest, "what it is packed against is another body, or gone")


def _content(conn: sqlite3.Connection, dictionary: int) -> bytes | None:
    """The bytes of a dictionary; None where it is broken or gone."""
    try:
        return dictionaries.content(conn, dictionary)
    except (NotFound, bodies.BROKEN):
        return None


def _packed_on(
    conn: sqlite3.Connection, digest: str, size: int, packed: bytes, base: bytes | None
) -> Iterator[Fault | None]:
    """Check a body and those packed against it; nothing is known of those packed against a wrong one."""
    try:
        body = decompress(packed, base)
    except bodies.BROKEN as error:
        yield _fault_of_body(conn, digest, f"it can't be unpacked: {error}")
        return
    if bodies.digest_of(body) != digest or len(body) != size:
        yield _fault_of_body(conn, digest, "its bytes are not those of its digest")
        return
    yield None
    for upper, length, data in conn.execute("SELECT digest, size, data FROM bodies WHERE base = ?", [digest]):
        yield from _packed_on(conn, upper, length, data, body)


def _fault_of_body(conn: sqlite3.Connection, digest: str, detail: str) -> Fault:
    row = conn.execute(
        "SELECT pages.url FROM captures JOIN pages ON pages.id = captures.page"
        " WHERE captures.body = ? LIMIT 1",
        [digest],
    ).fetchone()
    return Fault("bodies", digest, row[0] if row else None, detail)


# ---- captures

_CAPTURES = """
    SELECT captures.id, coalesce(pages.url, captures.url), captures.body, captures.digest, captures.length,
           bodies.size
    FROM captures LEFT JOIN pages ON pages.id = captures.page
    LEFT JOIN bodies ON bodies.digest = captures.body ORDER BY captures.id
"""


def _captures(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    for number, url, body, digest, length, size in conn.execute(_CAPTURES):
        if body is None:
            yield None
        elif size is None:
            yield Fault("captures", number, url, f"its body {body[:12]} is gone, and no prune removed it")
        elif body != digest or length != size:
            yield Fault("captures", number, url, "its digest or length is not that of its body")
        else:
            yield None


# ---- seals

_SEALS = f"""
    SELECT {", ".join(f"seals.{name}" for name in seals.SEALED)}, seals.page_chain, seals.store_chain,
        coalesce(pages.url, seals.url) AS page_url, coalesce(versions.id, removed_pages.page) AS there,
        (SELECT page_chain FROM seals AS before WHERE before.page = seals.page AND before.id < seals.id
         ORDER BY before.id DESC LIMIT 1) AS page_before
    FROM seals LEFT JOIN pages ON pages.id = seals.page LEFT JOIN versions ON versions.id = seals.version
    LEFT JOIN removed_pages ON removed_pages.page = seals.page
    ORDER BY seals.id
"""  # noqa: S608 - columns of ours only


def _seals(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    """Check both chains, link by link, from the first seal to the last."""
    last, link, missed = 0, START, set()
    for row in _rows(conn, _SEALS):
        if row["id"] != last + 1:
            yield Fault("seals", last + 1, None, f"it was removed: seal {row['id']} follows {last}")
        elif row["there"] is None and row["version"] not in missed:
            missed.add(row["version"])
            yield Fault(
                "versions", row["version"], row["page_url"], f"it was removed; seal {row['id']} refers to it"
            )
        else:
            yield _broken_link(row, link)
        last, link = row["id"], row["store_chain"]
    given = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'seals'").fetchone()
    if given and given[0] != last:
        yield Fault("seals", last + 1, None, f"seals were removed from the end: there were {given[0]}")


def _broken_link(row: dict[str, Any], store_before: str) -> Fault | None:
    before = f"seal {row['id'] - 1}" if row["id"] > 1 else "the start"
    if seals.store_link(store_before, row["page_chain"]) != row["store_chain"]:
        detail = f"it does not follow {before} in the store's chain: one of the two was altered"
    elif seals.page_link(row["page_before"] or START, row) != row["page_chain"]:
        detail = "its contents differ from what was hashed into its page's chain"
    else:
        return None
    return Fault("seals", row["id"], row["page_url"], detail)


# ---- versions

_VERSIONS = f"""
    SELECT {FACTS_SQL}, versions.id, versions.number, versions.title,
        pages.url AS page_url, captures.fetched_at,
        (SELECT before.number FROM versions AS before WHERE before.page = versions.page
         AND before.number < versions.number ORDER BY before.number DESC LIMIT 1) AS number_before,
        (SELECT max(id) FROM seals WHERE version = versions.id) AS seal
    FROM versions LEFT JOIN captures ON captures.id = versions.capture
    LEFT JOIN pages ON pages.id = versions.page ORDER BY versions.id
"""  # noqa: S608 - columns of ours only

_WORDS = {
    "page": "it is of another page",
    "follows": "it has another place among its page's versions",
    "captured_at": "its time of capture is another",
    "url": "its capture is of another address",
    "text_digest": "its digest is another",
    "body_digest": "its capture's digest is another",
    "body": "its raw body is no longer kept, and no prune removed it",
    "extractor": "its extractor is another",
}
"""The message for each fact in which a version differs from its last seal."""


def _versions(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    for row in _rows(conn, _VERSIONS):
        try:
            row["text"] = texts.get(conn, row["id"])
        except BROKEN as error:
            detail: str | None = f"its text can't be unpacked: {error}"
        else:
            detail = _wrong(row) or _unsealed(conn, row)
        yield Fault("versions", row["id"], row["page_url"], detail) if detail else None


def _wrong(row: dict[str, Any]) -> str | None:
    """What in a version contradicts itself."""
    if sha256(f"{row['title']}\n\n{row['text']}".encode()).hexdigest() != row["text_digest"]:
        return "its title or text is not that of its digest"
    if row["captured_at"] != row["fetched_at"]:
        return "its time of capture is not that of its capture"
    if row["number"] != (row["number_before"] or 0) + 1:
        return "its number does not follow that of the version before it"
    return None


def _unsealed(conn: sqlite3.Connection, row: dict[str, Any]) -> str | None:
    """What in a version differs from its last seal."""
    seal = seals.numbered(conn, row["seal"]) if row["seal"] else None
    if seal is None:
        return "it has no seal"
    for name in FACTS:
        differs = row[name] != getattr(seal, name)
        if differs and (name != "body" or seal.body == "kept"):
            return f"{_WORDS[name]} than in seal {seal.id}" if name != "body" else _WORDS[name]
    return None


# ---- what searches go by

_SEARCHED = """
    SELECT versions.id, pages.url,
        (words.id IS NULL OR sketches.version IS NULL OR sketches.base NOT IN (SELECT version FROM sketches))
            AS missing,
        words.id IS NOT NULL AS there,
        pages.state = 'absorbed' AS absorbed
    FROM versions JOIN pages ON pages.id = versions.page
    LEFT JOIN sketches ON sketches.version = versions.id
    LEFT JOIN (SELECT id FROM versions_fts_docsize UNION ALL SELECT id FROM versions_fts_edits_docsize)
        AS words ON words.id = versions.id ORDER BY versions.id
"""


def _searched(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    """Check that every version is in the search index, except those of absorbed pages."""
    for version, url, missing, there, absorbed in conn.execute(_SEARCHED):
        if there if absorbed else missing:
            detail = "searches find it twice" if absorbed else "searches and near-duplicates miss it"
            yield Fault("versions_fts", version, url, detail)
        else:
            yield None


# ---- changes


def _changes(conn: sqlite3.Connection) -> Iterator[Fault | None]:
    """Check that the hunks of every change can be read; no digest says what they were."""
    for change, url, stored in conn.execute("SELECT id, url, hunks FROM changes ORDER BY id"):
        try:
            loads(hunks.unpack(stored) or "[]")
        except (BROKEN, ValueError) as error:
            yield Fault("changes", change, url, f"its words can't be read: {error}")
        else:
            yield None


class StoreCheck(NamedTuple):
    """The check of one kind of row."""

    name: str
    table: str | None
    look: Callable[[sqlite3.Connection], Iterator[Fault | None]]


CHECKS = (
    StoreCheck("the file", None, _file),
    StoreCheck("dictionaries", "dictionaries", _dictionaries),
    StoreCheck("bodies", "bodies", _bodies),
    StoreCheck("captures", "captures", _captures),
    StoreCheck("seals", "seals", _seals),
    StoreCheck("versions", "versions", _versions),
    StoreCheck("words to search in", "versions", _searched),
    StoreCheck("changes", "changes", _changes),
    StoreCheck("references", None, _references),
)


def _rows(conn: sqlite3.Connection, sql: str) -> Iterator[dict[str, Any]]:
    cursor = conn.execute(sql)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
