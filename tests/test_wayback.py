"""The past from a web archive: what it lists is fetched once, with manners, and takes its place in time."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.command import VARIORUM, objects, variorum, workspace
from tests.local_archive import LocalArchive
from tests.local_site import LocalSite, Page, article
from tests.tracked import HOME, SITE, story_at
from variorum.crawler.backfill.absence import Absence, absences
from variorum.crawler.lock import held, run_lock
from variorum.spiders.sources.cdx import Memento, collapsed, is_beneath, list_address, read_list

OLD, NEW = "The bridge was built in 1878, as far as anyone knows.", "The bridge was built in 1887."
DAYS = [f"20{year:02}-05-01T00:00:00Z" for year in range(10, 20)]
PATIENCE = 300
NOT_FOUND = Page("<title>Not found</title><h1>Not found</h1>", status=404)


@pytest.fixture
def archive() -> Iterator[LocalArchive]:
    with LocalArchive() as archive:
        yield archive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path, riverside=f'url = "{HOME}/"\n')


def words(root: Path, archive: LocalSite, *more: object, url: str = f"{HOME}/") -> tuple[object, ...]:
    command = ("-C", root, "import", "wayback", url, "--site", "riverside")
    return (*command, "--endpoint", archive.url, "--delay", 0, *more)


def imported(root: Path, archive: LocalSite, *more: object, url: str = f"{HOME}/") -> dict[str, int]:
    [counts] = objects(*words(root, archive, *more, url=url))
    return counts


def failing(root: Path, archive: LocalSite, *more: object) -> tuple[Result, dict[str, int]]:
    result = variorum(*words(root, archive, *more, "--json"))
    return result, json.loads(result.stdout)


def history(root: Path, path: str = "/bridge/") -> list[tuple[int, str]]:
    found = objects("-C", root, "history", HOME + path)
    return [(one["version"], one["captured_at"]) for one in found]


def bridge(text: str = OLD) -> str:
    return article("The bridge", text)


# ---- what an archive lists


def test_a_list_is_read_with_the_key_to_its_rest() -> None:
    text = (
        "20190501000000 http://www.riverside.example:80/a text/html 200 ABC\n"
        "20190502000000 https://riverside.example/a warc/revisit - ABC\n"
        "20190503000000 http://mailto:me@riverside.example/ text/html 200\nnonsense\n"
        "20191399000000 http://riverside.example/a text/html 200 ABC\n"
    )
    first = Memento("http://www.riverside.example:80/a", "2019-05-01T00:00:00Z", 200, "ABC")
    second = Memento("https://riverside.example/a", "2019-05-02T00:00:00Z", 0, "ABC")
    assert read_list(text) == ([first, second], "")
    assert (
        read_list(f"{text}\nexample%2Criverside%29%2Fa+2019%21\n")[1] == "example%2Criverside%29%2Fa+2019%21"
    )
    assert read_list("") == ([], "")
    with pytest.raises(ValueError, match="no list of captures"):
        read_list("<html>Sorry, we are down\n")


def test_the_list_that_is_asked_for_has_pages_only() -> None:
    address = list_address("https://archive.example/", "https://a.example/b c", DAYS[0], None, "k+1")
    assert address.startswith("https://archive.example/cdx/search/cdx?url=https%3A%2F%2Fa.example%2Fb+c&")
    for part in ("matchType=prefix", "from=20100501000000", "resumeKey=k%2B1", "filter=%21mimetype"):
        assert part in address


@pytest.mark.parametrize(
    ("url", "beneath"),
    [
        ("http://www.riverside.example:80/en/posts", True),
        ("https://riverside.example/en/posts/1204/", True),
        ("https://riverside.example/en/posts?page=2", True),
        ("https://riverside.example/en/posts2", False),
        ("https://riverside.example.evil.example/en/posts/1", False),
        ("http://riverside.example:x/", False),
    ],
)
def test_only_a_page_and_what_lies_below_it_is_meant(url: str, beneath: bool) -> None:
    assert is_beneath(url, "https://www.riverside.example/en/posts") is beneath


def test_of_captures_with_the_same_bytes_the_first_and_the_last_are_kept() -> None:
    run = [Memento("u", at, 200, digest) for at, digest in zip("123456", "AAABBA", strict=True)]
    assert [memento.at for memento in collapsed(run)] == ["1", "3", "4", "5", "6"]


def test_a_page_was_away_where_two_captures_or_more_in_a_row_did_not_find_it() -> None:
    assert list(absences(["1", "4", "7"], ["2", "3", "5", "8", "9"])) == [Absence("1", "2", "3", "4")]


# ---- taken in


def test_captures_become_versions_and_changes_at_their_time(root: Path, archive: LocalArchive) -> None:
    for at, text in zip(DAYS, (OLD, OLD, NEW), strict=False):
        archive.holds(f"{HOME}/bridge/", at, bridge(text))
    archive.holds("http://www.riverside.example:80/mill", DAYS[3], article("The mill", "It turns again."))
    archive.holds(f"{HOME}/photo.jpg", DAYS[3], "an image", kind="image/jpeg")
    assert imported(root, archive) == {"listed": 5, "fetched": 3, "version": 3, "seen": 1, "changes": 1}
    assert history(root) == [(1, DAYS[0]), (2, DAYS[2])]
    assert history(root, "/mill/") == [(1, DAYS[3])]
    [change] = objects("-C", root, "changes")
    assert (change["kind"], change["seen_old"], change["seen_new"]) == ("edited", DAYS[1], DAYS[2])
    with story_at(root / "variorum.db", SITE) as story:
        [kept] = {one.origin for one in story.store.kept_of(story.page("/bridge/").id)}
        assert kept == "wayback"


def test_addresses_with_a_query_and_in_other_letters_are_asked_for_as_the_archive_has_them(
    root: Path, archive: LocalArchive
) -> None:
    urls = [f"{HOME}/?p=12&lang=fa", f"{HOME}/fa/%D9%BE%D9%84/"]
    for number, url in enumerate(urls):
        archive.holds(
            url, DAYS[0], article("پل", f"این پل را در سال {number + 1262} ساختند، پیش از زمستان.", lang="fa")
        )
    assert imported(root, archive)["version"] == 2
    assert sorted(url for url, _ in archive.fetched()) == urls
    assert history(root, "/fa/پل/") == [(1, DAYS[0])]
    [hit] = objects("-C", root, "search", "۱۲۶۲")
    assert "p=12" in hit["url"]


def test_a_second_time_only_the_list_is_asked_for_and_new_captures_of_known_bytes_are_not_fetched(
    root: Path, archive: LocalArchive
) -> None:
    archive.holds(f"{HOME}/bridge/", DAYS[0], bridge())
    archive.holds(f"{HOME}/lost/", DAYS[0], NOT_FOUND)
    imported(root, archive)
    archive.clear()
    assert imported(root, archive) == {"listed": 2, "fetched": 0}
    archive.holds(f"{HOME}/bridge/", DAYS[5], bridge())
    assert imported(root, archive) == {"listed": 3, "fetched": 0, "seen": 1, "changes": 0}
    assert archive.fetched() == []
    with story_at(root / "variorum.db", SITE) as story:
        assert story.page("/bridge/").seen_at == DAYS[5]


def test_the_list_is_read_to_its_end_and_bounds_hold(root: Path, archive: LocalArchive) -> None:
    archive.listed_at_once = 3
    for number, at in enumerate(DAYS):
        archive.holds(f"{HOME}/bridge/", at, bridge(f"Edition {number} of a text about the bridge."))
        archive.holds(f"{HOME}/news/{number}/", at, article("News", f"News of the year {number}, at last."))
    bounded = imported(root, archive, "--from", DAYS[2], "--until", DAYS[4], url=f"{HOME}/bridge/")
    assert (bounded["listed"], bounded["version"]) == (3, 3)
    assert [at for _, at in history(root)] == DAYS[2:5]
    limited = imported(root, archive, "--limit", 5)
    assert (limited["fetched"], limited["left"]) == (5, 12)
    assert imported(root, archive)["fetched"] == 12
    assert [at for _, at in history(root)] == DAYS
    fetched = archive.fetched()
    assert len(fetched) == len(set(fetched)) == 20


def test_a_capture_that_only_repeats_another_has_its_bytes(root: Path, archive: LocalArchive) -> None:
    archive.holds(f"{HOME}/bridge/", DAYS[0], bridge(OLD))
    archive.holds(f"{HOME}/bridge/", DAYS[1], bridge(NEW))
    archive.holds(f"{HOME}/bridge/", DAYS[2], bridge(OLD), kind="warc/revisit", status="-")
    assert imported(root, archive)["fetched"] == 2
    assert history(root) == [(1, DAYS[0]), (2, DAYS[1]), (3, DAYS[2])]


def test_a_page_that_was_not_found_twice_had_gone_and_returned(root: Path, archive: LocalArchive) -> None:
    for path in ("/bridge/", "/mill/"):
        archive.holds(HOME + path, DAYS[0], article(path, OLD))
        archive.holds(HOME + path, DAYS[1], NOT_FOUND)
        archive.holds(HOME + path, DAYS[4], article(path, OLD))
    archive.holds(f"{HOME}/bridge/", DAYS[2], Page("<title>Not found</title>", 404), status="-")
    for _ in range(2):
        counts = imported(root, archive)
    assert counts == {"listed": 7, "fetched": 0}
    found = [(c["kind"], c["url"], c["seen_old"], c["seen_new"]) for c in objects("-C", root, "changes")]
    assert sorted(found) == [
        ("gone", f"{HOME}/bridge/", DAYS[0], DAYS[1]),
        ("returned", f"{HOME}/bridge/", DAYS[2], DAYS[4]),
    ]
    documents = objects_of(variorum("-C", root, "export", "--as-of", "2012-08-01"))
    assert [one["url"] for one in documents] == [f"{HOME}/mill/"]


def objects_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_what_is_no_page_makes_no_version_and_is_not_asked_for_again(
    root: Path, archive: LocalArchive
) -> None:
    archive.holds(f"{HOME}/a/", DAYS[0], Page("{}", headers={"Content-Type": "application/json"}))
    archive.holds(f"{HOME}/d/", DAYS[0], Page("", 302, {"Location": "http://127.0.0.1:1/"}), status="200")
    archive.holds(f"{HOME}/e/", DAYS[0], Page("x" * (11 << 20)))
    counts = imported(root, archive)
    assert counts == {"listed": 3, "fetched": 3, "wrong type": 1, "lost": 1, "too large": 1}
    assert imported(root, archive) == {"listed": 3, "fetched": 0}


def test_a_capture_that_the_archive_has_only_half_of_is_no_version(root: Path, archive: LocalArchive) -> None:
    archive.holds(f"{HOME}/bridge/", DAYS[0], bridge()[:400])
    archive.pages[f"/web/20100501000000id_/{HOME}/bridge/"] = Page(
        bridge()[:400],
        headers={
            "Memento-Datetime": "Sat, 01 May 2010 00:00:00 GMT",
            "X-Archive-Orig-Content-Length": str(len(bridge())),
        },
    )
    assert imported(root, archive) == {"listed": 1, "fetched": 1, "truncated": 1}


def test_rules_hold_on_the_day_of_the_capture(tmp_path: Path, archive: LocalArchive) -> None:
    rule = '[[remove]]\ncss = "p.note"\nuntil = 2012-01-01\n'
    root = workspace(tmp_path, riverside=f'url = "{HOME}/"\n{rule}')
    page = bridge().replace("</div></article>", '<p class="note">A note.</p></div></article>')
    archive.holds(f"{HOME}/bridge/", DAYS[0], page)
    archive.holds(f"{HOME}/bridge/", DAYS[5], page.replace("A note.", "A note, again."))
    imported(root, archive)
    assert "note" not in variorum("-C", root, "text", f"{HOME}/bridge/", "--version", 1).stdout
    assert "A note, again." in variorum("-C", root, "text", f"{HOME}/bridge/", "--version", 2).stdout


# ---- manners


def test_an_archive_is_told_who_asks_and_is_asked_one_thing_at_a_time_and_nowhere_else(
    root: Path, archive: LocalArchive
) -> None:
    for number in range(5):
        archive.holds(f"{HOME}/{number}/", DAYS[0], Page(bridge(f"Text {number} of the bridge."), delay=0.05))
    began = time.monotonic()
    imported(root, archive, "--delay", 0.3)
    assert time.monotonic() - began >= 5 * 0.3
    assert archive.busiest == 1
    assert {request.headers["user-agent"].partition("/")[0] for request in archive.requests} == {"Variorum"}
    assert all("me@example.org" in request.headers["user-agent"] for request in archive.requests)
    for number, request in enumerate(archive.requests):
        assert request.time - began >= number * 0.3  # a busy machine sees some late, and none early


def test_a_foreign_archive_is_asked_once_a_second_at_most(root: Path) -> None:
    command = ("-C", root, "import", "wayback", f"{HOME}/", "--site", "riverside")
    for more in (["--delay", 0.5], ["--delay", 0, "--endpoint", "https://archive.example"]):
        result = variorum(*command, *more)
        assert (result.exit_code, "one request a second at most" in result.stderr) == (2, True)


def test_an_archive_that_asks_for_time_gets_it_and_the_import_goes_on_later(
    root: Path, archive: LocalArchive
) -> None:
    for number in range(3):
        archive.holds(f"{HOME}/{number}/", DAYS[0], bridge(f"Text {number} about the bridge."))
    second = f"/web/20100501000000id_/{HOME}/1/"
    archive.pages[second] = Page("Slow down", status=429, headers={"Retry-After": "7200"})
    result, counts = failing(root, archive)
    assert (result.exit_code, "the archive sent Retry-After: no requests until" in result.stderr) == (1, True)
    assert "Repeat the command to continue" in result.stderr
    assert (counts["fetched"], counts["failed"] + counts["left"], counts["version"]) == (1, 2, 1)
    del archive.pages[second]
    assert imported(root, archive)["version"] == 2


def test_an_answer_of_the_archive_itself_is_no_capture(root: Path, archive: LocalArchive) -> None:
    archive.holds(f"{HOME}/bridge/", DAYS[0], bridge())
    page = f"/web/20100501000000id_/{HOME}/bridge/"
    archive.pages[page] = Page(article("Wayback Machine", "This page is available on the web! Help us."))
    result, counts = failing(root, archive)
    assert (result.exit_code, "and no capture" in result.stderr, counts["failed"]) == (1, True, 1)
    assert "version" not in counts
    del archive.pages[page]
    assert imported(root, archive)["version"] == 1


def test_an_archive_that_has_broken_down_is_left_alone(root: Path, archive: LocalArchive) -> None:
    for number in range(30):
        archive.holds(f"{HOME}/{number}/", DAYS[0], bridge(f"Text {number}."))
    archive.beneath["/web/"] = lambda _: Page("Sorry", status=404)
    result, counts = failing(root, archive)
    assert (result.exit_code, counts["failed"] + counts["left"]) == (1, 30)
    assert len(archive.fetched()) < 20


@pytest.mark.parametrize(
    "answer", [Page("<html>We are down", 200), Page("", 503, {"Retry-After": "9999"}), Page("", 404)]
)
def test_without_its_list_an_archive_is_said_to_have_failed(root: Path, answer: Page) -> None:
    with LocalSite() as site:
        site.beneath["/cdx/"] = lambda _: answer
        result, counts = failing(root, site)
    assert (result.exit_code, counts["fetched"]) == (1, 0)
    assert site.url in result.stderr


def test_what_can_not_be_asked_for_is_refused_in_words(root: Path, archive: LocalArchive) -> None:
    for url in ("https://elsewhere.example/", "riverside", "file:///etc/passwd"):
        result = variorum(*words(root, archive, url=url))
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.stderr
    assert archive.requests == []


BROKEN = """
import sys
from variorum.crawler.backfill.captures import Backfill
add = Backfill.add
def broken(self, fetched):
    if fetched.url.endswith("/1/"):
        raise ZeroDivisionError("as if")
    return add(self, fetched)
Backfill.add = broken
from variorum.crawler.runtime.child import main
main(*sys.argv[1:])
"""


@pytest.mark.usefixtures("started_runs")
def test_what_breaks_over_one_capture_is_told_and_the_others_are_taken_in(
    root: Path, archive: LocalArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        archive.holds(f"{HOME}/{number}/", DAYS[0], bridge(f"Text {number} about the bridge."))
    start = asyncio.create_subprocess_exec

    def broken(python: str, _m: str, _child: str, *words: str, **more: Any) -> Any:
        return start(python, "-c", BROKEN, *words, **more)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", broken)
    result, counts = failing(root, archive)
    assert (result.exit_code, "ZeroDivisionError: as if" in result.stderr) == (1, True)
    assert counts["version"] == 2
    monkeypatch.undo()
    assert imported(root, archive)["version"] == 1


# ---- interrupted


def test_an_import_that_is_killed_goes_on_where_it_was(root: Path, archive: LocalArchive) -> None:
    for number in range(60):
        archive.holds(f"{HOME}/{number}/", DAYS[0], bridge(f"Text number {number} about the bridge."))
    command = [*VARIORUM, *map(str, words(root, archive, "--delay", 0.02))]
    with subprocess.Popen(command, start_new_session=True) as running:
        while len(archive.fetched()) < 45:
            assert running.poll() is None
            time.sleep(0.01)
        running.kill()
    with held(run_lock(root / "variorum.db", SITE.name), "the test", patience=PATIENCE):
        pass  # the child ends by itself, once its parent is dead
    with story_at(root / "variorum.db", SITE) as story:
        assert story.store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = len(story.store.pages(SITE.name))
    assert stored >= 30
    archive.clear()
    assert imported(root, archive)["fetched"] == 60 - stored
    with story_at(root / "variorum.db", SITE) as story:
        assert len(story.store.pages(SITE.name)) == 60
