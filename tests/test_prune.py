"""`variorum prune`: what goes is told, and nothing that is known of the sites goes with it."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import objects, variorum, workspace
from tests.lived import AGO, LONG_AGO, MILL, crawl, lived
from tests.local_site import article
from tests.tracked import HOME, SITE, Story, story_at
from variorum.crawler.config.site import Rule
from variorum.crawler.config.workspace import load_workspace
from variorum.storage import export
from variorum.storage.maintenance.pruning import Pruned, Pruning, would_prune
from variorum.storage.maintenance.retention import RetainedCapture, RetentionLimits, removal
from variorum.storage.maintenance.verification import verify
from variorum.storage.queries.verdicts import Verdicts

LATER = "2027-01-01T00:00:00Z"
ALL = RetentionLimits(LATER, LATER)
"""Everything is old by now."""


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    workspace(tmp_path)
    with lived(tmp_path / "variorum.db") as story:
        yield story


def prune(path: Path, limits: RetentionLimits = ALL) -> Pruned:
    with contextlib.closing(Pruning.open(path)) as store:
        return store.prune(limits, LATER)


def known(story: Story) -> dict[str, Any]:
    """All that is known of the site: its versions and changes, and how it stood at any moment."""
    rows = story.reader.rows
    moments = sorted({row["fetched_at"] for row in rows("SELECT fetched_at FROM captures", {})})
    return {
        "versions": list(rows("SELECT * FROM versions ORDER BY id", {})),
        "changes": list(rows("SELECT * FROM changes ORDER BY id", {})),
        "pages": list(rows("SELECT * FROM pages ORDER BY id", {})),
        "drifts": list(rows("SELECT * FROM extraction_drifts ORDER BY id", {})),
        "now": list(export.documents(story.reader)),
        "then": [
            [{**one, "seen_at": None, "chain": None} for one in export.documents(story.reader, as_of=at)]
            for at in moments
        ],
        # A version that loses its raw page is sealed anew, and says so.
        "every version": [{**one, "chain": None} for one in export.documents(story.reader, "version")],
        "searched": story.reader.db.conn.execute("SELECT count(*) FROM versions_fts_docsize").fetchone(),
    }


def assert_sound(story: Story) -> None:
    assert verify(story.reader).faults == []
    assert story.reader.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def count(story: Story, table: str, where: str = "1") -> int:
    return int(story.reader.db.conn.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])


# ---- what stays


def test_nothing_goes_where_no_retention_is_stated(story: Story, tmp_path: Path) -> None:
    before = count(story, "captures"), count(story, "bodies")
    result = variorum("-C", tmp_path, "prune")
    assert result.exit_code == 0
    assert result.stdout.startswith("0 captures and 0 raw pages (0 kB) deleted")
    assert result.stderr.startswith("No retention is set, so nothing is deleted")
    assert (count(story, "captures"), count(story, "bodies")) == before


def test_what_is_known_of_the_site_is_the_same_afterwards(story: Story, tmp_path: Path) -> None:
    for _ in range(4):
        crawl(story, "Nobody knows when.", mill="/old-mill/")
    before, captures, bodies = known(story), count(story, "captures"), count(story, "bodies")
    found = prune(tmp_path / "variorum.db")
    assert found.captures > 10
    assert found.bodies > 0
    assert found.bytes > 0
    assert (count(story, "captures"), count(story, "bodies")) == (
        captures - found.captures,
        bodies - found.bodies,
    )
    after = known(story)
    assert {**after, "then": None} == {**before, "then": None}
    assert all(moment in before["then"] for moment in after["then"])
    assert_sound(story)
    counted = verify(story.reader).counts
    assert (counted["captures_pruned"], counted["bodies_pruned"]) == (found.captures, found.bodies)
    assert counted["versions_pruned"] == found.versions > 0


def test_a_dry_run_tells_what_would_go_and_takes_nothing(story: Story, tmp_path: Path) -> None:
    before = count(story, "captures"), count(story, "bodies"), count(story, "seals")
    would = would_prune(story.reader.db.conn, ALL)
    assert (count(story, "captures"), count(story, "bodies"), count(story, "seals")) == before
    assert prune(tmp_path / "variorum.db") == would
    assert would_prune(story.reader.db.conn, ALL) == Pruned()
    assert prune(tmp_path / "variorum.db") == Pruned()


def test_what_is_younger_than_the_retention_stays(story: Story, tmp_path: Path) -> None:
    young = "fetched_at > '2026-01-01'"
    before = count(story, "captures", young), count(story, "captures", f"{young} AND body IS NOT NULL")
    prune(tmp_path / "variorum.db", RetentionLimits("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"))
    assert (
        count(story, "captures", young),
        count(story, "captures", f"{young} AND body IS NOT NULL"),
    ) == before


def test_captures_and_bodies_go_each_by_their_own_age(story: Story, tmp_path: Path) -> None:
    bodies = count(story, "captures", "body IS NOT NULL AND id IN (SELECT capture FROM versions)")
    captures = prune(tmp_path / "variorum.db", RetentionLimits(captures=LATER))
    assert (captures.versions, captures.captures > 0) == (0, True)
    kept = count(story, "captures", "body IS NOT NULL AND id IN (SELECT capture FROM versions)")
    assert kept == bodies
    found = prune(tmp_path / "variorum.db", RetentionLimits(bodies=LATER))
    assert (found.captures, found.versions > 0) == (0, True)
    assert_sound(story)


def test_each_end_of_the_interval_of_a_change_stays(story: Story, tmp_path: Path) -> None:
    prune(tmp_path / "variorum.db")
    for change in story.reader.changes(quiet=True):
        for moment in filter(None, (change.seen_old, change.seen_new)):
            where = f"page = {change.page} AND fetched_at = '{moment}'"
            assert count(story, "captures", where) > 0, (change.kind, moment)


def test_the_pages_of_an_important_change_stay(story: Story, tmp_path: Path) -> None:
    [first] = [one for one in story.changes() if (one.old_version, one.url) == (2, f"{HOME}/bridge/")][:1]
    with contextlib.closing(Verdicts.open(tmp_path / "variorum.db")) as verdicts:
        verdicts.give([first.id], "important", None, "me", LATER)
    prune(tmp_path / "variorum.db")
    for number in (first.old_version, first.version):
        which = f"SELECT capture FROM versions WHERE page = {first.page} AND number = {number}"
        assert count(story, "captures", f"body IS NOT NULL AND id = ({which})") == 1
    assert_sound(story)


def test_exports_go_on_from_their_cursors(story: Story, tmp_path: Path) -> None:
    cursor = str(export.cursor(story.reader))
    prune(tmp_path / "variorum.db")
    assert list(export.documents(story.reader, since=cursor)) == []
    assert list(export.captures(story.reader, since=cursor)) == []
    for _ in range(2):  # most of the text has gone: a suspect, until the next run shows it, too
        with story.run() as run:
            run.sees("/old-mill/", article("The mill", "The mill is for sale, with all that belongs to it."))
    [document] = export.documents(story.reader, since=cursor)
    assert document["text"] == "The mill is for sale, with all that belongs to it."


# ---- what comes after


def test_an_edit_is_found_by_other_rules_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    texts = [f"It was built in {year}." for year in range(1881, 1889)]
    with story_at(path) as story:
        for text in texts:
            with story.run() as run:
                run.sees("/bridge/", article("The bridge", text, "Read 17 times."))
    prune(path)
    with story_at(path, msgspec.structs.replace(SITE, remove=(Rule("p:last-of-type"),))) as story:
        story.now = story.now.replace(month=9)
        with story.run() as run:  # by new rules the text is shorter, and the same
            assert run.sees("/bridge/", article("The bridge", texts[-1], "Read 18 times.")).changes == ()
        for changes in [(), ("edited",)]:  # a whole rewrite is a suspect, until the next run shows it, too
            with story.run() as run:
                tracked = run.sees("/bridge/", article("The bridge", "It has gone.", "Read 19 times."))
            assert tracked.changes == changes
        assert story.texts("/bridge/")[-2:] == [texts[-1], "It has gone."]
        assert_sound(story)


def test_the_boilerplate_is_learned_anew_from_what_stays(tmp_path: Path) -> None:
    path, pages = tmp_path / "variorum.db", [f"/letters/{number}/" for number in range(12)]

    def body(page: str, day: int) -> str:
        return article(f"Letter {page}", f"What {page} says.", f"On {day}.", menu=[("/", "Menu")])

    with story_at(path) as story:
        for day in range(4):
            with story.run() as run:
                for page in pages:
                    run.sees(page, body(page, day))
        before = [story.store.last_good_body(story.page(page).id) for page in pages]
        prune(path)
        assert [story.store.last_good_body(story.page(page).id) for page in pages] == before
        assert all(story.store.body(digest) for digest in before if digest)
        assert_sound(story)


def test_each_body_that_stays_is_the_same_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    with story_at(path) as story:
        for number in range(30):  # longer than a chain of bodies may be
            with story.run() as run:
                run.sees("/bridge/", article("The bridge", f"It was built {number} years ago.", MILL))
        found = prune(path)
        assert found.versions == 28
        counts = verify(story.reader)
        assert counts.faults == []
        assert counts.counts["bodies"] == 2
        with story.run() as run:
            assert run.sees("/bridge/", article("The bridge", "It is new.", MILL)).changes == ("edited",)
        assert_sound(story)


def test_what_is_imported_after_a_prune_finds_its_place(tmp_path: Path) -> None:
    from tests.lived import capture
    from variorum.crawler.backfill.captures import Backfill

    with lived(tmp_path / "variorum.db") as story:
        prune(tmp_path / "variorum.db")
        backfill = Backfill(story.store, SITE, "warc:more.warc.gz")
        assert (
            backfill.add(capture("2020-01-01T00:00:00Z", "/bridge/", "The bridge", "A ferry.")) == "version"
        )
        times = [version.captured_at for version in story.versions("/bridge/")]
        assert times == sorted(times)
        assert times[:3] == [LONG_AGO, "2020-01-01T00:00:00Z", AGO]
        assert_sound(story)


# ---- what retention decides


OUTCOMES = ["ok", "not modified", "moved", "gone", "soft 404", "blocked", "failed"]


@st.composite
def shots(draw: st.DrawFn) -> list[RetainedCapture]:
    captures = draw(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.booleans(), st.booleans()), max_size=30))
    return [
        RetainedCapture(
            number,
            f"2026-01-01T00:00:{number:02}Z",
            outcome,
            body=f"body {number}" if kept else None,
            version=number if made and outcome in ("ok", "moved") else None,
        )
        for number, (outcome, kept, made) in enumerate(captures, start=1)
    ]


@given(shots=shots(), moments=st.sets(st.integers(1, 30)))
def test_whatever_goes_how_long_a_text_stood_and_a_page_was_missing_stays(
    shots: list[RetainedCapture], moments: set[int]
) -> None:
    ends = {f"2026-01-01T00:00:{number:02}Z" for number in moments}
    latest = [shot.version for shot in shots[::-1] if shot.version]
    found = removal(shots, ends, latest, [], ALL)
    left = [shot for shot in shots if shot not in found.captures]
    assert spans(left) == spans(shots)
    assert [shot for shot in shots if shot.at in ends or shot.version] == [
        shot for shot in left if shot.at in ends or shot.version
    ]
    assert left[-1:] == shots[-1:]
    assert all(shot.version not in latest[:2] for shot in found.bodies)
    again = removal([replace(s, body=None) if s in found.bodies else s for s in left], ends, latest, [], ALL)
    assert (again.captures, again.bodies) == ((), ())


def test_the_page_that_boilerplate_is_learned_from_stays_though_no_version_was_made_of_it() -> None:
    made = [RetainedCapture(n, f"2026-01-0{n}T00:00:00Z", "ok", f"body {n}", version=n) for n in (1, 2, 3)]
    learned = RetainedCapture(4, "2026-01-04T00:00:00Z", "ok", "of a new design")
    blocked = [RetainedCapture(n, f"2026-01-0{n}T00:00:00Z", "blocked", f"refusal {n}") for n in (5, 6)]
    found = removal([*made, learned, *blocked], [], [3, 2, 1], [], ALL)
    assert ([shot.id for shot in found.captures], [shot.id for shot in found.bodies]) == ([5], [1])


def spans(shots: list[RetainedCapture]) -> list[tuple[str, str, str]]:
    """What was seen, from when to when."""
    found: list[tuple[str, str, str]] = []
    for shot in shots:
        if shot.outcome in ("blocked", "failed"):
            continue
        seen = "missing" if shot.outcome in ("gone", "soft 404") else "there"
        if found and found[-1][0] == seen and shot.version is None:
            found[-1] = (seen, found[-1][1], shot.at)
        else:
            found.append((seen, shot.at, shot.at))
    return found


# ---- beside others, and cut short


SLOWLY = """
import sys, time
from pathlib import Path
from variorum.storage.maintenance import pruning
from variorum.storage.maintenance.pruning import Pruning
from variorum.storage.maintenance.retention import RetentionLimits
pruning.AT_ONCE = 1
def slowly(items, what, total):
    for item in items:
        yield item
        print(what.partition(",")[0], flush=True)
        time.sleep(0.01)
Pruning.open(Path(sys.argv[1])).prune(RetentionLimits(sys.argv[2], sys.argv[2]), sys.argv[2], slowly)
"""


@pytest.mark.parametrize("after", [1, 3, 5, 7])
def test_a_kill_in_the_middle_leaves_a_sound_store_and_the_next_time_ends_it(
    story: Story, tmp_path: Path, after: int
) -> None:
    path, whole = tmp_path / "variorum.db", tmp_path / "whole.db"
    with contextlib.closing(sqlite3.connect(whole)) as copy:
        story.reader.db.conn.backup(copy)
    prune(whole)
    with subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(path), LATER], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for _ in range(after):
            assert process.stdout.readline() in ("pages\n", "bodies\n")
        process.kill()
    assert_sound(story)
    prune(path)
    assert_sound(story)
    assert holdings(path) == holdings(whole)


def holdings(path: Path) -> list[Any]:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        return [
            conn.execute("SELECT id, body FROM captures ORDER BY id").fetchall(),
            conn.execute("SELECT digest FROM bodies ORDER BY digest").fetchall(),
        ]


def test_a_crawl_goes_on_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    done, troubles = threading.Event(), list[BaseException]()

    def prune_on() -> None:
        try:
            while not done.is_set():
                prune(path)
        except BaseException as error:
            troubles.append(error)
            raise

    with story_at(path) as story:
        crawl(story, "It was built in 1880.")
        thread = threading.Thread(target=prune_on)
        thread.start()
        try:
            for year in range(1881, 1901):
                crawl(story, f"It was built in {year}.")
        finally:
            done.set()
            thread.join()
        assert troubles == []
        wanted = [
            f"It was built in {year}.\nIt still stands, as everybody can see." for year in range(1880, 1901)
        ]
        assert story.texts("/bridge/") == wanted
        assert [kind for kind, path in story.news() if path == "/bridge/"] == ["edited"] * 20
        assert_sound(story)


# ---- the command


def test_the_retention_of_the_workspace_holds_where_the_command_says_no_other(
    story: Story, tmp_path: Path
) -> None:
    (tmp_path / "variorum.toml").write_text('[retention]\ncaptures = "500y"\nbodies = "500y"\n')
    [found] = objects("-C", tmp_path, "prune")
    assert found == {"captures": 0, "versions": 0, "bodies": 0, "bytes": 0, "dry_run": False}
    [found] = objects("-C", tmp_path, "prune", "--captures", "1d", "--dry-run")
    assert found["captures"] > 0
    assert (found["versions"], found["dry_run"]) == (0, True)
    [found] = objects("-C", tmp_path, "prune", "--captures", "1d", "--bodies", "1w")
    assert found["versions"] > 0


@pytest.mark.parametrize("age", ["0d", "12h", "soon", "-1d", "1.5y"])
def test_what_is_no_age_is_refused_in_words(tmp_path: Path, age: str) -> None:
    workspace(tmp_path)
    result = variorum("-C", tmp_path, "prune", "--captures", age)
    assert result.exit_code == 2
    assert "like 30d, 26w or 2y" in result.stderr
    (tmp_path / "variorum.toml").write_text(f'[retention]\nbodies = "{age}"\ncapture = "1d"\n')
    result = variorum("-C", tmp_path, "prune")
    assert result.exit_code == 2
    assert "retention.bodies: " in result.stderr
    assert 'retention.capture: unknown key; did you mean "captures"?' in result.stderr


def test_an_age_beyond_all_time_is_refused_in_words(tmp_path: Path) -> None:
    workspace(tmp_path)
    result = variorum("-C", tmp_path, "prune", "--captures", "99999y")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_vacuum_makes_the_file_smaller(tmp_path: Path) -> None:
    workspace(tmp_path)
    path = tmp_path / "variorum.db"
    with story_at(path) as story:
        for number in range(12):
            noise = random.Random(number).randbytes(50_000).hex()
            with story.run() as run:
                run.sees("/bridge/", article("The bridge", f"In {number} years.") + f"<!-- {noise} -->")
    before = path.stat().st_size
    assert variorum("-C", tmp_path, "prune", "--bodies", "1d", "--vacuum").exit_code == 0
    assert path.stat().st_size < before - 100_000
    assert json.loads(variorum("-C", tmp_path, "verify", "--json").stdout)["ok"]
    assert load_workspace(tmp_path).retention == {}
