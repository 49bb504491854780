"""`variorum evidence`: a folder that holds by itself, checked as its own README says."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.command import HOSTILE, variorum, workspace
from tests.lived import AGO, lived
from tests.local_site import article
from tests.test_redesign import PATHS, looks_at_all, new_design, old_design
from tests.tracked import HOME, Story, story_at
from variorum.storage.maintenance.pruning import Pruning
from variorum.storage.maintenance.retention import RetentionLimits
from variorum.storage.maintenance.verification import verify
from variorum.storage.rows import ChangeRow

LATER = "2027-01-01T00:00:00Z"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    workspace(tmp_path)
    with lived(tmp_path / "variorum.db") as story:
        yield story


def evidence(story: Story, change: ChangeRow, folder: Path) -> tuple[Path, list[str]]:
    """The folder of a change, and what is told to be lacking in it."""
    path = folder / f"evidence-{change.id}"
    database = story.reader.db.conn.execute("PRAGMA database_list").fetchone()[2]
    result = variorum("-C", Path(database).parent, "evidence", change.id, "-o", path, "--json")
    assert result.exit_code == 0, result.output
    [result_] = map(json.loads, result.stdout.splitlines())
    assert (result_["change"], result_["folder"]) == (change.id, str(path))
    return path, result_["lacking"]


def commands(folder: Path) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (folder / "README.md").read_text("utf-8"), flags=re.S)


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """All commands of the README, one after the other, in the plainest shell that there is."""
    script = "\n".join(commands(folder))
    return subprocess.run(["sh", "-e", "-c", script], cwd=folder, capture_output=True, text=True, check=False)


def assert_holds(folder: Path) -> None:
    assert commands(folder)
    done = checked(folder)
    assert (done.returncode, done.stderr) == (0, ""), done


def of(story: Story, path: str, kind: str) -> ChangeRow:
    found = [one for one in story.reader.changes(quiet=True) if (one.url, one.kind) == (HOME + path, kind)]
    return found[-1]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


# ---- what is in it


def test_an_edit_comes_with_both_sides_and_holds_by_itself(story: Story, tmp_path: Path) -> None:
    change = next(one for one in story.changes() if (one.kind, one.backfilled) == ("edited", 0))
    folder, lacking = evidence(story, change, tmp_path)
    old, new = (f"version-{number}" for number in (change.old_version, change.version))
    parts = {f"{side}/{name}" for side in (old, new) for name in ("text.txt", "page.bin", "about.json")}
    assert names(folder) == {
        *parts, "README.md", "change.json", "diff.txt", "checks.jsonl", "captures.warc.gz",
        "page-seals.jsonl", "store-links.txt", "head.txt", "manifest-sha256.txt", ".variorum-export",
    }  # fmt: skip
    assert lacking == []
    assert_holds(folder)
    written = read(folder / "change.json")
    assert (written["id"], written["seen_old"], written["seen_new"]) == (
        change.id,
        change.seen_old,
        change.seen_new,
    )
    assert written["hunks"]
    assert "[-1887-]{+1878+}" in (folder / "diff.txt").read_text("utf-8")
    text = "The bridge\n\nIt was built in 1887.\nIt still stands, as everybody can see."
    assert (folder / old / "text.txt").read_text("utf-8") == text
    assert b"It was built in 1878." in (folder / new / "page.bin").read_bytes()
    assert (folder / "head.txt").read_text().strip() == verify(story.reader).head


def test_the_captures_at_both_ends_replay_from_the_warc(story: Story, tmp_path: Path) -> None:
    change = next(one for one in story.changes() if (one.kind, one.backfilled) == ("edited", 0))
    folder, _ = evidence(story, change, tmp_path)
    with (folder / "captures.warc.gz").open("rb") as file:
        records = [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI"),
                record.rec_headers.get_header("WARC-Date"),
                record.content_stream().read(),
            )
            for record in ArchiveIterator(file)
        ]
    responses = [one for one in records if one[0] == "response"]
    pages = [
        (folder / f"version-{n}" / "page.bin").read_bytes() for n in (change.old_version, change.version)
    ]
    assert [body for _, _, _, body in responses] == pages
    assert {url for _, url, _, _ in records[1:]} == {f"{HOME}/bridge/"}
    assert change.seen_new in {at for _, _, at, _ in records}


def test_each_look_in_the_interval_is_listed(story: Story, tmp_path: Path) -> None:
    change = of(story, "/lost/", "gone")
    folder, lacking = evidence(story, change, tmp_path)
    looks = [json.loads(line) for line in (folder / "checks.jsonl").read_text("utf-8").splitlines()]
    assert [(one["outcome"], one["status"]) for one in looks] == [("ok", 200), ("gone", 404), ("gone", 404)]
    assert looks[0]["fetched_at"] == change.seen_old
    assert lacking == ["after it there is no page: checks.jsonl lists the checks that did not find it"]
    assert_holds(folder)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/opening/", "new"), ("/lost/", "gone"), ("/lost/", "returned"), ("/old-mill/", "moved")],
)
def test_every_kind_of_change_has_its_evidence(story: Story, tmp_path: Path, path: str, kind: str) -> None:
    change = of(story, path, kind)
    folder, _ = evidence(story, change, tmp_path)
    assert_holds(folder)
    assert len([one for one in names(folder) if one.endswith("text.txt")]) == 1
    readme = (folder / "README.md").read_text("utf-8")
    assert f"- kind: {kind}\n- page: {HOME}{path}\n" in readme


def test_all_changes_of_a_store_that_has_lived_have_evidence_that_holds(story: Story, tmp_path: Path) -> None:
    for change in story.reader.changes(quiet=True):
        assert_holds(evidence(story, change, tmp_path)[0])


def test_a_new_design_is_of_no_page_and_says_so(tmp_path: Path) -> None:
    workspace(tmp_path)
    with story_at(tmp_path / "variorum.db") as story:
        with story.run() as run:
            for n, path in enumerate(PATHS):
                run.sees(path, old_design(n))
        with story.run() as run:
            looks_at_all(run, new_design)
        [change] = [one for one in story.changes() if one.kind == "template"]
        folder, lacking = evidence(story, change, tmp_path)
    assert_holds(folder)
    assert lacking == ["it concerns the site as a whole: it has no versions, raw pages or seals"]
    assert "version" not in " ".join(names(folder))


# ---- what is lacking


def test_what_a_prune_took_away_is_named_and_the_rest_holds(story: Story, tmp_path: Path) -> None:
    changes = [one for one in story.changes() if (one.kind, one.backfilled) == ("edited", 0)]
    with_pages, _ = evidence(story, changes[0], tmp_path)
    with contextlib.closing(Pruning.open(tmp_path / "variorum.db")) as store:
        store.prune(RetentionLimits(LATER, LATER), LATER)
    shutil.move(with_pages, tmp_path / "before")
    folder, lacking = evidence(story, changes[0], tmp_path)
    assert_holds(folder)
    pruned = [one for one in lacking if "was pruned, as the retention requires" in one]
    assert pruned
    assert len(list(folder.glob("*/page.bin"))) == 2 - len(pruned)
    for part in (tmp_path / "before").glob("version-*"):
        assert (folder / part.name / "text.txt").read_text() == (part / "text.txt").read_text()


def test_a_text_that_came_without_its_page_is_told_as_one(story: Story, tmp_path: Path) -> None:
    change = of(story, "/market/", "edited")
    assert change.seen_old == AGO
    folder, lacking = evidence(story, change, tmp_path)
    assert_holds(folder)
    assert lacking == [
        "version 1: it came as a text (dump:a.txt), without the page that it was extracted from"
    ]


# ---- it shows when it was altered


def forge(path: Path, old: str, new: str) -> None:
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode()))


def rewritten(folder: Path) -> None:
    """The manifest is made anew, as whoever alters a folder would."""
    manifest = folder / "manifest-sha256.txt"
    files = [line.split("  ", 1)[1] for line in manifest.read_text().splitlines()]
    done = subprocess.run(["sha256sum", *files], cwd=folder, capture_output=True, check=True)
    manifest.write_bytes(done.stdout)


def _first_text(folder: Path) -> Path:
    return sorted(folder.glob("version-*/text.txt"))[0]


FORGERIES: dict[str, Callable[[Path], None]] = {
    "a text": lambda folder: forge(_first_text(folder), "1887", "1888"),
    "a raw page": lambda folder: forge(_first_text(folder).with_name("page.bin"), "1887", "1888"),
    "a seal": lambda folder: forge(folder / "page-seals.jsonl", '"captured_at":"2026', '"captured_at":"2025'),
    "a link": lambda folder: (
        (folder / "store-links.txt").write_text((folder / "store-links.txt").read_text().replace("a", "b", 5))
        and None
    ),
    "the head": lambda folder: (folder / "head.txt").write_text(f"1:{'0' * 64}\n") and None,
    "JSON": lambda folder: forge(folder / "change.json", "}", ""),
    "the captures": lambda folder: (folder / "captures.warc.gz").write_bytes(b"") and None,
}


@pytest.mark.parametrize("what", FORGERIES)
@pytest.mark.parametrize("manifest", ["as it was", "made anew"])
def test_whatever_is_altered_in_the_folder_fails_a_check(
    story: Story, tmp_path: Path, what: str, manifest: str
) -> None:
    change = next(one for one in story.changes() if (one.kind, one.backfilled) == ("edited", 0))
    folder, _ = evidence(story, change, tmp_path)
    FORGERIES[what](folder)
    if manifest == "made anew":
        rewritten(folder)
    assert checked(folder).returncode != 0


# ---- hostile sites


def test_a_hostile_page_puts_nothing_into_a_command(tmp_path: Path) -> None:
    workspace(tmp_path)
    title = f"$(touch owned) `touch owned`\n```sh\ntouch owned\n``` {HOSTILE} <script>"
    path = "/`touch owned`$(touch owned)'\"/"
    with story_at(tmp_path / "variorum.db") as story:
        for text in ("It was built in 1887, $(touch owned).", "It was built in 1878, `touch owned`."):
            with story.run() as run:
                run.sees(path, article(title, text))
        [change] = story.changes()
        folder, _ = evidence(story, change, tmp_path)
    assert_holds(folder)
    assert not list(folder.rglob("owned"))
    assert "touch" not in "".join(commands(folder))
    for name in ("README.md", "diff.txt", "change.json"):
        assert not set("\x1b\x9b\u202e") & set((folder / name).read_text("utf-8"))


# ---- whole or not at all


def test_a_folder_that_exists_is_left_alone(story: Story, tmp_path: Path) -> None:
    change = story.changes()[0]
    folder, _ = evidence(story, change, tmp_path)
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    result = variorum("-C", tmp_path, "evidence", change.id, "-o", folder)
    assert result.exit_code == 2
    assert result.stderr == f"variorum: {folder} exists already; name a new folder with -o\n"
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before


def test_a_change_that_is_not_there_is_told_in_words(story: Story, tmp_path: Path) -> None:
    result = variorum("-C", tmp_path, "evidence", 999, "-o", tmp_path / "none")
    assert result.exit_code == 1
    assert result.stderr == "variorum: there is no change 999: `variorum changes` lists them\n"
    assert not (tmp_path / "none").exists()


CUT_SHORT = """
import os, signal, sys
from variorum.crawler.cli.__main__ import main
from variorum.crawler.export import evidence
def end(*_):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(evidence, sys.argv.pop(1), end)
main(sys.argv[1:])
"""


@pytest.mark.parametrize("at", ["_write_warc", "_write_seals", "_write_manifest"])
def test_a_kill_leaves_no_folder_of_that_name(story: Story, tmp_path: Path, at: str) -> None:
    change = story.changes()[0]
    words = ["-C", str(tmp_path), "evidence", str(change.id), "-o", str(tmp_path / "folder")]
    done = subprocess.run([sys.executable, "-c", CUT_SHORT, at, *words], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "folder").exists()
    assert verify(story.reader).faults == []
    assert variorum(*words).exit_code == 0
    assert_holds(tmp_path / "folder")
