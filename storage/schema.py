"""Defines the first tables. With migrations.py it explains every column.

Times are UTC, ISO 8601 with Z. Some columns of a page repeat what its captures have, so that one row answers
what a crawl needs to know.
"""

from __future__ import annotations

from variorum.storage.library import Database, Migrations

migrations = Migrations("variorum")

_FIRST_TABLES = (
    """CREATE TABLE sites (
        name TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        watched_since TEXT,       -- start of its first run: what was published before is the baseline
        next_due TEXT,
        rest_until TEXT,          -- no requests until then: the site sent Retry-After
        not_found_at TEXT,        -- when an address that can't exist was last asked for, on purpose
        not_found_title TEXT,     -- and how the site answered, where it did so with status 200
        not_found_digest TEXT,
        schedule TEXT,            -- the words that next_due was reckoned from
        failures INTEGER NOT NULL DEFAULT 0   -- whole-site failures in a row
    )""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL REFERENCES sites(name),
        started_at TEXT NOT NULL,
        ended_at TEXT,            -- NULL: it runs now, or was killed
        reason TEXT,              -- why it ended: finished, budget, deadline, shutdown, unreachable ...
        whole INTEGER NOT NULL DEFAULT 0,     -- 1: every page that its sources led to was fetched
        requests INTEGER NOT NULL DEFAULT 0,
        bytes INTEGER NOT NULL DEFAULT 0,
        fetched INTEGER NOT NULL DEFAULT 0,
        not_modified INTEGER NOT NULL DEFAULT 0,
        new INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        moved INTEGER NOT NULL DEFAULT 0,
        gone INTEGER NOT NULL DEFAULT 0,
        returned INTEGER NOT NULL DEFAULT 0,
        blocked INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX runs_of_site ON runs(site, started_at)",
    """CREATE TABLE sources (       -- what each source of a site last said of itself
        site TEXT NOT NULL REFERENCES sites(name),
        address TEXT NOT NULL,
        kind TEXT NOT NULL,       -- wordpress, sitemap, feed, links
        read_at TEXT,
        whole_at TEXT,            -- last read from end to end
        whole_run INTEGER REFERENCES runs(id),   -- the first run that did so
        entries INTEGER,
        cursor TEXT,              -- wordpress: the newest modified date seen
        etag TEXT,
        last_modified TEXT,
        PRIMARY KEY (site, address)
    )""",
    """CREATE TABLE pages (
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL REFERENCES sites(name),
        url TEXT NOT NULL,        -- canonical URL, as the site itself spells it
        listed_url TEXT,          -- where the site's sources now place it, until it was seen there
        ref TEXT,                 -- the site's own id, like post:17
        kind TEXT,                -- article, listing, file
        state TEXT NOT NULL DEFAULT 'frontier',   -- frontier, live, missing, gone
        title TEXT,
        language TEXT,
        found_at TEXT NOT NULL,
        found_by TEXT NOT NULL,   -- wordpress, sitemap, feed, links, seed
        found_on TEXT,            -- the address of the page that linked to it, where links led to it
        found_run INTEGER REFERENCES runs(id),
        published TEXT,
        modified TEXT,            -- as the site's own sources date it
        witness TEXT,             -- digest of the text that the source itself carried
        told_at TEXT,             -- since when a source says that our copy is out of date
        etag TEXT,
        last_modified TEXT,
        checked_at TEXT,          -- last fetch, whatever came of it
        seen_at TEXT,             -- last fetch that showed the page
        changed_at TEXT,
        checks INTEGER NOT NULL DEFAULT 0,
        missing_since TEXT,
        missing_run INTEGER REFERENCES runs(id),
        version INTEGER,          -- number of its latest version
        text_digest TEXT,
        body_digest TEXT          -- digest of the bytes last seen
    )""",
    "CREATE UNIQUE INDEX page_by_url ON pages(site, url)",
    "CREATE INDEX page_by_ref ON pages(site, ref)",
    "CREATE INDEX page_by_state ON pages(site, state)",
    "CREATE INDEX page_by_text ON pages(site, text_digest)",
    """CREATE TABLE addresses (     -- every spelling and every earlier address of a page
        site TEXT NOT NULL REFERENCES sites(name),
        key TEXT NOT NULL,
        page INTEGER NOT NULL REFERENCES pages(id),
        PRIMARY KEY (site, key)
    )""",
    "CREATE INDEX addresses_of_page ON addresses(page)",
    """CREATE TABLE listings (      -- which source lists which page
        page INTEGER NOT NULL REFERENCES pages(id),
        source TEXT NOT NULL,
        first_run INTEGER NOT NULL REFERENCES runs(id),
        last_run INTEGER NOT NULL REFERENCES runs(id),
        modified TEXT,            -- as this source last dated the page
        PRIMARY KEY (page, source)
    )""",
    """CREATE TABLE bodies (        -- raw bytes, once each; zstd, alone or against the body named base
        digest TEXT PRIMARY KEY,  -- SHA-256, hex
        base TEXT REFERENCES bodies(digest),
        depth INTEGER NOT NULL,   -- bodies to read before this one
        size INTEGER NOT NULL,    -- bytes when unpacked
        data BLOB NOT NULL
    )""",
    """CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        page INTEGER NOT NULL REFERENCES pages(id),
        run INTEGER REFERENCES runs(id),
        fetched_at TEXT NOT NULL,
        url TEXT NOT NULL,        -- the address that answered
        status INTEGER NOT NULL,  -- 0: no response
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        content_type TEXT,
        encoding TEXT,
        digest TEXT,              -- of the bytes received
        body TEXT REFERENCES bodies(digest),   -- kept where a version was made, or something looked wrong
        length INTEGER
    )""",
    "CREATE INDEX captures_of_page ON captures(page, id)",
    "CREATE INDEX captures_of_run ON captures(run)",
    """CREATE TABLE versions (
        id INTEGER PRIMARY KEY,
        page INTEGER NOT NULL REFERENCES pages(id),
        number INTEGER NOT NULL,
        capture INTEGER NOT NULL REFERENCES captures(id),
        captured_at TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,       -- one block a line
        digest TEXT NOT NULL,     -- of title and text
        words INTEGER NOT NULL,
        author TEXT,
        published TEXT,
        modified TEXT,
        language TEXT,
        extractor TEXT NOT NULL,  -- what read the capture's body
        UNIQUE (page, number)
    )""",
    """CREATE TABLE changes (
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL REFERENCES sites(name),
        page INTEGER REFERENCES pages(id),
        run INTEGER REFERENCES runs(id),
        kind TEXT NOT NULL,       -- new, edited, retitled, gone, returned, moved, template
        url TEXT NOT NULL,
        old_url TEXT,             -- of a page that moved
        title TEXT,
        old_title TEXT,           -- where the title changed
        version INTEGER,          -- number of the version it led to
        old_version INTEGER,
        seen_old TEXT,            -- last seen so: it happened after this ...
        seen_new TEXT NOT NULL,   -- ... and not after this
        checks_between INTEGER NOT NULL DEFAULT 0,   -- fetches in that time that showed neither
        significance REAL NOT NULL DEFAULT 0,
        explanation TEXT NOT NULL DEFAULT '',
        typographic INTEGER NOT NULL DEFAULT 0,      -- 1: kept, not announced
        words_added INTEGER NOT NULL DEFAULT 0,
        words_removed INTEGER NOT NULL DEFAULT 0,
        silent INTEGER,           -- 1: the site did not change its modified date; NULL: it gives none
        leaves INTEGER NOT NULL DEFAULT 0,           -- 1: after it, the page is there no more
        hunks TEXT NOT NULL DEFAULT '[]',            -- JSON
        found_at TEXT NOT NULL,
        sent_at TEXT,
        verdict TEXT,
        note TEXT
    )""",
    "CREATE INDEX changes_of_site ON changes(site, id)",
    "CREATE INDEX changes_of_page ON changes(page, id)",
    """CREATE TABLE templates (     -- the boilerplate learned of a site
        site TEXT NOT NULL REFERENCES sites(name),
        version INTEGER NOT NULL,
        learned_at TEXT NOT NULL,
        pages INTEGER NOT NULL,   -- learned from so many
        pieces TEXT NOT NULL,     -- JSON
        PRIMARY KEY (site, version)
    )""",
    """CREATE TABLE issues (        -- what an operator should act on
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL REFERENCES sites(name),
        kind TEXT NOT NULL,
        message TEXT NOT NULL,
        since TEXT NOT NULL,
        last_at TEXT NOT NULL,
        times INTEGER NOT NULL DEFAULT 1,
        closed_at TEXT
    )""",
    "CREATE UNIQUE INDEX open_issue ON issues(site, kind) WHERE closed_at IS NULL",
)


@migrations()
def first_tables(db: Database) -> None:
    """Create the tables of sites, runs, sources, pages, captures, bodies, versions, changes and issues."""
    for statement in _FIRST_TABLES:
        db.execute(statement)
