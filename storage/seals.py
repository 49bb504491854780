"""Seals record every version in chains of digests, so that a later alteration shows.

A seal is one line of JSON. Two chains of SHA-256 go through the seals. The page's chain hashes the line and
the link of the page's previous seal; the store's chain hashes that link and the store's previous link. So one
noted link of the store's chain proves every seal up to it, and checking one page needs no other page's lines.

Seals are only added. A version that is extracted again, or gets another place in time, gets a further seal;
its last seal describes what it is now.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from variorum.storage.rows import read

START = "0" * 64
"""The link before the first seal of a chain."""
FACTS = (
    "version",
    "page",
    "follows",
    "captured_at",
    "url",
    "text_digest",
    "body_digest",
    "body",
    "extractor",
)
"""The facts about a version that a seal has."""
SEALED = ("id", *FACTS, "sealed_at")
"""The fields that are hashed, in this order."""
FACTS_SQL = """
    versions.id AS version, versions.page,
    (SELECT before.id FROM versions AS before WHERE before.page = versions.page
     AND before.number < versions.number ORDER BY before.number DESC LIMIT 1) AS follows,
    versions.captured_at, captures.url, versions.digest AS text_digest, captures.digest AS body_digest,
    CASE WHEN captures.body IS NULL THEN 'none' ELSE 'kept' END AS body, versions.extractor
"""
"""The facts of a version as SQL columns, from `versions` joined with `captures`."""


@dataclass(frozen=True, slots=True)
class SealRow:
    """The facts about a version at one time, and its links in both chains."""

    id: int
    version: int
    page: int
    follows: int | None
    captured_at: str
    url: str
    text_digest: str
    body_digest: str | None
    body: str
    extractor: str
    sealed_at: str
    page_chain: str
    store_chain: str

    @property
    def sealed_fields(self) -> dict[str, Any]:
        """Return the fields of the seal that are hashed."""
        return {name: getattr(self, name) for name in SEALED}

    @property
    def head(self) -> str:
        """The head as a person notes it: `1234:` and its link in the store's chain."""
        return f"{self.id}:{self.store_chain}"


# ---- the chains


def canonical(fields: Mapping[str, Any]) -> str:
    """The line that is hashed: JSON in ASCII, without blanks, the keys in order."""
    return json.dumps({name: fields[name] for name in SEALED}, separators=(",", ":"))


def page_link(before: str, fields: Mapping[str, Any]) -> str:
    """The link of a seal in its page's chain, after the link `before`."""
    return sha256(f"{before}\n{canonical(fields)}\n".encode()).hexdigest()


def store_link(before: str, page_chain: str) -> str:
    """The link of a seal in the store's chain, after the link `before`."""
    return sha256(f"{before}\n{page_chain}\n".encode()).hexdigest()


# ---- sealing; callers hold the transaction


def place(conn: sqlite3.Connection, version: int) -> None:
    """Seal a new version, and the version after it, whose predecessor is now another one."""
    seal(conn, version)
    after = conn.execute(
        "SELECT after.id FROM versions JOIN versions AS after ON after.page = versions.page"
        " AND after.number > versions.number WHERE versions.id = ? ORDER BY after.number LIMIT 1",
        [version],
    ).fetchone()
    if after:
        seal(conn, after[0])


def seal(conn: sqlite3.Connection, version: int, *, pruned: bool = False) -> None:
    """Seal a version as it is now, unless its last seal has the same facts.

    `pruned` marks that retention has deleted its body.
    """
    last = last_of_version(conn, version)
    facts = _facts(conn, version)
    if last and facts["body"] == "none" and facts["body_digest"] == last.body_digest:
        facts["body"] = "pruned" if pruned else last.body  # a body that is away without leave is to show
    if last is None or any(facts[name] != getattr(last, name) for name in FACTS):
        _add(conn, facts)


def fill(conn: sqlite3.Connection) -> None:
    """Seal every stored version; for a migration, whose table is empty."""
    for (version,) in conn.execute("SELECT id FROM versions ORDER BY id"):
        seal(conn, version)


def last_of_version(conn: sqlite3.Connection, version: int) -> SealRow | None:
    """The last seal of a version."""
    return _one(conn, "WHERE version = ? ORDER BY id DESC LIMIT 1", [version])


def head(conn: sqlite3.Connection) -> SealRow | None:
    """The last seal of the store."""
    return _one(conn, "ORDER BY id DESC LIMIT 1", [])


def numbered(conn: sqlite3.Connection, seal: int) -> SealRow | None:
    """The seal with that number."""
    return _one(conn, "WHERE id = ?", [seal])


def _one(conn: sqlite3.Connection, where: str, values: list[Any]) -> SealRow | None:
    found = read(SealRow, conn.execute(f"SELECT * FROM seals {where}", values))  # noqa: S608 - words of ours only
    return found[0] if found else None


def _facts(conn: sqlite3.Connection, version: int) -> dict[str, Any]:
    row = conn.execute(
        f"SELECT {FACTS_SQL} FROM versions JOIN captures ON captures.id = versions.capture"  # noqa: S608 - our words
        " WHERE versions.id = ?",
        [version],
    ).fetchone()
    return dict(zip(FACTS, row, strict=True))


def _add(conn: sqlite3.Connection, facts: Mapping[str, Any]) -> None:
    last = head(conn)
    of_page = _one(conn, "WHERE page = ? ORDER BY id DESC LIMIT 1", [facts["page"]])
    fields = {
        "id": _last_number(conn) + 1,
        **facts,
        "sealed_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    page_chain = page_link(of_page.page_chain if of_page else START, fields)
    store_chain = store_link(last.store_chain if last else START, page_chain)
    row = {**fields, "page_chain": page_chain, "store_chain": store_chain}
    names, marks = ", ".join(row), ", ".join("?" for _ in row)
    conn.execute(f"INSERT INTO seals({names}) VALUES ({marks})", [*row.values()])  # noqa: S608 - our names


def _last_number(conn: sqlite3.Connection) -> int:
    """The last number that was assigned; a deleted row leaves a gap."""
    row = conn.execute("SELECT seq FROM sqlite_sequence WHERE name = 'seals'").fetchone()
    return int(row[0]) if row else 0
