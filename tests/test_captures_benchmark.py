"""Whether changes of real pages are announced: a bar, where the captures lie; and which pairs count."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from benchmarks.captures.__main__ import AHEAD, main
from benchmarks.captures.pairs import pairs
from benchmarks.reader.data import shared

PROSE = "".join(
    f"<p>On day {n} the keeper counted {n * 7} barges, and wrote down where each came from.</p>"
    for n in range(1, 9)
)
FULL, SOME = 1.0, 0.5
"""What share of the known text a capture has."""


def page(menu: str, prose: str = PROSE) -> str:
    return f"<html><body><ul class='menu'><li>{menu}</li></ul><div class='a'>{prose}</div></body></html>"


EDITED = page("Pier", PROSE.replace("14 barges", "15 barges"))


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """Captures of one page: the menu changes, then the text; what follows can't be trusted."""
    (tmp_path / "captures").mkdir()
    rows = [
        (0, page("Harbour"), "", FULL),
        (1, page("Pier"), "", FULL),
        (2, EDITED, "text", FULL),
        (3, EDITED, "", FULL),  # the same bytes
        (4, page("Lock"), "text", SOME),  # half of its text is not found
        (6, page("Harbour"), "text", FULL),  # one is left out before it
        (7, page("Lock"), "", 0.95),  # found otherwise than before
    ]
    with lzma.open(tmp_path / "captures" / "some.jsonl.xz", "wt", encoding="utf-8") as file:
        for number, html, kind, cov in rows:
            record = {"seq": "Lock/Terms", "url": "", "i": number, "html": html, "kind": kind, "cov": cov}
            file.write(json.dumps(record) + "\n")
        file.write(json.dumps({"seq": "Lock/Terms", "v": 1, "gold": "none"}) + "\n")
    return tmp_path


def test_only_pairs_whose_label_can_be_trusted_count(captures: Path) -> None:
    (found,) = pairs(captures)
    assert [(pair.number, pair.changed) for pair in found] == [(1, False), (2, True)]


def test_pairs_of_large_captures_can_be_left_out(captures: Path) -> None:
    assert [len(found) for found in pairs(captures, largest=2)] == [2]
    assert list(pairs(captures, largest=1)) == []


def test_each_comparer_says_what_it_would_announce(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--shared", str(captures), "--comparers", "variorum,visible text", "--json"]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    announced = {name: [bool(a["announced"]) for a in answers if a["comparer"] == name] for name in
            ("variorum", "visible text")}  # fmt: skip
    assert announced == {"variorum": [False, True], "visible text": [True, True]}


def test_several_processes_leave_no_page_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "captures").mkdir()
    pages = 2 * AHEAD + 2
    with lzma.open(tmp_path / "captures" / "some.jsonl.xz", "wt", encoding="utf-8") as file:
        for name in range(pages):
            for number, menu in enumerate(("Harbour", "Pier")):
                record = {"seq": f"Lock {name}/Terms", "i": number, "html": page(menu), "cov": FULL}
                file.write(json.dumps(record) + "\n")
    main(["--shared", str(tmp_path), "--comparers", "visible text", "--processes", "2", "--json"])
    assert len(capsys.readouterr().out.splitlines()) == pages


def test_a_run_continues_from_the_answers_of_the_run_before(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, command = tmp_path / "answers.jsonl", ["--shared", str(captures), "--comparers", "visible text"]
    main([*command, "--answers", str(kept)])
    kept.write_text(kept.read_text().replace("differs", "as the first run said"))
    main([*command, "--answers", str(kept)])
    assert "false   Lock/Terms 1  as the first run said" in capsys.readouterr().out


def test_mistakes_are_named(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--shared", str(captures), "--comparers", "visible text"])
    assert "false   Lock/Terms 1" in capsys.readouterr().out


def test_where_there_are_no_captures_the_benchmark_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--shared", str(tmp_path)]) == 2
    assert "there are no captures" in capsys.readouterr().err


@pytest.mark.skipif(not (shared() / "captures").is_dir(), reason="the captures are no part of the project")
def test_changes_of_a_sample_of_real_captures_are_announced_as_they_were(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The weights have learned from some of these captures: we compare as we did, that shows, and no more."""
    sample = ["--sample", "300", "--largest", "600"]  # twelve sites, in half the time
    main([*sample, "--comparers", "variorum", "--processes", "2", "--json"])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    changed = [bool(answer["announced"]) for answer in answers if answer["changed"]]
    unchanged = [bool(answer["announced"]) for answer in answers if not answer["changed"]]
    assert (len(changed), len(unchanged)) == (60, 240)
    assert sum(changed) >= 56
    assert sum(unchanged) <= 2
