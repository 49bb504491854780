"""A page through time: versions, spans and checks on a line; since when each passage stands; copies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_site import article
from tests.reviewed import Desk, desk, morning
from tests.tracked import story_at
from variorum.review.plots import TimeAxis

WALK = "The walk along the river is open all year."
RULES = (
    f"{WALK}\nIt rains. It pours.",
    f"{WALK}\nIt rains. Now it pours.\nThe sun is out.",
    f"{WALK}\nThe sun is out.\nIt rains.",
)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A page of three versions that was gone once, a copy of it, and one that was never there."""
    path = tmp_path_factory.mktemp("past") / "v.db"
    with story_at(path) as story:
        for text in RULES:
            story.later(days=20)
            with story.run() as run:
                run.lists("sitemap", "/rules/", "/never/")
                run.sees("/rules/", article("The rules", *text.split("\n")))
                if text is RULES[2]:
                    run.sees("/copy/", article("The rules", *text.split("\n")))
                run.fails("/never/", "timeout")
            for _ in range(2 * (text is RULES[0])):
                story.later(days=5)
                with story.run() as run:
                    run.misses("/rules/")
        with desk(story, path) as found:
            yield found


def words(desk: Desk, address: str, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in desk.tree(address).cssselect(selector)]


def page(desk: Desk, path: str = "/rules/") -> str:
    return f"/page/{desk.story.page(path).id}"


# ---- the line


def test_the_line_has_each_version_with_a_way_to_what_it_changed(read: Desk) -> None:
    links = read.tree(page(read)).cssselect(".time a")
    assert [one.get("href").rpartition("/")[2] for one in links] == ["1..1", "1..2", "2..3"]
    assert [one.get("aria-label").partition(",")[0] for one in links] == [
        "version 1",
        "version 2",
        "version 3",
    ]


def test_the_line_tells_when_the_page_was_gone_and_the_list_says_so_in_words(read: Desk) -> None:
    spans = read.tree(page(read)).cssselect(".time .there, .time .gone")
    assert [one.get("class") for one in spans] == ["there", "gone", "there"]
    assert words(read, page(read), ".past .kind") == ["edited", "returned", "gone", "baseline"]
    assert words(read, page(read), ".plain .kind") == ["there", "gone", "there"]


def test_every_plot_has_a_title_and_a_table_behind_it(read: Desk) -> None:
    tree = read.tree(page(read))
    assert "3 versions, 5 checks" in tree.cssselect(".time > title")[0].text
    assert len(tree.cssselect(".past tbody tr")) >= 4
    assert len(tree.cssselect("#checks ~ details tbody tr")) == 5


def test_checks_that_did_not_show_the_page_stand_out_and_are_counted(read: Desk) -> None:
    assert len(read.tree(page(read)).cssselect(".time .ill")) == 2
    assert words(read, page(read), "#checks + .facts span") == ["3 ok", "2 gone"]


def test_a_page_that_was_never_read_says_so(read: Desk) -> None:
    assert "was never fetched" in read.text(page(read, "/never/"))
    assert read.get(page(read, "/never/") + "/since").status_code == 404
    assert words(read, page(read, "/never/"), ".views a") == ["History", "JSON"]


def test_pages_that_now_say_the_same_are_named(read: Desk) -> None:
    assert words(read, page(read), ".plain a") == ["The rules"]
    (copy,) = read.get(f"{page(read)}.json").json()["copies"]
    assert copy["page"] == read.story.page("/copy/").id


def test_what_is_our_reading_is_told_apart_from_what_the_site_did(tmp_path: Path) -> None:
    with morning(tmp_path) as found:
        bridge = found.story.page("/bridge/")
        with found.story.store.writing():
            found.story.store._run("DELETE FROM changes WHERE page = ?", [bridge.id])
        found.story.store.add_drift(
            {"page": bridge.id, "at": "2026-03-01T12:00:00Z", "version": 2, "hunks": "[]"}
        )
        assert words(found, f"/page/{bridge.id}", ".past .kind") == ["drift", "baseline"]
        assert "only our extraction of it did" in found.text(f"/page/{bridge.id}")
        assert "(our extraction)" in found.text(f"/page/{bridge.id}/since")
        assert found.tree(f"/page/{bridge.id}/since").cssselect(".former") == []


def test_moments_stand_on_the_line_in_proportion() -> None:
    line = TimeAxis.through(["2026-01-01T00:00:00Z", "2026-01-11T00:00:00Z", "no time at all"])
    assert line.first.year == 1970
    line = TimeAxis.through(["2026-01-01T00:00:00Z", "2026-01-11T00:00:00Z"])
    assert [line.at(f"2026-01-{day}T00:00:00Z") for day in ("01", "06", "11", "21")] == [0, 50, 100, 100]
    assert TimeAxis.through([]).at("2026-01-01T00:00:00Z") == 100


# ---- since when


def test_each_passage_has_the_date_since_which_it_stands(read: Desk) -> None:
    tree = read.tree(f"{page(read)}/since")
    passages = [one.text_content().strip() for one in tree.cssselect(".since .age")]
    since = [one.get("href").rpartition("..")[2] for one in tree.cssselect(".since .mark")]
    assert list(zip(passages, since, strict=True)) == [
        (WALK, "1"),
        ("The sun is out.", "2"),
        ("It rains.", "1"),
    ]


def test_what_stood_there_once_is_told_with_the_version_that_has_it_no_more(read: Desk) -> None:
    former = words(read, f"{page(read)}/since", ".former li")
    assert [one.partition(" there since")[0] for one in former] == ["Now it pours.", "It pours."]
    assert "not in version 3" in former[0]
    assert "not in version 2" in former[1]


def test_words_that_were_removed_are_found_from_there(read: Desk) -> None:
    (form,) = read.tree(f"{page(read)}/since").cssselect("form.filters")
    hidden = {one.get("name"): one.get("value") for one in form.cssselect("input[type=hidden]")}
    assert hidden == {"page": page(read).rpartition("/")[2], "fate": "removed"}
    found = read.get(f"/search.json?words=pours&page={hidden['page']}&fate=removed").json()
    assert [one["title"] for one in found["hits"]] == ["The rules"]
