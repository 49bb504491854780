"""One change, any two versions, a capture: their views and JSON twins, and the unseen made visible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import PERSIAN
from tests.local_site import article
from tests.reviewed import LONG_LINE, Desk, desk, morning
from tests.tracked import story_at
from variorum.crawler.output.objects import change_object, change_with_hunks
from variorum.storage.reader import Reader


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        yield desk


def shown(desk: Desk, address: str, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in desk.tree(address).cssselect(selector)]


# ---- views


def test_side_by_side_the_old_stands_left_and_the_new_right(read: Desk) -> None:
    address = f"/change/{read.change('/bridge/')}"
    assert shown(read, address, ".edited .old") == ["It was built in 1887."]
    assert shown(read, address, ".edited .new") == ["It was built in 1878."]
    assert shown(read, address, ".old del") == ["1887"]
    assert shown(read, address, ".new ins") == ["1878"]
    (heads,) = shown(read, address, ".heads")
    assert heads.startswith("Before: version 1")


def test_inline_both_stand_in_one_line_and_changes_alone_without_the_rest(read: Desk) -> None:
    number = read.change("/bridge/")
    assert shown(read, f"/change/{number}?view=inline", ".edited") == ["It was built in 1887 1878."]
    assert "Nobody knows by whom." in read.text(f"/change/{number}?view=inline")
    assert "Nobody knows by whom." not in read.text(f"/change/{number}?view=changes")


def test_the_source_is_shown_as_text_line_by_line(read: Desk) -> None:
    address = f"/change/{read.change('/hostile/')}?view=source"
    assert any("&lt;b&gt;are&lt;/b&gt;" in line for line in shown(read, address, ".source .new"))
    assert read.tree(address).cssselect(".source script, .source b, .source img") == []


def test_a_new_page_shows_its_text_and_a_gone_one_what_it_said(read: Desk) -> None:
    assert "The library opens its doors" in read.text(f"/change/{read.change('/opening/')}")
    gone = f"/change/{read.change('/lost/')}"
    assert "An umbrella was found" in read.text(gone)
    assert "Its text when last seen" in read.text(gone)


def test_a_persian_text_runs_by_its_own_direction_and_a_lost_joiner_is_labelled(read: Desk) -> None:
    tree = read.tree(f"/change/{read.change('/fa/house/')}")
    assert {one.get("dir") for one in tree.cssselect(".diff .text, h1 bdi")} == {"auto"}
    assert tree.cssselect(".diff")[0].get("lang") == "fa"
    assert [one.text for one in tree.cssselect(".label")] == ["ZWNJ removed"]


def test_a_line_of_two_hundred_thousand_characters_is_folded_into_a_page_of_bearable_size(read: Desk) -> None:
    for view in ("side", "inline", "changes", "source"):
        text = read.text(f"/change/{read.change('/long/')}?view={view}")
        assert len(text) < 2 * len(LONG_LINE)
        assert "spring" in text
    assert "characters are not shown" in read.text(f"/change/{read.change('/long/')}")


def test_a_change_leads_to_its_neighbours_under_the_same_filters(read: Desk) -> None:
    gone, opening = read.change("/lost/"), read.change("/opening/")
    tree = read.tree(f"/change/{opening}?weight=0.5&view=inline")
    assert [one.get("href") for one in tree.cssselect("a[rel=prev]")] == [
        f"/change/{read.change('/hostile/')}?weight=0.5&view=inline"
    ]
    assert tree.cssselect("a[rel=next]") == []
    assert read.tree(f"/change/{gone}").cssselect("a[rel=prev]") == []


def test_what_is_not_there_is_a_page_too(read: Desk) -> None:
    for address in (
        "/change/999",
        "/change/9999999999999999999",
        "/page/999",
        "/page/1/1..9",
        "/page/1/x",
        "/capture/999",
    ):
        answer = read.get(address)
        assert (answer.status_code, "<h1>Not here</h1>" in answer.text) == (404, True), address
    assert read.get("/change/1?view=strange").status_code == 400
    assert read.get("/change/999.json").json()["error"].startswith("there is no change 999")


def test_a_change_whose_texts_have_been_read_anew_still_shows_its_own_words(tmp_path: Path) -> None:
    with morning(tmp_path) as found:
        number = found.change("/bridge/")
        page = found.story.page("/bridge/").id
        with found.story.store.writing():
            found.story.store._run("UPDATE versions SET text = 'Read by other rules.' WHERE page = ?", [page])
        assert shown(found, f"/change/{number}", ".old del") == ["1887"]


def test_a_new_design_is_told_without_words(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        story.store.add_change(
            {
                "site": "riverside",
                "kind": "template",
                "url": "https://riverside.example/",
                "title": "riverside",
                "seen_new": "2026-03-01T06:00:00Z",
                "found_at": "2026-03-01T06:00:00Z",
                "explanation": "another menu",
            }
        )
        assert "The whole site has another design" in found.text("/change/1")


# ---- the rule


def test_the_rule_that_would_have_hidden_a_change_is_shown_when_asked_for(tmp_path: Path) -> None:
    numbers: list[int] = []

    def propose(number: int) -> dict[str, object]:
        numbers.append(number)
        toml = 'remove = ["p.notice"]'
        return {
            "site": "riverside",
            "selector": "p.notice",
            "toml": toml,
            "hidden": 412,
            "of": 500,
            "important": 2,
        }

    with morning(tmp_path, propose=propose) as found:
        number = found.change("/mill/1/")
        found.say(number, "noise")
        assert f"/change/{number}/rule" in found.text(f"/change/{number}")
        assert numbers == []
        text = found.text(f"/change/{number}/rule")
        assert "This rule would have hidden 412 of the last 500 changes, 2 of them marked important." in text
        assert "remove = [&#34;p.notice&#34;]" in text
        assert numbers == [number]


def test_where_no_rule_helps_or_none_can_be_tried_that_is_said(tmp_path: Path, read: Desk) -> None:
    assert "started without the site files" in read.text("/change/1/rule")
    with morning(tmp_path, propose=lambda number: None) as found:
        assert "No single rule" in found.text("/change/1/rule")


# ---- versions and captures


def test_any_two_versions_are_compared_and_the_latest_two_where_none_are_named(read: Desk) -> None:
    page = read.story.page("/bridge/").id
    latest = read.client.get(f"/page/{page}/compare", follow_redirects=False)
    assert latest.headers["location"] == f"/page/{page}/1..2"
    picked = read.client.get(f"/page/{page}/compare?from=2&to=1&view=inline", follow_redirects=False)
    assert picked.headers["location"] == f"/page/{page}/2..1?view=inline"
    assert shown(read, f"/page/{page}/2..1", ".old del") == ["1878"]
    assert "The two texts are the same" not in read.text(f"/page/{page}/2..2")
    assert "1878" in read.text(f"/page/{page}/2..2")
    options = read.tree(f"/page/{page}/1..2").cssselect("select[name=from] option")
    assert [one.get("value") for one in options] == ["2", "1"]


def test_a_capture_is_framed_and_its_bytes_come_shut_off(read: Desk) -> None:
    version = read.story.versions("/hostile/")[0]
    (frame,) = read.tree(f"/capture/{version.capture}").cssselect("iframe")
    assert (frame.get("sandbox"), frame.get("src")) == ("", f"/capture/{version.capture}/raw")
    raw = read.get(frame.get("src"))
    assert raw.headers["content-type"] == "text/html; charset=utf-8"
    policy = raw.headers["content-security-policy"]
    assert policy == "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert raw.headers["x-content-type-options"] == "nosniff"
    assert "harmless enough to be read by anyone" in raw.text


def test_a_capture_that_is_no_page_is_a_file_to_be_saved(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        with story.run() as run:
            run.sees("/a/", article("A page", "With a text of some words."))
        with story.store.writing():
            story.store._run("UPDATE capture_kinds SET content_type = 'image/svg+xml'", [])
        raw = found.get("/capture/1/raw")
        assert raw.headers["content-type"] == "application/octet-stream"
        assert raw.headers["content-disposition"] == 'attachment; filename="capture-1.bin"'
        assert found.tree("/capture/1").cssselect("iframe") == []


def test_a_capture_without_bytes_says_so(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with story_at(path) as story, desk(story, path) as found:
        for _ in range(2):
            with story.run() as run:
                run.sees("/a/", article("A page", "With a text of some words."))
        assert "are not stored" in found.text("/capture/2")
        assert found.get("/capture/2/raw").status_code == 404


# ---- JSON


def test_the_twin_of_a_change_says_what_the_command_says(read: Desk) -> None:
    number = read.change("/bridge/")
    answer = read.get(f"/change/{number}.json").json()
    expected = change_with_hunks(read.story.reader.change(number))
    assert {key: answer[key] for key in expected} == expected
    assert answer["verdicts"] == []


def test_the_twin_of_the_list_has_the_same_objects(read: Desk) -> None:
    answer = read.get("/changes.json?kind=new").json()
    assert (answer["reviewed"], answer["of"], answer["after"]) == (0, 1, None)
    (one,) = answer["changes"]
    row = read.story.reader.change(one["id"])
    expected = {key: value for key, value in change_object(row).items() if key in one}
    assert {key: one[key] for key in expected} == expected


def test_the_twin_of_two_versions_has_both_texts(read: Desk) -> None:
    page = read.story.page("/fa/house/").id
    answer = read.get(f"/page/{page}/1..2.json").json()
    assert answer["from"]["text"] == PERSIAN
    assert [hunk["op"] for hunk in answer["hunks"]] == ["replace"]


def test_the_reader_is_closed_after_each_page(read: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    close = Reader.close
    monkeypatch.setattr(Reader, "close", lambda self: (opened.append(1), close(self))[1])
    read.text("/")
    assert opened == [1]
