"""Thousands of saved pages through one command: each record is a line, and a bad one costs itself alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import objects, variorum

PROSE = [
    f"On day {n} the keeper of the lock counted {n * 7 + 3} barges, and wrote down where each came from."
    for n in range(1, 9)
]
SHARED = "Our letter comes every Friday, and it costs you nothing but the time that you need to read it."


def page(n: int) -> str:
    paragraphs = "".join(f"<p>{one.replace('barges', f'barges of kind {n}')}</p>" for one in PROSE)
    return (
        f"<html><head><title>Lock {n}</title></head><body><div class='a'><h1>Lock {n}</h1>{paragraphs}"
        f"<p>{SHARED}</p></div></body></html>"
    )


def write(path: Path, records: list[object]) -> Path:
    path.write_text("".join(f"{r if isinstance(r, str) else json.dumps(r)}\n" for r in records), "utf-8")
    return path


def record(n: int, **more: object) -> dict[str, object]:
    return {"id": f"r{n}", "url": f"https://lock.example/{n}", "html": page(n), **more}


@pytest.mark.parametrize("processes", [1, 2])
def test_each_record_gives_a_document_with_its_id(tmp_path: Path, processes: int):
    file = write(tmp_path / "in.jsonl", [record(n) for n in range(5)])
    found = objects("extract", "--jsonl", file, "--processes", processes)
    assert [one["id"] for one in found] == [f"r{n}" for n in range(5)]
    assert all(f"barges of kind {n}," in one["text"] for n, one in enumerate(found))
    assert {"url", "title", "text", "kind", "author", "published", "language"} <= set(found[0])


def test_a_bad_record_is_one_line_with_its_error_and_stops_no_other(tmp_path: Path):
    bad = [{"id": "no page", "url": "https://lock.example/x"}, {"id": "empty", "url": "u", "html": ""}]
    broken = [
        {"id": 7, "url": "http://[::1", "html": page(7)},
        {"id": "n", "html": 5},
        "[]",
        "",
        "{not json",
    ]
    file = write(tmp_path / "in.jsonl", [record(1), *bad, *broken, record(2)])
    found = objects("extract", "--jsonl", file)
    assert len(found) == 8
    assert [one["id"] for one in found if "text" in one] == ["r1", 7, "r2"]
    assert all(one["error"] for one in found if "text" not in one)
    assert [one["line"] for one in found if "text" not in one] == [2, 3, 5, 6, 8]


def test_pages_of_one_group_tell_what_recurs_on_their_site(tmp_path: Path):
    file = write(tmp_path / "in.jsonl", [record(n, group="lock") for n in range(6)])
    assert not any(SHARED in one["text"] for one in objects("extract", "--jsonl", file))
    alone = write(tmp_path / "alone.jsonl", [record(1)])
    assert SHARED in objects("extract", "--jsonl", alone)[0]["text"]


def test_pairs_are_compared_in_bulk(tmp_path: Path):
    edited = page(1).replace("24 barges", "25 barges")
    pairs = [
        {"id": "same", "url": "https://lock.example/1", "old": page(1), "new": page(1)},
        {"id": "edit", "url": "https://lock.example/1", "old": page(1), "new": edited},
        {"id": "half", "url": "https://lock.example/1", "old": page(1)},
    ]
    same, edit, half = objects("compare", "--jsonl", write(tmp_path / "in.jsonl", pairs))
    assert same == {"id": "same", "change": None}
    assert (edit["id"], edit["kind"], bool(edit["hunks"])) == ("edit", "edited", True)
    assert "error" in half
    assert half["line"] == 3


@pytest.mark.parametrize("command", ["extract", "compare"])
def test_records_come_in_their_order_with_those_that_are_none(tmp_path: Path, command: str):
    pages = {"html": page(1), "old": page(1), "new": page(1)}
    records = [{"id": n, "url": "https://lock.example/1", **pages} for n in (1, 3)]
    file = write(tmp_path / "in.jsonl", [records[0], "{not json", records[1]])
    found = objects(command, "--jsonl", file)
    assert [(one["id"], one.get("line")) for one in found] == [(1, None), (None, 2), (3, None)]


@pytest.mark.parametrize("command", ["extract", "compare"])
def test_a_page_or_an_address_beside_records_is_misuse(tmp_path: Path, command: str):
    file, saved = write(tmp_path / "in.jsonl", [record(1)]), write(tmp_path / "page.html", [page(1)])
    for beside in ([saved], ["--url", "https://lock.example/1"]):
        result = variorum(command, "--jsonl", file, *beside)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{beside[0]} would not be read" in result.stderr


def test_neither_a_page_nor_records_is_misuse():
    assert variorum("extract").exit_code == 2
    assert variorum("compare").exit_code == 2
