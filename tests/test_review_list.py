"""The morning list: what it shows and in which order, what filters do, and that it asks along indexes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from starlette.applications import Starlette

from tests.reviewed import Desk, desk, morning
from tests.tracked import story_at
from variorum.crawler.config.workspace import load_workspace
from variorum.review.app import add_workspace
from variorum.storage.queries import change_list
from variorum.storage.queries.change_list import Filters, Item
from variorum.storage.reader import Reader
from variorum.storage.store import Store
from variorum.storage.text_index.similar_edits import similar_edit


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        yield desk


# ---- what it shows


def test_the_list_has_what_changed_the_weightiest_first(read: Desk) -> None:
    weights = [float(one.text) for one in read.tree("/").cssselect(".entry .number")]
    assert len(weights) == 7
    assert weights == sorted(weights, reverse=True)
    kinds = [one.text for one in read.tree("/").cssselect(".entry .kind")]
    assert (kinds[0], kinds.count("new"), kinds.count("edited")) == ("gone", 1, 5)


def test_each_entry_tells_kind_title_site_interval_and_why(read: Desk) -> None:
    (entry,) = [one for one in read.tree("/").cssselect(".entry") if "The bridge" in one.text_content()]
    words = " ".join(entry.text_content().split())
    assert "a number replaced in the first paragraph" in words
    assert "between 1 Mar 2026, 09:01 and 12:10" in words
    assert "https://riverside.example/bridge/" in words
    assert read.tree("/").cssselect("h3")[0].text_content() == "riverside"
    assert read.tree("/").cssselect("h2 time")[0].text == "Sunday, 1 March 2026"


def test_one_edit_of_many_pages_is_one_entry_that_names_them(read: Desk) -> None:
    titles = read.titles()
    assert [title for title in titles if title.startswith("Mill")] == ["Mill 2"]
    (fellows,) = read.tree("/").cssselect(".entry .fellows")
    assert "The same edit on 2 other pages" in fellows.text_content()
    assert [one.text_content() for one in fellows.cssselect("a")] == ["Mill 1", "Mill 0"]


def test_what_only_typography_or_an_import_tells_is_on_shelves_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        for number, flags in enumerate([{}, {"typographic": 1}, {"backfilled": 1}]):
            story.store.add_change(values(f"Change {number}") | flags)
        assert found.titles() == ["Change 0"]
        assert found.titles("/?shelf=quiet") == ["Change 1"]
        assert found.titles("/?shelf=history") == ["Change 2"]


def test_issues_stand_above_the_list(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        story.store.raise_issue("riverside", "blocked", "a <b>challenge</b> page", "2026-03-01T06:00:00Z")
        (issues,) = found.tree("/").cssselect(".issues")
        assert "1 open issue" in issues.text_content()
        assert "a <b>challenge</b> page" in issues.text_content()


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        assert "Nothing to review" in found.text("/")
        assert "No change matches the filters" in found.text("/?kind=gone")


# ---- filters


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("site=riverside", 7),
        ("site=elsewhere", 0),
        ("kind=gone", 1),
        ("language=fa", 1),
        ("weight=0.5", 3),
        ("since=2026-03-01T10:00", 7),
        ("since=2026-04-01", 0),
        ("since=3650d", 7),
        ("reviewed=important", 0),
        ("reviewed=all", 7),
        ("words=marsden", 1),
        ("words=umbrella&kind=gone", 1),
        ("words=quagga", 0),
        ("words=%22", 0),
    ],
)
def test_filters_choose(read: Desk, query: str, count: int) -> None:
    assert len(read.titles(f"/?{query}")) == count
    answer = read.get(f"/changes.json?{query}").json()
    assert len(answer["changes"]) == count


@pytest.mark.parametrize(
    "query",
    [
        "kind=strange",
        "weight=2",
        "weight=nan",
        "since=yesterday",
        "reviewed=x",
        "shelf=x",
        f"words={'x' * 400}",
    ],
)
def test_a_filter_that_is_none_is_refused_in_words(read: Desk, query: str) -> None:
    answer = read.get(f"/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text
    assert read.get(f"/changes.json?{query}").json()["error"].startswith(query.partition("=")[0])


def test_every_link_of_the_list_keeps_the_filters(read: Desk) -> None:
    tree = read.tree("/?words=mill&weight=0.1")
    links = [one.get("href") for one in tree.cssselect(".entry a")]
    assert links
    assert all(link.endswith("?weight=0.1&words=mill") for link in links)
    assert {one.value for one in tree.cssselect(".say input[name=kept]")} == {"?weight=0.1&words=mill"}


def test_the_count_is_of_what_the_filters_choose(read: Desk) -> None:
    assert "0 of 9 reviewed" in " ".join(read.text("/").split())
    assert "0 of 1 reviewed" in " ".join(read.text("/?kind=gone").split())


# ---- page by page


def values(title: str, **more: Any) -> dict[str, Any]:
    """The columns of a change."""
    return {
        "site": "riverside", "kind": "edited", "url": "https://riverside.example/", "title": title,
        "seen_new": "2026-03-01T06:00:00Z", "found_at": "2026-03-01T06:00:00Z", "significance": 0.5,
    } | more  # fmt: skip


def many(store: Store, count: int = 240) -> None:
    """Changes of several days, sites, weights and twins, in no order."""
    for name in ("a", "b", "c"):
        store.enrol(name, "https://a.example/")
    with store.writing():
        for n in range(count):
            day = f"2026-03-{n * 7 % 5 + 1:02d}T{n * 5 % 24:02d}:30:00Z"
            twin = "twin" if n % 11 == 0 else None
            store.add_change(
                values(
                    f"{n}", site="abc"[n % 3], found_at=day, significance=n * 31 % 7 / 7, similar_edit=twin
                )
            )


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tehran", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_pages_of_the_list_have_each_change_once_forwards_and_back(tmp_path: Path, zone: str) -> None:
    path, of = tmp_path / "v.db", ZoneInfo(zone)
    with closing(Store.open(path)) as store:
        many(store)
    with closing(Reader.open(path)) as reader:
        whole = change_list.items(reader, Filters(), limit=1000, zone=of)
        assert [one.id for one in forwards(reader, 7, of)] == [one.id for one in whole]
        assert [one.id for one in backwards(reader, 7, whole[-1], of)] == [one.id for one in whole[:-1]]
        assert all(place(a, of) < place(b, of) for a, b in pairwise(whole))
        fellows = [
            other.id for one in whole for other in change_list.fellows(reader, Filters(), one, zone=of)
        ]
        assert sorted([*fellows, *(one.id for one in whole)]) == list(range(1, 241))


def place(one: Item, zone: ZoneInfo) -> tuple[object, ...]:
    day = datetime.fromisoformat(one.found_at).astimezone(zone).date()
    return (-day.toordinal(), one.site, -one.significance, -one.id)


def forwards(reader: Reader, at_once: int, zone: ZoneInfo) -> Iterator[Item]:
    after = None
    while found := change_list.items(reader, Filters(), after=after, limit=at_once, zone=zone):
        yield from found
        after = found[-1]


def backwards(reader: Reader, at_once: int, before: Item, zone: ZoneInfo) -> list[Item]:
    found: list[Item] = []
    first = before
    while more := change_list.items(reader, Filters(), before=first, limit=at_once, zone=zone):
        found, first = more + found, more[0]
    return found


def test_a_change_is_listed_under_the_day_that_it_is_for_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        with story.store.writing():
            for hour, weight in (("19:00", 0.9), ("21:00", 0.1), ("23:30", 0.2)):
                at = f"2026-03-01T{hour}:00Z"
                story.store.add_change(values(hour, found_at=at, seen_new=at, significance=weight))
        assert by_day(found, "UTC") == {"2026-03-01": ["19:00", "23:30", "21:00"]}
        assert by_day(found, "Asia/Tehran") == {"2026-03-02": ["23:30", "21:00"], "2026-03-01": ["19:00"]}
        assert by_day(found, "Asia/Karachi") == {"2026-03-02": ["19:00", "23:30", "21:00"]}
        second = found.tree("/change/3?zone=Asia/Tehran").cssselect("a[rel=next]")[0].get("href")
        assert second.startswith("/change/2")


def by_day(found: Desk, zone: str) -> dict[str, list[str]]:
    """The titles under each heading."""
    return {
        day.cssselect("h2 time")[0].get("datetime"): [one.text_content() for one in day.cssselect(".title")]
        for day in found.tree(f"/?zone={zone}").cssselect(".day")
    }


def test_the_same_edit_of_several_pages_is_one_entry_on_each_day_of_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        with story.store.writing():
            for hour in ("18:00", "19:00", "21:00", "23:30"):
                at = f"2026-03-01T{hour}:00Z"
                story.store.add_change(values(hour, found_at=at, seen_new=at, similar_edit="footer"))
        assert by_day(found, "UTC") == {"2026-03-01": ["23:30"]}
        assert by_day(found, "Asia/Tehran") == {"2026-03-02": ["23:30"], "2026-03-01": ["19:00"]}
        for change, zone, others in ((4, "UTC", 3), (4, "Asia/Tehran", 1), (2, "Asia/Tehran", 1)):
            (told,) = found.tree(f"/change/{change}?zone={zone}").cssselect(".fellows summary")
            assert told.text_content().startswith(f"The same edit on {others} other page")


def test_the_list_leads_on_and_back(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        many(story.store)
        first = found.tree("/?site=a")
        (onwards,) = first.cssselect("a[rel=next]")
        second = found.titles(onwards.get("href"))
        assert "site=a" in onwards.get("href")
        assert len(second) > 10
        assert not set(second) & set(found.titles("/?site=a"))
        (back,) = found.tree(onwards.get("href")).cssselect("a[rel=prev]")
        assert found.titles(back.get("href")) == found.titles("/?site=a")


# ---- the same edit


def test_the_same_edit_has_the_same_digest_whatever_stands_around_it() -> None:
    footer = '[{{"op":"replace","words":[["=","{}"],["-"," 40"],["+"," 41"]],"old":[],"new":[]}}]'
    first = similar_edit("edited", None, "A", footer.format("Of mill 1"))
    assert first == similar_edit("edited", None, "B", footer.format("Quite another text"))
    assert first != similar_edit("edited", None, "A", footer.format("x").replace("41", "42"))
    assert first != similar_edit("edited", "Old", "A", footer.format("Of mill 1"))
    assert similar_edit("gone", None, "A", "[]") is None


# ---- tags


def test_the_list_is_filtered_by_a_tag_of_sites(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        assert desk.tree("/").cssselect("select[name=tag]") == []
        sites = tmp_path / "workspace" / "sites"
        sites.mkdir(parents=True)
        (sites.parent / "variorum.toml").write_text("")
        (sites / "riverside.toml").write_text('url = "https://riverside.example/"\ntags = ["press"]\n')
        (sites / "other.toml").write_text('url = "https://other.example/"\ntags = ["shops"]\n')
        add_workspace(cast(Starlette, desk.client.app), load_workspace(sites.parent))
        options = desk.tree("/").cssselect("select[name=tag] option")
        assert [one.text for one in options] == ["all", "press", "shops"]
        assert desk.titles("/?tag=press") == desk.titles("/")
        assert desk.titles("/?tag=shops") == desk.titles("/?tag=unknown") == []
        (sites / "riverside.toml").write_text('url = "https://riverside.example/"\n')
        assert desk.titles("/?tag=press") == []
        mill = desk.change("/mill/2/")
        (sites / "riverside.toml").write_text('url = "https://riverside.example/"\ntags = ["press", "x"]\n')
        desk.say(mill, "noise", all=1, upto=mill, kept="?tag=press")
        assert len(desk.verdicts()) == 3


# ---- saved filters


def test_filters_are_saved_under_a_name_for_all_and_deleted_again(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        form = {"token": desk.token(), "name": " My  gone\u202e ", "kept": "?kind=gone"}
        assert desk.post("/filters", form).headers["location"] == "/?kind=gone"
        (link,) = desk.tree("/").cssselect(".saved a")
        assert (link.text_content(), link.get("href")) == ("My gone\\u202e", "/?kind=gone")
        assert len(desk.titles(link.get("href"))) == 1
        desk.post("/filters", form | {"kept": "?kind=new"})
        assert [one.get("href") for one in desk.tree("/").cssselect(".saved a")] == ["/?kind=new"]
        (field,) = desk.tree("/?kind=new").cssselect(".saved input[name=name]")
        assert desk.post("/filters/delete", form | {"name": field.get("value")}).status_code == 303
        assert desk.tree("/").cssselect(".saved a") == []


@pytest.mark.parametrize("wrong", [{"name": " "}, {"kept": ""}, {"kept": "?kind=odd"}, {"token": "x"}])
def test_filters_without_a_name_or_without_any_filter_are_not_saved(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    with morning(tmp_path) as desk:
        form = {"token": desk.token(), "name": "Mine", "kept": "?kind=gone", **wrong}
        assert desk.post("/filters", form).status_code in (400, 403)
        assert desk.tree("/").cssselect(".saved a") == []
