"""Text dumps of whole pages become articles, and these the earliest versions of their pages.

The users' own dumps are looked for beside the test WordPress (tests/wordpress.py), as is what they hold;
where they are not, only the dumps written here are read.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import CSI, objects, variorum, workspace
from tests.dumped import ARCHIVE, BRIDGE, LONG, MARKET, MENU, RIVER, single
from tests.local_site import article
from tests.tracked import HOME, SITE, Story, story_at
from tests.wordpress import FOLDER
from variorum.crawler.backfill.dumps.article import Article
from variorum.crawler.backfill.dumps.boilerplate_lines import (
    furniture,
    is_footer,
    is_label,
    is_share_row,
    is_signpost,
)
from variorum.crawler.backfill.dumps.lines import cleaned
from variorum.crawler.backfill.dumps.split import split_all
from variorum.crawler.backfill.text_dumps import DumpFile, Report, import_dumps
from variorum.storage.export import cursor, documents

DUMPS = FOLDER.parent / "dumps"
POSTS = FOLDER / "posts.jsonl"
OURS = pytest.mark.skipif(not (DUMPS.exists() and POSTS.exists()), reason=f"there are no dumps in {DUMPS}")
SITES = {
    "nejatngo": "nejatngo.org",
    "iran-interlink": "iran-interlink.org",
    "nototerrorism": "nototerrorism-cults.com",
}

AT = "2020-04-30T00:00:00Z"


# ---- the users' dumps


def of_site(name: str) -> list[Path]:
    return sorted(DUMPS.glob(f"{name}*.txt"))


def posts(site: str) -> list[dict[str, Any]]:
    every = map(json.loads, POSTS.read_text("utf-8").splitlines())
    return [post for post in every if post["site"] == site]


def found(one: Article) -> tuple[str, list[str], str | None]:
    return one.title, list(one.paragraphs), one.published.isoformat() if one.published else None


def wanted(post: dict[str, Any]) -> tuple[str, list[str], str | None]:
    return post["title"], post["paragraphs"], post["date"][:10] if post.get("date_known", True) else None


@OURS
@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("together", [True, False])
def test_each_article_of_the_dumps_is_found_and_its_paragraphs_are_exact(name: str, together: bool) -> None:
    texts = [path.read_text("utf-8") for path in of_site(name)]
    splits = split_all(texts) if together else [split_all([text])[0] for text in texts]
    assert sorted(found(one) for split in splits for one in split.articles) == sorted(
        map(wanted, posts(SITES[name]))
    )


@OURS
def test_the_categories_and_authors_of_the_dumps_are_those_of_their_posts() -> None:
    for name, key in (("nejatngo", "category"), ("nototerrorism", "author")):
        splits = split_all([path.read_text("utf-8") for path in of_site(name)])
        found = {one.title: getattr(one, key) for split in splits for one in split.articles}
        assert found == {post["title"]: post.get(key) for post in posts(SITES[name])}


@OURS
@pytest.mark.parametrize("name", SITES)
def test_no_line_of_furniture_is_in_any_text_of_the_dumps(name: str) -> None:
    texts = [path.read_text("utf-8") for path in of_site(name)]
    for text, split in zip(texts, split_all(texts), strict=True):
        lines = cleaned(text)
        around = {lines[at] for at in furniture(lines)} | {
            "NTCM’s Recent Activities",
            "Who Are NTCM",
            "Articles",
        }
        found = [line for one in split.articles for line in one.text.split("\n")]
        assert found
        assert around.isdisjoint(found)
        assert not [line for line in found if is_share_row(line) or is_footer(line) or is_label(line)]
        assert not [line for line in found if is_signpost(line) or line.endswith(" comments")]


@OURS
def test_the_two_dumps_of_a_home_page_are_two_versions_of_it_and_show_which_headlines_came(
    tmp_path: Path,
) -> None:
    root = workspace(tmp_path, ntc='url = "https://www.nototerrorism-cults.com/"\n')
    times = ("--captured-at", "2020-01-10", "--captured-at", "2021-03-01")
    reports = objects("-C", root, "import", "dumps", *of_site("nototerrorism"), "--site", "ntc", *times)
    assert [(one["articles"], one["excerpts"], one["headlines"]) for one in reports] == [
        (1, 5, 100),
        (1, 0, 100),
    ]
    history = objects("-C", root, "history", "dump:ntc/")
    assert [(one["version"], one["captured_at"][:10]) for one in history] == [(1, times[1]), (2, times[3])]
    [change] = objects("-C", root, "changes")
    [shown] = objects("-C", root, "show", change["id"])
    added, removed = ([line for hunk in shown["hunks"] for line in hunk[side]] for side in ("new", "old"))
    assert added[0] == "Synergy Between Cults and Terror Groups: A Systematic Review of Recruitment"
    assert added[-1] == "Iranian MEK cult in Albania poses public health risk"
    assert (len(added), len(removed)) == (11, 11)


@OURS
def test_the_dumps_become_pages_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    root = workspace(tmp_path, nejatngo='url = "https://www.nejatngo.org/"\n')
    command = ("-C", root, "import", "dumps", *of_site("nejatngo"), "--site", "nejatngo")
    assert [(one["version"], one["unsplit"]) for one in objects(*command)] == [(10, []), (10, [])]
    before = content(root)
    assert [one["known"] for one in objects(*command)] == [10, 10]
    assert content(root) == before
    exported = {one["title"]: one for one in objects_of_export(root)}
    for post in posts("nejatngo.org"):
        assert exported[post["title"]]["text"].split("\n") == lines_of(post)
        assert exported[post["title"]]["published"] == post["date"][:10]


def lines_of(post: dict[str, Any]) -> list[str]:
    return [" ".join(line.split()) for one in post["paragraphs"] for line in one.split("\n")]


def objects_of_export(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in variorum("-C", root, "export").stdout.splitlines()]


def content(root: Path) -> list[str]:
    """Every row of the database."""
    with_rows = Story(root / "variorum.db")
    rows = [line for line in with_rows.store.db.conn.iterdump() if "versions_fts" not in line]
    with_rows.close()
    return rows


# ---- into the store


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as story:
        yield story


def imported(story: Story, *dumps: str, at: str = AT, name: str = "dump") -> list[Report]:
    files = [DumpFile(f"{name}-{number}.txt", text, at) for number, text in enumerate(dumps)]
    return list(import_dumps(story.store, SITE, files))


def page_of(story: Story, title: str) -> dict[str, Any]:
    [one] = [one for one in documents(story.reader) if one["title"] == title and not one.get("gone")]
    return one


def crawled(
    story: Story, *found: str, title: str = "The bridge is open", path: str = "/bridge/", **more: str
) -> None:
    with story.run() as run:
        run.sees(path, article(title, *found, **more))


def test_a_text_of_a_known_page_becomes_its_first_version(story: Story) -> None:
    crawled(story, "March 3, 2020", BRIDGE, RIVER)
    [report] = imported(story, single("The bridge is open", BRIDGE.replace("1887", "1878"), RIVER))
    assert report.counts["matched"] == 1
    assert story.texts("/bridge/") == [
        f"March 3, 2020\n{BRIDGE.replace('1887', '1878')}\n{RIVER}",
        f"March 3, 2020\n{BRIDGE}\n{RIVER}",
    ]
    [change] = story.changes()
    assert (change.kind, change.backfilled, change.seen_old, change.words_added) == ("edited", 1, AT, 1)
    [first, _] = story.versions("/bridge/")
    assert (first.captured_at, first.extractor) == (AT, "text of dump:dump-0.txt")
    assert story.store.capture(first.capture).origin == "dump:dump-0.txt"


def test_what_a_dump_shows_beside_an_article_makes_no_change(story: Story) -> None:
    page = article("The bridge is open", "March 3, 2020", BRIDGE, RIVER)
    shown = '<img src="a.jpg" alt="The bridge at night">'
    with story.run() as run:
        run.sees("/bridge/", page.replace("<p>", f"{shown}<p>", 1))
    imported(story, single("The bridge is open", "The bridge at night", BRIDGE.replace("'", "’"), RIVER))
    [version] = story.versions("/bridge/")
    assert version.captured_at == AT
    assert story.changes() == []
    kept = story.store.capture(version.capture)
    assert kept.body is not None, "the bytes that it was read from can still be read anew"


def test_a_page_is_found_by_its_text_also_under_another_title(story: Story) -> None:
    crawled(story, "March 3, 2020", BRIDGE, LONG, title="At last the bridge is open")
    imported(story, single("The bridge is open", BRIDGE, LONG))
    assert [version.title for version in story.versions("/bridge/")] == [
        "The bridge is open",
        "At last the bridge is open",
    ]
    assert [change.kind for change in story.changes()] == ["retitled"]


def test_another_text_under_the_same_title_is_another_page(story: Story) -> None:
    crawled(story, LONG, title="A word from the editor")
    [report] = imported(story, single("A word from the editor", MARKET, BRIDGE, RIVER))
    assert report.counts["unplaced"] == 1
    assert len(story.versions("/bridge/")) == 1


def test_a_dump_that_has_its_address_needs_no_likeness(story: Story) -> None:
    crawled(story, LONG)
    [report] = imported(
        story,
        f"{HOME}/bridge/\n\n{single('The old bridge', BRIDGE)}",
        f"{HOME}/new/\n\n{single('Water at the mill', RIVER)}",
    )[:1]
    assert report.counts["matched"] == 1
    assert [version.title for version in story.versions("/bridge/")] == [
        "The old bridge",
        "The bridge is open",
    ]
    assert story.page("/new/").state == "frontier"


def test_an_article_without_a_page_is_kept_and_never_asked_for(story: Story) -> None:
    imported(story, single("The bridge is open", BRIDGE, RIVER))
    one = page_of(story, "The bridge is open")
    assert one["url"] == "dump:riverside/2020-03-03/the-bridge-is-open"
    assert one["text"] == f"March 3, 2020\n{BRIDGE}\n{RIVER}"
    with story.run() as run:
        assert run.frontier.next_requests() == []
    story.later(days=400)
    with story.run() as run:
        assert run.frontier.next_requests() == []
    assert story.changes() == []
    assert story.reader.status("riverside")["gone"] == 0


def test_a_page_that_is_crawled_later_takes_its_past_over(story: Story) -> None:
    imported(story, single("The bridge is open", BRIDGE.replace("1887", "1878"), LONG))
    imported(story, single("The bridge is open", BRIDGE, LONG), at="2021-01-01T00:00:00Z", name="later")
    assert len(story.changes()) == 1
    crawled(story, "March 3, 2020", BRIDGE, LONG)
    exported = str(cursor(story.reader))
    again = imported(
        story, single("The bridge is open", BRIDGE, LONG), at="2021-01-01T00:00:00Z", name="later"
    )
    assert again[0].counts["absorbed"] == 1
    assert [(v.number, v.captured_at) for v in story.versions("/bridge/")] == [
        (1, AT),
        (2, "2021-01-01T00:00:00Z"),
    ]
    [change] = story.changes()
    assert (change.url, change.backfilled) == (f"{HOME}/bridge/", 1)
    [lost] = [one for one in documents(story.reader, since=exported) if one.get("gone")]
    assert lost["url"].startswith("dump:")
    assert [one["url"] for one in documents(story.reader)] == [f"{HOME}/bridge/"]
    with story.run() as run:
        assert [page_request.url for page_request in run.frontier.next_requests()] == [f"{HOME}/bridge/"]


def test_an_excerpt_gives_way_to_the_text(story: Story) -> None:
    teaser = "  • {0}\n    {1} … Continue reading\n    mary - March {2}, 2020\n"
    teasers = teaser.format("The bridge is open", BRIDGE, 3) + teaser.format("Water at the mill", RIVER, 2)
    [report] = imported(story, teasers)
    assert report.counts["excerpts"] == 2
    assert page_of(story, "The bridge is open")["text"] == f"{BRIDGE} … Continue reading"
    imported(story, single("The bridge is open", BRIDGE, LONG), at="2021-01-01T00:00:00Z", name="later")
    one = page_of(story, "The bridge is open")
    assert (one["text"], one["version"]) == (f"March 3, 2020\n{BRIDGE}\n{LONG}", 1)
    [again] = imported(story, teasers)
    assert again.counts["known"] == 2
    assert story.changes() == []


def test_the_same_dumps_again_change_nothing(story: Story) -> None:
    dumps = [MENU + ARCHIVE, single("A word from the editor", LONG)]
    imported(story, *dumps)
    before = list(story.store.db.conn.iterdump())
    reports = imported(story, *dumps)
    assert [report.counts["known"] for report in reports] == [3, 1]
    assert list(story.store.db.conn.iterdump()) == before


# ---- the command


def made(root: Path, **dumps: str) -> list[Path]:
    paths = [root / f"{name}.txt" for name in dumps]
    for path, text in zip(paths, dumps.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path, riverside=f'url = "{HOME}/"\n')


def test_the_command_tells_its_counts_and_what_it_could_not_split(root: Path) -> None:
    paths = made(root, **{"archive-2020-03": MENU + ARCHIVE, "odd-2020-03": f"Who we are\n\n{LONG}\n"})
    result = variorum("-C", root, "import", "dumps", *paths, "--site", "riverside")
    assert result.stdout.splitlines()[0] == "archive-2020-03.txt: 3 articles, 3 unplaced, 3 version"
    assert "  not split: odd-2020-03.txt:1-3: no title" in result.stdout
    one, other = objects("-C", root, "import", "dumps", *paths, "--site", "riverside")
    assert (one["captured_at"], one["articles"], one["known"], one["unsplit"]) == (
        "2020-03-31T00:00:00Z",
        3,
        3,
        [],
    )
    assert [(left["file"], left["lines"]) for left in other["unsplit"]] == [("odd-2020-03.txt", [1, 3])]
    [history] = objects("-C", root, "history", "dump:riverside/2020-03-03/the-bridge-is-open")
    assert history["captured_at"] == "2020-03-31T00:00:00Z"


def test_the_time_of_a_dump_must_be_known(root: Path) -> None:
    paths = made(root, earlier=ARCHIVE, later=ARCHIVE, **{"now-2099-01": ARCHIVE})
    command = ("-C", root, "import", "dumps")
    unreported = variorum(*command, paths[0], "--site", "riverside")
    assert unreported.exit_code == 2
    assert "earlier.txt" in unreported.stderr and "--captured-at" in unreported.stderr
    ahead = variorum(*command, paths[2], "--site", "riverside")
    assert (ahead.exit_code, "is in the future" in ahead.stderr) == (2, True)
    times = ("--captured-at", "2020-03-05", "--captured-at", "2021-03-05T10:00Z")
    found = objects(*command, *paths[:2], "--site", "riverside", *times)
    assert [one["captured_at"] for one in found] == ["2020-03-05T00:00:00Z", "2021-03-05T10:00:00Z"]
    assert variorum(*command, *paths, "--site", "riverside", *times).exit_code == 2


def test_a_dump_that_names_a_later_day_than_its_own_is_pointed_out(root: Path) -> None:
    [path] = made(root, **{"old-2019-05": ARCHIVE})
    result = variorum("-C", root, "import", "dumps", path, "--site", "riverside")
    assert "it has the date 2020-03-03, but counts as made on 2019-05-31" in result.stderr


def test_what_is_no_text_is_refused_in_words(root: Path) -> None:
    path = root / "picture-2020-03.txt"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    result = variorum("-C", root, "import", "dumps", path, "--site", "riverside")
    assert (result.exit_code, "is not UTF-8 text" in result.stderr) == (2, True)


def test_a_hostile_dump_commands_no_terminal(root: Path) -> None:
    paths = made(root, **{"evil-2020-03": single(f"A title{CSI}31m of ill will", f"{CSI}2J{BRIDGE}", LONG)})
    first = variorum("-C", root, "import", "dumps", *paths, "--site", "riverside")
    again = variorum("-C", root, "export")
    assert CSI not in first.output + again.output
    assert "A title31m of ill will" in again.stdout


KILLED = """
import os, signal, sys
from variorum.crawler.backfill.insertion import Insertion
run, calls = Insertion.run, []
def killed(self, *words):
    calls.append(1)
    if len(calls) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return run(self, *words)
Insertion.run = killed
from variorum.crawler.cli.__main__ import main
main(sys.argv[1:])
"""


def test_a_kill_leaves_each_dump_whole_or_not_there(root: Path) -> None:
    second = (
        ARCHIVE.replace(" is open", " was opened").replace("the mill", "a mill").replace("Monday", "Sunday")
    )
    second = (
        second.replace("town", "city")
        .replace("river", "stream")
        .replace("market", "fair")
        .replace("begins", "starts")
    )
    paths = made(root, **{"one-2020-03": ARCHIVE, "two-2020-04": second})
    command = ["-C", root, "import", "dumps", *paths, "--site", "riverside"]
    killed = subprocess.run([sys.executable, "-c", KILLED, *map(str, command)], check=False)
    assert killed.returncode == -9
    assert len(objects_of_export(root)) == 3
    with story_at(root / "variorum.db", SITE) as story:
        assert story.store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [one["known"] for one in objects(*command)] == [3, 0]
    assert len(objects_of_export(root)) == 6
