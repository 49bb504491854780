"""Long hunks of a change are compressed, and come back to the letter wherever they are shown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.local_site import article
from tests.tracked import HOME, Story, story_at
from variorum.storage.library import Database
from variorum.storage.maintenance.verification import verify
from variorum.storage.outbox import Outbox
from variorum.storage.queries.page_timeline import hunks_to
from variorum.storage.search.full_text import find

OLD = (
    "The ferry crosses the river at seven in the morning, and the masons wait for it on the northern bank. "
    "Nobody knows how old the boat is, since the register of the harbour burned in the war. "
    "Its captain has asked the council twice for a new engine, and was told to wait until the spring. "
    "In winter the crossing takes an hour, as the ice has to be broken by hand. "
    "Whoever misses the last boat sleeps in the inn, which has eleven beds and one stove."
)
NEW = OLD.replace("seven in the morning", "eight in the evening").replace("masons", "bakers")
SHORT = "The mill stands still."
OPEN = "It is open on Sundays from noon until four, and the miller shows how it works."


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as one:
        with one.run() as run:
            run.sees("/ferry/", article("The ferry", OLD))
            run.sees("/mill/", article("The mill", SHORT, OPEN))
        with one.run() as run:
            run.sees("/ferry/", article("The ferry", NEW))
            run.sees("/mill/", article("The mill", "The mill turns.", OPEN))
        yield one


def stored(story: Story, path: str) -> str | bytes:
    sql = "SELECT hunks FROM changes WHERE url = ?"
    return story.store.db.conn.execute(sql, [f"{HOME}{path}"]).fetchone()[0]


def test_long_hunks_take_a_third_of_their_bytes_and_short_ones_stay_json(story: Story) -> None:
    [ferry] = [change for change in story.changes() if change.url == f"{HOME}/ferry/"]
    assert isinstance(stored(story, "/ferry/"), bytes)
    assert len(stored(story, "/ferry/")) < len(ferry.hunks) / 3
    assert json.loads(stored(story, "/mill/"))[0]["new"] == ["The mill turns."]


def test_long_hunks_are_read_as_they_were_written(story: Story) -> None:
    [listed] = [change for change in story.reader.changes() if change.url == f"{HOME}/ferry/"]
    [hunk] = json.loads(listed.hunks)
    assert (hunk["old"], hunk["new"]) == ([OLD.strip()], [NEW.strip()])
    assert story.reader.change(listed.id).hunks == listed.hunks
    assert hunks_to(story.reader, listed.page or 0, 2) == listed.hunks
    with closing(Outbox.open(story.path)) as outbox:
        [text] = outbox.changed_texts(listed.id)
    assert (text.old, text.new) == (OLD.strip(), NEW.strip())


def test_words_in_long_hunks_are_known_to_be_removed(story: Story) -> None:
    (hit,) = [hit for hit in find(story.reader, "masons") if hit.url == f"{HOME}/ferry/"]
    assert (hit.version, hit.removed) == (1, True)


def test_any_connection_of_ours_reads_them_in_sql(story: Story) -> None:
    with closing(sqlite3.connect(story.path)) as conn:
        Database(conn)
        rows = conn.execute("SELECT url, change_hunks(hunks) FROM changes").fetchall()
    assert {url: json.loads(hunks)[0]["op"] for url, hunks in rows} == {
        f"{HOME}/ferry/": "replace",
        f"{HOME}/mill/": "replace",
    }


def test_hunks_that_are_damaged_are_named_by_verify(story: Story) -> None:
    assert verify(story.reader).faults == []
    [ferry] = [change for change in story.changes() if change.url == f"{HOME}/ferry/"]
    conn = story.store.db.conn
    for damaged in (b"\x28\xb5\x2f\xfd\x00\x01\x02", '[{"op"'):
        conn.execute("UPDATE changes SET hunks = ? WHERE id = ?", [damaged, ferry.id])
        conn.commit()
        [fault] = verify(story.reader).faults
        assert (fault.table, fault.id, fault.url) == ("changes", ferry.id, ferry.url)
