"""Exports: a document a page, the same again for the same question, and never half a file."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.errors import NotFound
from storage.export import Document, cursor, documents, write_jsonl
from tests.local_site import article
from tests.tracked import HOME, Story, told

BRIDGE, MILL = "The old bridge was closed in March.", "The mill turns again since the flood."
NEW_BRIDGE = "The old bridge was opened in April."
LETTER = "نامه‌ای که هرگز نرسید، و پاسخی که نیامد."


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site with a bridge and a mill, read once."""
    with told(tmp_path / "variorum.db") as story:
        with story.run() as run:
            run.sees("/bridge/", article("The bridge", BRIDGE))
            run.sees("/mill/", article("The mill", MILL))
        yield story


def exported(story: Story, **asked: Any) -> list[Document]:
    return list(documents(story.reader, **asked))


def paths(found: list[Document]) -> list[str]:
    return [document["url"].removeprefix(HOME) for document in found]


def edit(story: Story) -> None:
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", NEW_BRIDGE))


def remove(story: Story, path: str) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses(path)


def test_a_document_has_what_a_reader_needs_and_an_id_that_stays(story: Story) -> None:
    (bridge, _) = exported(story)
    page, (version,) = story.page("/bridge/"), story.versions("/bridge/")
    assert bridge == {
        "id": f"riverside:{page.id}",
        "url": f"{HOME}/bridge/",
        "site": "riverside",
        "kind": "article",
        "title": "The bridge",
        "text": BRIDGE,
        "language": "en",
        "author": None,
        "published": None,
        "modified": None,
        "version": 1,
        "captured_at": version.captured_at,
        "digest": version.digest,
    }
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE), at="/news/bridge/")
    assert next(document["id"] for document in exported(story)) == bridge["id"]


def test_each_page_is_exported_once_in_its_latest_version(story: Story) -> None:
    edit(story)
    assert [(one["version"], one["text"]) for one in exported(story)] == [(2, NEW_BRIDGE), (1, MILL)]


def test_a_page_that_is_gone_is_left_out_and_one_that_returned_is_back(story: Story) -> None:
    remove(story, "/bridge/")
    assert paths(exported(story)) == ["/mill/"]
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE))
    assert paths(exported(story)) == ["/bridge/", "/mill/"]


def test_a_page_missed_once_is_still_exported(story: Story) -> None:
    with story.run() as run:
        run.misses("/bridge/")
    assert paths(exported(story)) == ["/bridge/", "/mill/"]


def test_one_site_can_be_asked_for_alone(story: Story) -> None:
    assert exported(story, site="elsewhere") == []
    assert len(exported(story, site="riverside")) == 2


def test_nothing_is_new_since_a_cursor_taken_after_the_last_change(story: Story) -> None:
    edit(story)
    assert exported(story, since=cursor(story.reader)) == []


def test_since_a_cursor_there_are_new_and_edited_pages_and_tombstones_of_gone_ones(story: Story) -> None:
    before = cursor(story.reader)
    edit(story)
    remove(story, "/mill/")
    with story.run() as run:
        run.sees("/letter/", article("نامه", LETTER, lang="fa"))
    mill = story.page("/mill/")
    found = exported(story, since=before)
    assert paths(found) == ["/bridge/", "/mill/", "/letter/"]
    assert [one.get("text") for one in found] == [NEW_BRIDGE, None, LETTER]
    assert found[1] == {
        "id": f"riverside:{mill.id}",
        "url": f"{HOME}/mill/",
        "site": "riverside",
        "gone": True,
    }


def test_exports_since_each_cursor_add_up_to_the_whole(story: Story) -> None:
    held: dict[str, Document] = {}
    at = None
    for happens in ("nothing", "edit", "removal"):
        if happens == "edit":
            edit(story)
        elif happens == "removal":
            remove(story, "/mill/")
        held |= {document["id"]: document for document in exported(story, since=at)}
        at = cursor(story.reader)
    assert [one for one in held.values() if not one.get("gone")] == exported(story)


def test_a_page_that_moved_is_told_again_under_its_id(story: Story) -> None:
    before = cursor(story.reader)
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE), at="/news/bridge/")
    (moved,) = exported(story, since=before)
    assert (moved["url"], moved["id"]) == (
        f"{HOME}/news/bridge/",
        f"riverside:{story.page('/news/bridge/').id}",
    )


def test_a_page_that_was_gone_before_the_first_export_leaves_no_tombstone(story: Story) -> None:
    remove(story, "/mill/")
    assert paths(exported(story)) == ["/bridge/"]


def test_the_archive_can_be_read_as_it_stood_at_a_moment(story: Story) -> None:
    before = story.later(minutes=1)
    edit(story)
    between = story.later(minutes=1)
    remove(story, "/bridge/")
    assert [one["text"] for one in exported(story, as_of=before)] == [BRIDGE, MILL]
    assert [one["text"] for one in exported(story, as_of=between)] == [NEW_BRIDGE, MILL]
    assert [one["text"] for one in exported(story)] == [MILL]
    assert exported(story, as_of="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize("since", ["", "12", "1.x", "-1.2", "2026-03-01", "1.2.3", "².²"])
def test_a_cursor_that_was_never_given_is_refused_in_words(story: Story, since: str) -> None:
    with pytest.raises(NotFound, match=r"is no cursor: use the one that the last export printed"):
        exported(story, since=since)


# ---- files


def test_a_file_has_a_document_a_line_in_plain_unicode(story: Story, tmp_path: Path) -> None:
    with story.run() as run:
        run.sees("/letter/", article("نامه‌ای\N{RIGHT-TO-LEFT OVERRIDE}", LETTER, lang="fa"))
    path = tmp_path / "all.jsonl"
    assert write_jsonl(documents(story.reader), path, io.StringIO()) == 3
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == exported(story)
    assert LETTER in lines[2]


def test_without_a_file_the_documents_go_to_the_stream(story: Story) -> None:
    out = io.StringIO()
    assert write_jsonl(documents(story.reader), None, out) == 2
    assert [json.loads(line)["text"] for line in out.getvalue().splitlines()] == [BRIDGE, MILL]


def test_an_export_of_nothing_is_an_empty_file(tmp_path: Path) -> None:
    assert write_jsonl([], tmp_path / "all.jsonl", io.StringIO()) == 0
    assert (tmp_path / "all.jsonl").read_bytes() == b""


def test_an_export_that_breaks_midway_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("the old export\n")

    def breaking() -> Iterator[Document]:
        yield {"id": "riverside:1"}
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_jsonl(breaking(), path, io.StringIO())
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("all.jsonl", "the old export\n")]


def test_an_export_replaces_a_link_and_writes_nothing_through_it(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("not ours\n")
    (tmp_path / "all.jsonl").symlink_to(elsewhere)
    write_jsonl([{"id": "riverside:1"}], tmp_path / "all.jsonl", io.StringIO())
    assert elsewhere.read_text() == "not ours\n"
    assert (tmp_path / "all.jsonl").read_text() == '{"id": "riverside:1"}\n'


def test_an_export_can_be_read_by_those_who_could_read_any_new_file(tmp_path: Path) -> None:
    ordinary, path = tmp_path / "ordinary", tmp_path / "all.jsonl"
    ordinary.touch()
    write_jsonl([], path, io.StringIO())
    assert path.stat().st_mode == ordinary.stat().st_mode
