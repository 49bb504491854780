"""Texts of versions: long ones are compressed, each comes back to the letter, none is many steps away."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.one_page import History, of
from variorum.storage import texts
from variorum.storage.export import cursor
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader

WORDS = ["harbour", "pilot", "fog", "بندر", "مه", "lanterna", "det", "swell", "mole", "quay", "ebb"]


def long_text(edition: int = 0) -> str:
    """A text of some 9 kB; each edition has one other line."""
    lines = [" ".join(random.Random(line).choices(WORDS, k=30)) for line in range(50)]
    lines[edition % 50] = f"Edition {edition} of the log."
    return "\n".join(lines)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "variorum.db")
    with closing(made.store):
        yield made


def test_a_long_text_takes_less_room_and_its_next_version_what_differs(history: History) -> None:
    first, second = history.add(long_text(1)), history.add(long_text(2))
    assert history.size(first) < len(long_text(1).encode()) / 2
    assert history.size(second) < 200
    assert history.texts() == [long_text(1), long_text(2)]


def links_of(edition: int) -> str:
    """Links as a crawl stores them; each edition has one other."""
    return "\n".join(
        f"{random.Random(n).choice(WORDS)}\t/{WORDS[n % 9]}/{n}" for n in range(edition, edition + 40)
    )


def test_the_links_of_a_long_text_take_what_differs_and_come_back(history: History) -> None:
    history.add(long_text(1), links_of(1))
    second = history.add(long_text(2), links_of(2))
    assert history.size(second) < 200
    assert [one.links for one in history.store.versions_of(history.page)] == [links_of(1), links_of(2)]
    assert history.texts() == [long_text(1), long_text(2)]
    conn = history.store.db.conn
    assert conn.execute("SELECT links FROM versions").fetchall() == [(b"",)] * 2


@pytest.mark.parametrize("links", [None, "", "here\t/a/"])
@pytest.mark.parametrize("text", ["A short log.", long_text(), f"{long_text()}\0{long_text(1)}"])
def test_links_that_are_not_known_or_none_are_told_apart(
    history: History, text: str, links: str | None
) -> None:
    for _ in range(2):
        history.add(text, links)
    assert [one.links for one in history.store.versions_of(history.page)] == [links] * 2
    assert history.texts() == [text] * 2


def test_a_version_that_is_read_anew_keeps_its_links_and_those_of_the_versions_after_it(
    history: History,
) -> None:
    for n in range(3):
        history.add(long_text(n), links_of(n))
    second = history.store.versions_of(history.page)[1].id
    history.store.reread_version(second, of(long_text(7)))
    assert [one.links for one in history.store.versions_of(history.page)] == [links_of(n) for n in range(3)]
    history.store.reread_version(second, {"links": "here\t/a/"})
    assert [one.links for one in history.store.versions_of(history.page)] == [
        links_of(0), "here\t/a/", links_of(2)
    ]  # fmt: skip
    assert history.texts() == [long_text(0), long_text(7), long_text(2)]


def test_a_short_text_is_stored_as_text(history: History) -> None:
    history.add("The light at the end of the mole is out.")
    rows = history.store.db.conn.execute("SELECT text, text_base FROM versions").fetchall()
    assert rows == [("The light at the end of the mole is out.", None)]


def test_every_reader_gets_the_text_and_none_is_many_steps_away(history: History) -> None:
    versions = [history.add(long_text(n)) for n in range(60)]
    with closing(Reader.open(history.path)) as reader:
        assert [one.text for one in reader.history(history.page)] == [long_text(n) for n in range(60)]
        assert reader.version(history.page, 33).text == long_text(32)
        for number, version in enumerate(versions):
            asked: list[str] = []
            reader.db.conn.set_trace_callback(asked.append)
            assert texts.get(reader.db.conn, version) == long_text(number)
            reader.db.conn.set_trace_callback(None)
            assert len(asked) <= texts.MAX_DEPTH + 1


def test_a_version_that_is_read_anew_leaves_the_texts_after_it_as_they_were(history: History) -> None:
    for n in range(4):
        history.add(long_text(n))
    second = history.store.versions_of(history.page)[1].id
    again = history.store.reread_version(second, of("An empty log."))
    assert again.text == "An empty log."
    assert history.texts() == [long_text(0), "An empty log.", long_text(2), long_text(3)]
    assert history.store.reread_version(second, of(long_text(1))).text == long_text(1)
    assert history.texts() == [long_text(n) for n in range(4)]


def test_a_text_that_is_only_packed_in_another_way_is_not_exported_again(history: History) -> None:
    for n in range(3):
        history.add(long_text(n))
    first = history.store.versions_of(history.page)[0].id
    rows = "SELECT version FROM rewritings"
    with closing(Reader.open(history.path)) as reader:
        cursor(reader)
    history.store.reread_version(first, of("An empty log."))
    assert history.store.db.conn.execute(rows).fetchall() == [(first,)]


def test_a_text_that_was_altered_or_cut_is_told_by_verify(history: History) -> None:
    first, second = history.add(long_text(1)), history.add(long_text(2))
    conn = history.store.db.conn
    conn.execute("UPDATE versions SET text = substr(text, 1, 50) WHERE id = ?", [second])
    conn.commit()
    with closing(Reader.open(history.path)) as reader:
        told = {one.id: one.detail for one in verify(reader).faults if one.table == "versions"}
    assert "its text can't be unpacked" in told[second]
    assert first not in told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=3000), max_size=8))
def test_any_texts_in_any_order_come_back(history: History, added: list[str]) -> None:
    before = len(history.texts())
    for text in added:
        history.add(text * 3)
    assert history.texts()[before:] == [text * 3 for text in added]
