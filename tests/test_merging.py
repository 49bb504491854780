"""Two pages that are one: whatever referred to the one refers to the other, and nothing is lost."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local_site import article
from tests.tracked import SITE, Story
from tests.tracked import story_at as begun_at
from variorum.storage.export import cursor, documents
from variorum.storage.maintenance.removal import SiteRemoval
from variorum.storage.maintenance.verification import verify
from variorum.storage.merging import in_order
from variorum.storage.reader import Reader
from variorum.storage.rows import VersionRow
from variorum.storage.search.full_text import find
from variorum.storage.store import Store

HARBOUR = "The harbour of Ormhead has eleven boats and one crane."
TWELVE = "The harbour of Ormhead has twelve boats and one crane."
STONE = "The pier is built of stone from the quarry behind the hill."


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with begun_at(tmp_path / "variorum.db") as begun:
        yield begun


def reported_twice(story: Story, *paths: str) -> tuple[int, int]:
    """One article under two addresses, edited once and found so at both; the pages."""
    for text in (HARBOUR, TWELVE):
        with story.run() as run:
            run.lists("sitemap", *paths)
            for path in paths:
                run.sees(path, article("The harbour", text))
    first, second = (story.page(path).id for path in paths)
    return first, second


def references(store: Store) -> list[tuple[str, str]]:
    """Every table and column that refers to pages."""
    tables = [t for (t,) in store.db.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [
        (table, row[3])
        for table in tables
        for row in store.db.conn.execute(f"PRAGMA foreign_key_list({table})")
        if row[2] == "pages"
    ]


def row_that_refers(conn: sqlite3.Connection, table: str, column: str, page: int) -> None:
    """A row of the table for this page: what the column of each other kind asks for, made up."""
    values: dict[str, Any] = {}
    outer = {row[3]: row[2] for row in conn.execute(f"PRAGMA foreign_key_list({table})")}
    for _, name, kind, required, default, key in conn.execute(f"PRAGMA table_info({table})"):
        if name == column:
            values[name] = page
        elif name in outer and required:
            values[name] = conn.execute(f"SELECT max(rowid) FROM {outer[name]}").fetchone()[0]
            if outer[name] == "sites":
                values[name] = SITE.name
        elif required and default is None and not (key and kind == "INTEGER"):
            values[name] = 9 if kind == "INTEGER" else "made up"
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO {table}({names}) VALUES ({marks})", [*values.values()])


def count(store: Store, table: str, where: str = "1") -> int:
    return int(store.db.conn.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])


def faults(path: Path) -> list[str]:
    """The faults that `variorum verify` finds."""
    with contextlib.closing(Reader.open(path)) as reader:
        return [fault.detail for fault in verify(reader).faults]


def test_each_kind_of_row_that_refers_to_a_page_refers_to_the_one_that_it_is(story: Story) -> None:
    reported_twice(story, "/a/", "/b/")
    kinds = [one for one in references(story.store) if one[0] not in ("seals", "rewritings")]
    assert {"addresses", "capture_rows", "changes", "extraction_drifts", "listings", "versions"} <= {
        t for t, _ in kinds
    }
    for number, (table, column) in enumerate(kinds):
        with story.run() as run:
            run.lists("feed", f"/stays/{number}/", f"/goes/{number}/")
        stays, goes = (story.page(f"/{name}/{number}/").id for name in ("stays", "goes"))
        with story.store.writing():
            row_that_refers(story.store.db.conn, table, column, goes)
        before = count(story.store, table)
        story.store.absorb(goes, into=stays)
        assert count(story.store, table, f"{column} = {goes}") == 0, table
        assert count(story.store, table, f"{column} = {stays}") >= 1, table
        assert count(story.store, table) in (before, before - (table == "listings")), table
        assert count(story.store, "pages", f"id = {goes}") == 0, table
    assert story.store.db.conn.execute("PRAGMA foreign_key_check").fetchall() == []


def test_an_edit_that_was_found_twice_stands_in_one_history_with_both_changes_and_their_verdicts(
    story: Story, tmp_path: Path
) -> None:
    stays, goes = reported_twice(story, "/a/", "/amp-a/")
    change = next(c for c in story.changes() if c.url.endswith("/amp-a/"))
    with story.store.writing():
        story.store.db.conn.execute(
            "INSERT INTO verdicts(change, batch, verdict, reviewer, at)"
            " VALUES (?, 1, 'important', 'anne', '2026-03-02T08:00:00Z')",
            [change.id],
        )
        story.store.db.conn.execute("UPDATE changes SET verdict = 'important' WHERE id = ?", [change.id])
    captures, changes = count(story.store, "captures"), [c.id for c in story.changes()]
    story.store.absorb(goes, into=stays)
    assert [version.text for version in story.reader.history(stays)] == [HARBOUR, TWELVE]
    found = {c.id: (c.page, c.old_version, c.version, c.verdict) for c in story.changes()}
    assert found == {one: (stays, 1, 2, "important" if one == change.id else None) for one in changes}
    assert count(story.store, "captures", f"page = {stays}") == captures
    assert count(story.store, "verdicts") == 1
    assert [page.id for page in story.store.pages(SITE.name)] == [stays]
    assert faults(tmp_path / "variorum.db") == []


def test_histories_that_differ_are_put_together_by_time_and_the_page_seen_last_has_the_last_word(
    story: Story, tmp_path: Path
) -> None:
    with story.run() as run:
        run.sees("/a/", article("The pier", STONE))
    for text in (HARBOUR, TWELVE):
        with story.run() as run:
            run.sees("/b/", article("The harbour", text))
    with story.run() as run:
        run.sees("/a/", article("The pier", STONE))
    stays, goes = story.page("/a/").id, story.page("/b/").id
    story.store.absorb(goes, into=stays)
    assert [version.text for version in story.reader.history(stays)] == [HARBOUR, TWELVE, STONE]
    assert story.page("/a/").version == 3
    [edit] = [c for c in story.changes() if c.kind == "edited"]
    assert (edit.page, edit.old_version, edit.version) == (stays, 1, 2)
    assert faults(tmp_path / "variorum.db") == []
    with story.run() as run:
        assert run.sees("/a/", article("The pier", STONE)).changes == ()


def test_a_page_that_is_there_has_not_left_because_its_other_address_did(story: Story) -> None:
    stays, goes = reported_twice(story, "/a/", "/old-a/")
    for _ in range(2):
        with story.run() as run:
            run.sees("/a/", article("The harbour", TWELVE))
            run.sees("/old-a/", article("The harbour of old", STONE), 410)
    story.store.absorb(goes, into=stays)
    assert story.page("/a/").state == "live"
    at = story.later(hours=1)
    assert [one["url"] for one in documents(story.reader, as_of=at)] == [f"{story.home}/a/"]


def test_what_an_export_has_handed_out_twice_it_takes_back_once(story: Story) -> None:
    stays, goes = reported_twice(story, "/a/", "/b/")
    with story.run() as run:
        run.sees("/c/", article("The pier", STONE))
    third = story.page("/c/").id
    mark = str(cursor(story.reader))
    story.store.absorb(goes, into=stays)
    story.store.absorb(third, into=stays)
    found = {one["id"]: one for one in documents(story.reader, since=mark)}
    assert found[f"{SITE.name}:{goes}"]["gone"]
    assert found[f"{SITE.name}:{third}"]["gone"]
    assert found[f"{SITE.name}:{stays}"]["version"] == 3
    assert [one["id"] for one in documents(story.reader)] == [f"{SITE.name}:{stays}"]


def test_a_search_finds_what_both_have_said_once(story: Story) -> None:
    stays, goes = reported_twice(story, "/a/", "/b/")
    story.store.absorb(goes, into=stays)
    assert [hit.page for hit in find(story.reader, "harbour")] == [stays]


def test_a_site_with_an_absorbed_page_that_keeps_versions_is_removed(story: Story, tmp_path: Path) -> None:
    stays, goes = reported_twice(story, "/a/", "/amp-a/")
    story.store.absorb(goes, into=stays)
    assert count(story.store, "versions", f"page = {goes}") > 0
    with contextlib.closing(SiteRemoval.open(tmp_path / "variorum.db")) as removal:
        removal.remove(SITE.name, "2026-04-01T00:00:00Z")
    assert count(story.store, "versions") == 0
    for table in ("versions_fts", "versions_fts_edits"):
        story.store.db.conn.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")


def test_the_address_of_a_page_that_was_absorbed_is_free_for_the_other(story: Story) -> None:
    stays, goes = reported_twice(story, "/a/", "/b/")
    story.store.absorb(goes, into=stays)
    story.store.update_page(stays, {"url": f"{story.home}/b/"})
    assert story.page("/b/").id == stays


def version(number: int, page: int, at: int, text: str) -> VersionRow:
    return VersionRow(
        page * 1000 + number, page, number, 0, f"2026-01-{at:02}", "", text, text, 1,
        None, None, None, None, "ours",
    )  # fmt: skip


histories = st.lists(st.tuples(st.integers(1, 28), st.sampled_from("abc")), max_size=8).map(
    lambda found: sorted(found, key=lambda one: one[0])
)


@given(histories, histories, st.booleans())
def test_of_two_histories_each_version_is_kept_or_repeats_one_that_is(
    one: list[tuple[int, str]], two: list[tuple[int, str]], other_is_last: bool
) -> None:
    own = [version(n, 1, at, text) for n, (at, text) in enumerate(one, start=1)]
    other = [version(n, 2, at, text) for n, (at, text) in enumerate(two, start=1)]
    order = in_order(own, other, other_is_last=other_is_last)
    kept = {v.id: v for v in order.versions}
    assert kept.keys() | order.twins.keys() == {v.id for v in own + other}
    assert not kept.keys() & order.twins.keys()
    assert {v.id for v in own} <= kept.keys()
    by_id = {v.id: v for v in own + other}
    for twin, of in order.twins.items():
        assert by_id[twin].digest == kept[of].digest
    final = (other if other_is_last else own)[-1:] or (own + other)[-1:]
    assert [v.digest for v in order.versions[-1:]] == [v.digest for v in final]
