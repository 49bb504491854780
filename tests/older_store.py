"""Databases as earlier versions of Variorum wrote them."""

from __future__ import annotations

import sqlite3

_CAPTURES = """
    CREATE TABLE earlier AS SELECT * FROM captures;
    DROP VIEW page_versions;
    DROP VIEW captures;
    DROP TRIGGER page_with_another_url;
    DROP TABLE capture_rows;
    DROP TABLE capture_kinds;
    CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        page INTEGER NOT NULL REFERENCES pages(id),
        run INTEGER REFERENCES runs(id),
        fetched_at TEXT NOT NULL,
        url TEXT NOT NULL,
        status INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        content_type TEXT,
        encoding TEXT,
        digest TEXT,
        body TEXT REFERENCES bodies(digest),
        length INTEGER,
        origin TEXT NOT NULL DEFAULT 'crawl',
        encoding_by TEXT
    );
    INSERT INTO captures SELECT * FROM earlier;
    DROP TABLE earlier;
    CREATE INDEX captures_of_page ON captures(page, id);
    CREATE INDEX captures_of_run ON captures(run);
    CREATE INDEX captures_of_body ON captures(body) WHERE body IS NOT NULL;
    CREATE INDEX captures_with_body ON captures(page, id) WHERE body IS NOT NULL;
    CREATE VIEW page_versions AS SELECT id FROM versions;
    DELETE FROM _sqlite_migrations WHERE name = 'small_captures';
"""


def with_captures_in_words(conn: sqlite3.Connection) -> None:
    """Turn a database into one from before `captures` became a view."""
    conn.executescript(_CAPTURES)
