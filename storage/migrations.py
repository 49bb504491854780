"""The migrations that follow schema.py. A released migration is never edited."""

from __future__ import annotations

from variorum.storage import captures, recognition, seals
from variorum.storage.healing import heal_dates
from variorum.storage.library import Database
from variorum.storage.schema import migrations
from variorum.storage.text_index import index
from variorum.storage.text_index.similar_edits import similar_edit as alike

__all__ = ["migrations"]

_TRUTH = (
    """CREATE TABLE drifts (        -- a text that moved on a page that stood still: our doing, no change
        id INTEGER PRIMARY KEY,
        page INTEGER NOT NULL REFERENCES pages(id),
        run INTEGER REFERENCES runs(id),
        at TEXT NOT NULL,
        version INTEGER NOT NULL, -- number of the version it led to
        hunks TEXT NOT NULL       -- JSON
    )""",
    "CREATE INDEX drifts_of_page ON drifts(page, version)",
    """CREATE TABLE pins (          -- what a person has decided of a piece of a template
        site TEXT NOT NULL REFERENCES sites(name),
        path TEXT NOT NULL,
        text TEXT NOT NULL,
        boilerplate INTEGER NOT NULL,   -- 1: always cut; 0: free, it is text
        decided_at TEXT NOT NULL,
        PRIMARY KEY (site, path, text)
    )""",
    "ALTER TABLE pages ADD COLUMN parts INTEGER NOT NULL DEFAULT 1",  # the site cuts it into so many
    "ALTER TABLE pages ADD COLUMN agrees INTEGER",  # 1: it reads as the site's API has it; 0: otherwise
    "ALTER TABLE changes ADD COLUMN modified TEXT",  # the site's own modified date after it ...
    "ALTER TABLE changes ADD COLUMN old_modified TEXT",  # ... and before it
    "ALTER TABLE changes ADD COLUMN hollow INTEGER NOT NULL DEFAULT 0",  # 1: that date moved, and no word
)


@migrations()
def drifts_pins_witnesses(db: Database) -> None:
    """Add extraction drifts, template overrides, and the site's own dates and texts."""
    for statement in _TRUTH:
        db.execute(statement)


_IMPORTS = (
    # crawl, warc:FILE, dump:FILE, wayback
    "ALTER TABLE captures ADD COLUMN origin TEXT NOT NULL DEFAULT 'crawl'",
    # 1: it came to light when captures from elsewhere were taken in: history, and no news.
    "ALTER TABLE changes ADD COLUMN found_later INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE rewritings (    -- what was stored anew in place of what an export may have handed out
        mark INTEGER PRIMARY KEY AUTOINCREMENT,   -- ever growing
        page INTEGER NOT NULL REFERENCES pages(id) ON DELETE CASCADE,
        version INTEGER           -- id; NULL: the page's own row
    )""",
    "CREATE INDEX rewritings_of_page ON rewritings(page, version)",
    """CREATE TRIGGER version_rewritten AFTER UPDATE ON versions
        WHEN (old.number, old.captured_at, old.title, old.text, old.author, old.published, old.modified,
              old.language, old.extractor)
          IS NOT (new.number, new.captured_at, new.title, new.text, new.author, new.published, new.modified,
              new.language, new.extractor)
        BEGIN
            DELETE FROM rewritings WHERE page = new.page AND version = new.id;
            INSERT INTO rewritings(page, version) VALUES (new.page, new.id);
        END""",
    """CREATE TRIGGER page_rewritten AFTER UPDATE ON pages
        WHEN old.version IS NOT NULL AND (old.url, old.kind) IS NOT (new.url, new.kind)
        BEGIN
            DELETE FROM rewritings WHERE page = new.id AND version IS NULL;
            INSERT INTO rewritings(page) VALUES (new.id);
        END""",
)


@migrations()
def imports_and_rewritings(db: Database) -> None:
    """Add the origin of captures, the mark of backfilled changes, and rewritten rows for incremental
    exports."""
    for statement in _IMPORTS:
        db.execute(statement)


_SEARCH = (
    # The folded words of each version, by its id, with a space between two of them; nothing to read.
    "CREATE VIRTUAL TABLE versions_fts USING fts5(title, text, content = '', tokenize = 'ascii')",
    "INSERT INTO versions_fts(versions_fts, rank) VALUES ('rank', 'bm25(4.0, 1.0)')",
    """CREATE TABLE sketches (      -- a sample of each version's text, by which copies of it are met
        version INTEGER PRIMARY KEY REFERENCES versions(id) ON DELETE CASCADE,
        digest BLOB,              -- of its folded words; NULL: it has none
        shingles INTEGER NOT NULL,    -- different runs of five words; 0: too short to have near copies
        sketch BLOB NOT NULL      -- the least hashes of these, four bytes each
    )""",
)


@migrations()
def search_and_sketches(db: Database) -> None:
    """Add the index of all words, and MinHashes to find near-duplicates."""
    for statement in _SEARCH:
        db.execute(statement)
    index.fill(db.conn)


_VERDICTS = (
    """CREATE TABLE verdicts (      -- what reviewers have said of changes, word after word
        id INTEGER PRIMARY KEY,
        change INTEGER NOT NULL REFERENCES changes(id) ON DELETE CASCADE,
        batch INTEGER NOT NULL,   -- the first of those that were given at one stroke
        verdict TEXT,             -- reviewed, important, noise; NULL: an earlier one is taken back
        note TEXT,
        reviewer TEXT NOT NULL,
        at TEXT NOT NULL
    )""",
    "CREATE INDEX verdicts_of_change ON verdicts(change, id)",
    "CREATE INDEX verdicts_of_batch ON verdicts(batch, change)",
    "ALTER TABLE changes ADD COLUMN alike TEXT",  # the same for edits that put in and take out the same words
    "ALTER TABLE changes ADD COLUMN day TEXT GENERATED ALWAYS AS (substr(found_at, 1, 10)) VIRTUAL",
    # news are announced; history came to light with an import; quiet is mere typography, or a mere date
    "ALTER TABLE changes ADD COLUMN shelf TEXT GENERATED ALWAYS AS"
    " (CASE WHEN typographic THEN 'quiet' WHEN found_later THEN 'history' ELSE 'news' END) VIRTUAL",
    # In the order in which a reviewer reads them; once by their verdict, once whatever that is.
    "CREATE INDEX changes_by_verdict"
    " ON changes(shelf, verdict, day DESC, site, significance DESC, id DESC, kind)",
    "CREATE INDEX changes_by_day"
    " ON changes(shelf, day DESC, site, significance DESC, id DESC, kind, verdict)",
    "CREATE INDEX changes_alike ON changes(alike, site, day, id) WHERE alike IS NOT NULL",
    "CREATE INDEX page_by_language ON pages(language)",
)


@migrations()
def verdicts(db: Database) -> None:
    """Add verdicts as events, and indexes for the list of changes."""
    for statement in _VERDICTS:
        db.execute(statement)
    db.conn.create_function("alike", 4, alike, deterministic=True)
    db.execute("UPDATE changes SET alike = alike(kind, old_title, title, hunks)")


_NEWS = (
    """CREATE TABLE targets (       -- whom news go to; nothing here is secret
        id TEXT PRIMARY KEY,      -- env:NAME, or a digest of the address
        shown TEXT NOT NULL,      -- what people call it
        since TEXT NOT NULL,      -- known since then: what was found before is no news to it
        last_change INTEGER NOT NULL,   -- the latest change that was looked at for it ...
        last_issue INTEGER NOT NULL,    -- ... and the latest issue
        failures INTEGER NOT NULL DEFAULT 0,   -- messages that it did not take, in a row
        retry_at TEXT,
        trouble TEXT
    )""",
    """CREATE TABLE deliveries (    -- what a target is told: a change, or that an issue opened or closed
        id INTEGER PRIMARY KEY,
        target TEXT NOT NULL REFERENCES targets(id),
        change INTEGER REFERENCES changes(id) ON DELETE CASCADE,
        issue INTEGER REFERENCES issues(id),
        closed INTEGER NOT NULL DEFAULT 0,     -- 1: of an issue, that it is over
        due_at TEXT NOT NULL,
        claimed_at TEXT,          -- written before the message is sent ...
        sent_at TEXT,             -- ... and this afterwards: without it, perhaps it did not arrive
        CHECK ((change IS NULL) <> (issue IS NULL))
    )""",
    "CREATE UNIQUE INDEX delivery_of_change ON deliveries(change, target) WHERE change IS NOT NULL",
    "CREATE UNIQUE INDEX delivery_of_issue ON deliveries(issue, target, closed) WHERE issue IS NOT NULL",
    "CREATE INDEX deliveries_to_send ON deliveries(target, due_at) WHERE sent_at IS NULL",
)


@migrations()
def targets_and_deliveries(db: Database) -> None:
    """Add notification targets, and what was sent to each."""
    for statement in _NEWS:
        db.execute(statement)


_SEALS = (
    """CREATE TABLE seals (         -- what each version said, chained by digests; rows are only ever added
        id INTEGER PRIMARY KEY AUTOINCREMENT,     -- without a gap; sqlite_sequence remembers the last
        version INTEGER NOT NULL REFERENCES versions(id),
        page INTEGER NOT NULL REFERENCES pages(id),
        follows INTEGER,          -- id of the page's version before this one
        captured_at TEXT NOT NULL,
        url TEXT NOT NULL,        -- the address that answered
        text_digest TEXT NOT NULL,    -- of title and text
        body_digest TEXT,         -- of the bytes received
        body TEXT NOT NULL,       -- kept, none (never kept), pruned (taken away by retention)
        extractor TEXT NOT NULL,
        sealed_at TEXT NOT NULL,
        page_chain TEXT NOT NULL, -- SHA-256 of the page's link before and of this seal
        store_chain TEXT NOT NULL -- SHA-256 of the store's link before and of page_chain
    )""",
    "CREATE INDEX seals_of_version ON seals(version, id)",
    "CREATE INDEX seals_of_page ON seals(page, id)",
    """CREATE TABLE prunings (      -- what retention has taken away, each time
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        captures INTEGER NOT NULL,
        versions INTEGER NOT NULL,    -- whose bodies were let go
        bodies INTEGER NOT NULL,
        bytes INTEGER NOT NULL    -- of these bodies, packed
    )""",
    # What refers to a capture or a body is looked for whenever one is taken away.
    "CREATE INDEX versions_of_capture ON versions(capture)",
    "CREATE INDEX captures_of_body ON captures(body) WHERE body IS NOT NULL",
    "CREATE INDEX bodies_on_base ON bodies(base) WHERE base IS NOT NULL",
)


@migrations()
def seals_and_prunings(db: Database) -> None:
    """Add seals, also of what is stored already, and a record of each prune."""
    for statement in _SEALS:
        db.execute(statement)
    seals.fill(db.conn)


_MEMENTOS = """CREATE TABLE mementos (    -- captures of a web archive that were looked at
    site TEXT NOT NULL REFERENCES sites(name),
    url TEXT NOT NULL,        -- as the archive spells it
    at TEXT NOT NULL,
    digest TEXT NOT NULL,     -- as the archive writes it
    became TEXT NOT NULL,     -- version, seen, known, gone, listing, lost (it is not there after all) ...
    PRIMARY KEY (site, url, at)
)"""


@migrations()
def mementos(db: Database) -> None:
    """Add the captures that a web archive lists, with their results, so that none is fetched twice."""
    db.execute(_MEMENTOS)


_THROUGH_TIME = (
    "CREATE INDEX changes_of_site_by_day ON changes(site, shelf, day, kind, verdict)",
    "CREATE INDEX pages_of_site ON pages(site, state, kind, language)",
    "CREATE INDEX sketches_by_digest ON sketches(digest) WHERE digest IS NOT NULL",
)


@migrations()
def pages_and_sites_through_time(db: Database) -> None:
    """Add indexes for changes by day, pages by state, and exact copies."""
    for statement in _THROUGH_TIME:
        db.execute(statement)


_DATES = (
    # listed: by the site's API, sitemap or feed; marked: by the page itself; found: in its text or address,
    # which is less sure; dump: in a text dump
    "ALTER TABLE pages ADD COLUMN published_by TEXT",
    "ALTER TABLE versions ADD COLUMN published_by TEXT",
    "ALTER TABLE versions ADD COLUMN modified_by TEXT",
)


@migrations()
def sources_of_dates(db: Database) -> None:
    """Add the sources of the dates of publication and modification."""
    for statement in _DATES:
        db.execute(statement)


_LINKS = (
    "ALTER TABLE versions ADD COLUMN links TEXT",  # a line each: words, tab, address; NULL: not known
    "ALTER TABLE changes ADD COLUMN links TEXT NOT NULL DEFAULT '[]'",  # JSON: those that lead elsewhere
)


@migrations()
def links_of_texts(db: Database) -> None:
    """Add the links of a text, and the links that lead elsewhere after a change."""
    for statement in _LINKS:
        db.execute(statement)


@migrations()
def mark_of_the_file(db: Database) -> None:
    """Mark the file as a Variorum database of this format, so that no other file is taken for one."""
    db.execute(f"PRAGMA application_id = {recognition.APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {recognition.FORMAT}")


@migrations()
def sound_dates(db: Database) -> None:
    """Delete stored dates that are invalid or don't sort as text."""
    heal_dates(db.conn)


_IDENTITY = (
    # The rules by which its addresses are stored, as JSON; NULL: those of before they were noted.
    "ALTER TABLE sites ADD COLUMN identity TEXT",
    # The run before which the site's file named other pages: what that run finds is no news.
    "ALTER TABLE sites ADD COLUMN identity_run INTEGER REFERENCES runs(id)",
)


@migrations()
def rules_of_identity(db: Database) -> None:
    """Add the rules by which a site's addresses are stored. A page out of scope is `outside`."""
    for statement in _IDENTITY:
        db.execute(statement)


@migrations()
def main_addresses(db: Database) -> None:
    """Add the main address that a page names (rel=canonical): the page may be a rendering of that one."""
    db.execute("ALTER TABLE pages ADD COLUMN names TEXT")


_SUSPECTS = (
    """CREATE TABLE suspects (      -- sights of a page that are kept apart until a later run confirms them
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL REFERENCES sites(name),
        page INTEGER NOT NULL REFERENCES pages(id),
        kind TEXT NOT NULL,       -- loss, cut, alternating
        url TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        digest TEXT NOT NULL,     -- of title and text
        why TEXT NOT NULL,        -- in words
        old_version INTEGER,      -- the version that it would follow
        seen_old TEXT,            -- when the page was last seen as that
        hunks TEXT NOT NULL DEFAULT '[]',            -- JSON: how it differs from that
        words_added INTEGER NOT NULL DEFAULT 0,
        words_removed INTEGER NOT NULL DEFAULT 0,
        capture INTEGER NOT NULL, -- the last that showed it; retention may take that away
        since TEXT NOT NULL,      -- when it was first shown
        last_at TEXT NOT NULL,
        last_run INTEGER NOT NULL REFERENCES runs(id),
        times INTEGER NOT NULL DEFAULT 1,            -- so many runs have shown it, or another suspect
        stands INTEGER NOT NULL DEFAULT 0,           -- alternating: runs that showed the version
        closed_at TEXT,
        became TEXT               -- confirmed, dismissed
    )""",
    "CREATE UNIQUE INDEX open_suspect ON suspects(page) WHERE closed_at IS NULL",
    "CREATE INDEX suspects_of_site ON suspects(site, closed_at)",
    "ALTER TABLE changes ADD COLUMN suspected_since TEXT",  # of a change that was a suspect first
)


@migrations()
def suspects(db: Database) -> None:
    """Add suspects: what a page shows and no later run has confirmed yet."""
    for statement in _SUSPECTS:
        db.execute(statement)


@migrations()
def evidence_of_encodings(db: Database) -> None:
    """Add the evidence for the encoding of a body: `bom`, `utf-8`, `header`, `page` or `guess`."""
    db.execute("ALTER TABLE captures ADD COLUMN encoding_by TEXT")


@migrations()
def pages_never_fetched(db: Database) -> None:
    """Index the pages that were found and never fetched, by the date of publication."""
    db.execute(
        "CREATE INDEX pages_never_fetched"
        " ON pages(site, min(coalesce(published, found_at), found_at) DESC, id)"
        " WHERE checked_at IS NULL"
    )


_FIELD_WORDS = {
    "runs": {"whole": "complete"},
    "sources": {"whole_at": "enumerated_at", "whole_run": "enumerated_run"},
    "pages": {
        "ref": "source_id",
        "witness": "source_text_digest",
        "told_at": "stale_since",
        "parts": "part_count",
    },
    "changes": {
        "leaves": "page_removed",
        "hollow": "date_only",
        "found_later": "backfilled",
        "shelf": "visibility",
        "alike": "similar_edit",
    },
}


@migrations()
def field_words(db: Database) -> None:
    """Rename columns and tables to the terms of the field; their contents stay as they are."""
    for table, columns in _FIELD_WORDS.items():
        for old, new in columns.items():
            db.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    db.execute("ALTER TABLE pins RENAME TO template_overrides")
    db.execute("ALTER TABLE drifts RENAME TO extraction_drifts")


@migrations()
def suspects_by_age(db: Database) -> None:
    """Index the open suspects of all sites by the time when they were first seen."""
    db.execute("CREATE INDEX suspects_by_age ON suspects(closed_at, since)")


@migrations()
def depths_of_bodies(db: Database) -> None:
    """Count again how many bodies are unpacked before each: a crawl beside a prune may have counted wrong."""
    db.execute(
        "WITH RECURSIVE chain(digest, depth) AS ("
        " SELECT digest, 0 FROM bodies WHERE base IS NULL"
        " UNION ALL SELECT bodies.digest, chain.depth + 1"
        " FROM bodies JOIN chain ON bodies.base = chain.digest)"
        " UPDATE bodies SET depth = chain.depth FROM chain"
        " WHERE chain.digest = bodies.digest AND bodies.depth <> chain.depth"
    )


_QUICK = (
    "CREATE INDEX articles_of_site ON pages(site, state) WHERE version IS NOT NULL",
    "CREATE INDEX captures_with_body ON captures(page, id) WHERE body IS NOT NULL",
    "CREATE INDEX open_suspects_by_text ON suspects(site, digest) WHERE closed_at IS NULL",
)


@migrations()
def indexes_of_a_crawl(db: Database) -> None:
    """Index what a crawl queries for each page, so that the cost does not grow with the site."""
    for statement in _QUICK:
        db.execute(statement)


_SUSPECT_WORDS = (
    "ALTER TABLE suspects RENAME COLUMN stands TO runs_unchanged",
    "UPDATE issues SET kind = 'Retry-After' WHERE kind = 'asked to wait'",
    "UPDATE captures SET reason = 'second fetch, to learn what changes at every fetch'"
    " WHERE reason = 'fetched twice, to learn what never stands still'",
)


@migrations()
def field_words_of_suspects(db: Database) -> None:
    """Rename a column of suspects, a kind of issue and a reason to the terms of the field."""
    for statement in _SUSPECT_WORDS:
        db.execute(statement)


_DICTIONARIES = (
    """CREATE TABLE dictionaries (  -- what the pages of one design have in common, to pack bodies with
        id INTEGER PRIMARY KEY AUTOINCREMENT,     -- never given twice
        site TEXT NOT NULL REFERENCES sites(name),
        digest TEXT NOT NULL,     -- SHA-256 of its bytes, hex
        size INTEGER NOT NULL,    -- bytes when unpacked
        data BLOB NOT NULL        -- zstd
    )""",
    "CREATE INDEX dictionaries_of_site ON dictionaries(site)",
    # A body has a base, or a dictionary, or neither.
    "ALTER TABLE bodies ADD COLUMN dictionary INTEGER REFERENCES dictionaries(id)",
    "CREATE INDEX bodies_with_dictionary ON bodies(dictionary) WHERE dictionary IS NOT NULL",
)


@migrations()
def dictionaries_of_bodies(db: Database) -> None:
    """Dictionaries that bodies of one design share. What is stored stays as it is, and is read as before."""
    for statement in _DICTIONARIES:
        db.execute(statement)


_READING_NEEDS = (
    # Digest of the title, text, links and dates last seen, where the page's design was known.
    "ALTER TABLE pages ADD COLUMN content_digest TEXT",
    # How many responses of the run were not read, by the reason, and how many were. JSON.
    "ALTER TABLE runs ADD COLUMN readings TEXT",
)


@migrations()
def reading_needs(db: Database) -> None:
    """What tells that a response need not be read, and how many of a run were not."""
    for statement in _READING_NEEDS:
        db.execute(statement)


_TEXTS = (
    # The version against whose text this one is compressed; see texts.py. What is stored stays as it is.
    "ALTER TABLE versions ADD COLUMN text_base INTEGER REFERENCES versions(id)",
    "CREATE INDEX versions_on_text ON versions(text_base) WHERE text_base IS NOT NULL",
    # A text that is only packed in another way was not rewritten: its digest tells.
    "DROP TRIGGER version_rewritten",
    """CREATE TRIGGER version_rewritten AFTER UPDATE ON versions
        WHEN (old.number, old.captured_at, old.digest, old.author, old.published, old.modified,
              old.language, old.extractor)
          IS NOT (new.number, new.captured_at, new.digest, new.author, new.published, new.modified,
              new.language, new.extractor)
        BEGIN
            DELETE FROM rewritings WHERE page = new.page AND version = new.id;
            INSERT INTO rewritings(page, version) VALUES (new.page, new.id);
        END""",
)


@migrations()
def packed_texts(db: Database) -> None:
    """Texts of new versions may be compressed. Those that are stored are read as before."""
    for statement in _TEXTS:
        db.execute(statement)


_REVISITS = (
    # The Gamma distribution of how much more often the page changes than an average page of its age.
    "ALTER TABLE pages ADD COLUMN rate_shape REAL NOT NULL DEFAULT 0.5",
    "ALTER TABLE pages ADD COLUMN rate_weight REAL NOT NULL DEFAULT 0.5",
    "ALTER TABLE pages ADD COLUMN suspicion INTEGER NOT NULL DEFAULT 0",  # fetches in a row with a change
    "ALTER TABLE pages ADD COLUMN probe_after INTEGER NOT NULL DEFAULT 5",  # so many make it be fetched twice
    "ALTER TABLE pages ADD COLUMN probe_hits INTEGER NOT NULL DEFAULT 0",  # such fetches that differed
    "ALTER TABLE pages ADD COLUMN noise INTEGER NOT NULL DEFAULT 0",  # > 0: it differs at each fetch
    "ALTER TABLE pages ADD COLUMN links_found REAL NOT NULL DEFAULT 0",  # new pages that a list brought ...
    "ALTER TABLE pages ADD COLUMN links_days REAL NOT NULL DEFAULT 0",  # ... in so many days; both fade
    "ALTER TABLE pages ADD COLUMN stale_by TEXT",  # the kind of source that has set stale_since
    "ALTER TABLE sites ADD COLUMN rates TEXT",  # JSON: how often pages change by age, trust in sources
)


@migrations()
def revisits(db: Database) -> None:
    """The numbers from which the next visit of a page is planned; the next run starts them from history."""
    for statement in _REVISITS:
        db.execute(statement)


_REMOVALS = (
    """CREATE TABLE removed_pages ( -- pages whose history a person has removed, with their site
        page INTEGER PRIMARY KEY REFERENCES pages(id),
        at TEXT NOT NULL
    )""",
    """CREATE TABLE removals (      -- of the histories of sites
        at TEXT NOT NULL,
        last_change INTEGER NOT NULL    -- no later change gets this number again, or a lower one
    )""",
    # Seals stay when the versions that they describe are removed: they no longer refer to them as rows.
    "ALTER TABLE seals RENAME TO seals_with_references",
    "DROP INDEX seals_of_version",
    "DROP INDEX seals_of_page",
    """CREATE TABLE seals (         -- what each version said, chained by digests; rows are only ever added
        id INTEGER PRIMARY KEY AUTOINCREMENT,     -- without a gap; sqlite_sequence remembers the last
        version INTEGER NOT NULL, -- id of the version, which may have been removed with its site
        page INTEGER NOT NULL REFERENCES pages(id),
        follows INTEGER,          -- id of the page's version before this one
        captured_at TEXT NOT NULL,
        url TEXT NOT NULL,        -- the address that answered
        text_digest TEXT NOT NULL,    -- of title and text
        body_digest TEXT,         -- of the bytes received
        body TEXT NOT NULL,       -- kept, none (never kept), pruned (taken away by retention)
        extractor TEXT NOT NULL,
        sealed_at TEXT NOT NULL,
        page_chain TEXT NOT NULL, -- SHA-256 of the page's link before and of this seal
        store_chain TEXT NOT NULL -- SHA-256 of the store's link before and of page_chain
    )""",
    "INSERT INTO seals SELECT * FROM seals_with_references ORDER BY id",
    "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'seals_with_references')"
    " WHERE name = 'seals' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'seals_with_references')",
    "DROP TABLE seals_with_references",
    "CREATE INDEX seals_of_version ON seals(version, id)",
    "CREATE INDEX seals_of_page ON seals(page, id)",
)


@migrations()
def removals_of_sites(db: Database) -> None:
    """Add the pages whose history was removed; their seals stay, so that the chain stays whole."""
    for statement in _REMOVALS:
        db.execute(statement)


_EVIDENCE = (
    # For each of eight factors: how likely the visits of the page are, if it changes so much more than usual.
    "ALTER TABLE pages ADD COLUMN rate_evidence TEXT",
    "ALTER TABLE pages DROP COLUMN rate_shape",
    "ALTER TABLE pages DROP COLUMN rate_weight",
    "UPDATE sites SET rates = NULL",
)


@migrations()
def evidence_of_rates(db: Database) -> None:
    """How often a page changes is kept as evidence; the next run starts it from checks and changes."""
    for statement in _EVIDENCE:
        db.execute(statement)


_OUTLOOK = (
    # As the last run left the site: pages to fetch again in the next run, and how often pages are fetched.
    "ALTER TABLE sites ADD COLUMN due_pages INTEGER",
    "ALTER TABLE sites ADD COLUMN every_days REAL",  # the median of its pages
    "ALTER TABLE sites ADD COLUMN longest_days REAL",
)


@migrations()
def outlook_of_sites(db: Database) -> None:
    """How often the pages of a site are fetched is stored at the end of each run, for `variorum status`."""
    for statement in _OUTLOOK:
        db.execute(statement)


@migrations()
def view_of_versions(db: Database) -> None:
    """Add the view `page_versions`: versions with the site and address of their page."""
    db.execute(
        """CREATE VIEW page_versions AS
        SELECT versions.id, pages.site, pages.url, pages.kind, pages.state, versions.page, versions.number,
               versions.number = pages.version AS latest, versions.captured_at, versions.title,
               versions.words, versions.language, versions.author, versions.published, versions.modified,
               versions.digest, versions.extractor, captures.url AS captured_url, captures.origin
        FROM versions JOIN pages ON pages.id = versions.page
        LEFT JOIN captures ON captures.id = versions.capture"""
    )


@migrations()
def first_names_of_sites(db: Database) -> None:
    """Add the name by which exports name the documents of a site; NULL while it was never renamed."""
    db.execute("ALTER TABLE sites ADD COLUMN first_name TEXT")


@migrations()
def filters_with_names(db: Database) -> None:
    """Add the filters of the list of changes that reviewers save under a name."""
    db.execute(
        """CREATE TABLE saved_filters ( -- shared by all reviewers
            name TEXT PRIMARY KEY,
            query TEXT NOT NULL,      -- as in the address of the list: ?site=press&kind=gone
            reviewer TEXT NOT NULL,   -- who saved it
            at TEXT NOT NULL
        )"""
    )


_CAPTURES = (
    "DROP VIEW page_versions",
    "ALTER TABLE captures RENAME TO capture_rows",  # what refers to a capture refers to this from now on
    """CREATE TABLE capture_kinds ( -- what many captures have in common, once each
        id INTEGER PRIMARY KEY,
        outcome TEXT NOT NULL,
        reason TEXT,              -- NULL: `HTTP 200, 1234 bytes`, with the status and the length
        origin TEXT NOT NULL,
        status INTEGER NOT NULL,
        content_type TEXT,
        encoding TEXT,
        encoding_by TEXT
    )""",
    f"""INSERT INTO capture_kinds(outcome, reason, origin, status, content_type, encoding, encoding_by)
        SELECT DISTINCT outcome, nullif(reason, {captures.USUAL_REASON.format("")}), origin, status,
               content_type, encoding, encoding_by FROM capture_rows""",  # noqa: S608 - words of ours only
    "CREATE INDEX capture_kinds_by_content"
    " ON capture_kinds(outcome, reason, origin, status, content_type, encoding, encoding_by)",
    """CREATE TABLE small_captures (
        id INTEGER PRIMARY KEY,
        page INTEGER NOT NULL REFERENCES pages(id),
        run INTEGER REFERENCES runs(id),
        fetched_at NOT NULL,      -- seconds since 1970, or text
        kind INTEGER NOT NULL REFERENCES capture_kinds(id),
        url TEXT,                 -- NULL: the page's address
        digest BLOB,
        length INTEGER,
        body TEXT REFERENCES bodies(digest)
    )""",
    f"""INSERT INTO small_captures
        SELECT old.id, page, run, {captures.SECONDS.format("fetched_at")}, kind.id,
               nullif(url, (SELECT url FROM pages WHERE id = page)), packed_digest(digest), length, body
        FROM capture_rows AS old CROSS JOIN capture_kinds AS kind
        ON kind.outcome = old.outcome
        AND kind.reason IS nullif(old.reason, {captures.USUAL_REASON.format("old.")})
        AND kind.origin = old.origin AND kind.status = old.status
        AND kind.content_type IS old.content_type
        AND kind.encoding IS old.encoding AND kind.encoding_by IS old.encoding_by
        ORDER BY old.id""",  # noqa: S608 - words of ours only
    "DROP TABLE capture_rows",
    "ALTER TABLE small_captures RENAME TO capture_rows",
    "CREATE INDEX captures_of_page ON capture_rows(page, id)",
    "CREATE INDEX captures_of_run ON capture_rows(run)",
    "CREATE INDEX captures_of_body ON capture_rows(body) WHERE body IS NOT NULL",
    "CREATE INDEX captures_with_body ON capture_rows(page, id) WHERE body IS NOT NULL",
    """CREATE TRIGGER page_with_another_url AFTER UPDATE OF url ON pages WHEN old.url IS NOT new.url
        BEGIN
            UPDATE capture_rows SET url = old.url WHERE page = old.id AND url IS NULL;
        END""",
    """CREATE TRIGGER capture_of_another_page AFTER UPDATE OF page ON capture_rows
        WHEN old.page <> new.page AND new.url IS NULL
        BEGIN
            UPDATE capture_rows SET url = (SELECT url FROM pages WHERE id = old.page) WHERE id = new.id;
        END""",
    # Each column by itself, so that no query needs the rows that it does not ask for.
    f"""CREATE VIEW captures AS
        SELECT id, page, run,
            CASE typeof(fetched_at) WHEN 'integer' THEN {captures.SHOWN_TIME.format("fetched_at")}
                ELSE fetched_at END AS fetched_at,
            coalesce(url, (SELECT url FROM pages WHERE id = capture_rows.page)) AS url,
            (SELECT status FROM capture_kinds WHERE id = kind) AS status,
            (SELECT outcome FROM capture_kinds WHERE id = kind) AS outcome,
            (SELECT coalesce(reason, 'HTTP ' || status || ', ' || capture_rows.length || ' bytes')
                FROM capture_kinds WHERE id = kind) AS reason,
            (SELECT content_type FROM capture_kinds WHERE id = kind) AS content_type,
            (SELECT encoding FROM capture_kinds WHERE id = kind) AS encoding,
            CASE typeof(digest) WHEN 'blob' THEN lower(hex(digest)) ELSE digest END AS digest,
            body, length,
            (SELECT origin FROM capture_kinds WHERE id = kind) AS origin,
            (SELECT encoding_by FROM capture_kinds WHERE id = kind) AS encoding_by
        FROM capture_rows""",  # noqa: S608 - words of ours only
    """CREATE VIEW page_versions AS
        SELECT versions.id, pages.site, pages.url, pages.kind, pages.state, versions.page, versions.number,
               versions.number = pages.version AS latest, versions.captured_at, versions.title,
               versions.words, versions.language, versions.author, versions.published, versions.modified,
               versions.digest, versions.extractor, captures.url AS captured_url, captures.origin
        FROM versions JOIN pages ON pages.id = versions.page
        LEFT JOIN captures ON captures.id = versions.capture""",
)


_OWN_VIEWS = "SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name <> 'page_versions'"
"""The views that people have added."""


@migrations()
def small_captures(db: Database) -> None:
    """Store captures in a quarter of the bytes; the view `captures` has the columns that the table had."""
    db.conn.create_function("packed_digest", 1, captures.packed_digest, deterministic=True)
    own = db.execute(_OWN_VIEWS).fetchall()  # SQLite renames no table while one of them names another view
    for name, _ in own:
        db.execute('DROP VIEW "{}"'.format(name.replace('"', '""')))
    for statement in _CAPTURES:
        db.execute(statement)
    for _, view in own:
        db.execute(view)


@migrations()
def runs_asked_for(db: Database) -> None:
    """Add the time since which a run of all pages of a site is asked for; NULL if none is."""
    db.execute("ALTER TABLE sites ADD COLUMN asked_at TEXT")


@migrations()
def pages_of_next_runs(db: Database) -> None:
    """Add how many of the pages that are due the next run is to fetch, as the last run left the site."""
    db.execute("ALTER TABLE sites ADD COLUMN next_pages INTEGER")


@migrations()
def links_with_texts(db: Database) -> None:
    """Links of new versions may be compressed with their text. What is stored is read as before."""


_EDITS = (
    # The words that a version brought or lost, where these are few; its other words are those of its base.
    "CREATE VIRTUAL TABLE versions_fts_edits"
    " USING fts5(title, added, removed, gone, content = '', tokenize = 'ascii')",
    "INSERT INTO versions_fts_edits(versions_fts_edits, rank) VALUES ('rank', 'bm25(4.0, 1.0, 0.0, 0.0)')",
    # The version against which the words of this one are indexed; NULL: they are in versions_fts, in full.
    "ALTER TABLE sketches ADD COLUMN base INTEGER REFERENCES versions(id)",
    "CREATE INDEX sketches_on_base ON sketches(base) WHERE base IS NOT NULL",
)


@migrations()
def edits_in_the_index(db: Database) -> None:
    """New versions are indexed by the words that came or went. What is indexed stays as it is."""
    for statement in _EDITS:
        db.execute(statement)


@migrations()
def packed_hunks(db: Database) -> None:
    """Long hunks of new changes are compressed. Those that are stored are read as before."""


@migrations()
def small_sketches(db: Database) -> None:
    """Make all MinHashes again, by a cheaper hash and in half of the bytes."""
    index.remake_sketches(db.conn)


@migrations()
def baselines_of_runs(db: Database) -> None:
    """Add how many pages a run read for the first time that are no news; NULL for earlier runs."""
    db.execute("ALTER TABLE runs ADD COLUMN baseline INTEGER")


@migrations()
def forbidden_urls_of_runs(db: Database) -> None:
    """Add how many URLs a run did not request because of robots.txt; NULL for earlier runs."""
    db.execute("ALTER TABLE runs ADD COLUMN forbidden INTEGER")
