"""Verdicts: what reviewers say of changes is kept word after word, and can be taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response

from tests.reviewed import Desk, morning
from variorum.crawler.config.review import ReviewSettings
from variorum.review.openings import Openings


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Desk]:
    with morning(tmp_path) as desk:
        yield desk


def undo(desk: Desk, address: str, **form: object) -> str:
    """Take back the verdict that an answer has led from; the address to which that leads."""
    [batch] = re.findall(r"done=(\d+)", address)
    answer = desk.post("/verdict/undo", {"token": desk.token(), "batch": batch, **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_verdict_is_kept_with_note_and_name_and_leads_to_the_next_change(read: Desk) -> None:
    bridge = read.change("/bridge/")
    address = read.say(bridge, "important", note=" Look again. ", reviewer="Mira")
    assert read.verdicts() == {bridge: "important"}
    assert read.events() == [(bridge, "important", "Look again.", "Mira")]
    following = re.match(r"/change/(\d+)\?done=", address)
    assert following
    assert int(following[1]) != bridge
    assert "Look again." in read.text(f"/change/{bridge}")


def test_a_later_verdict_stands_and_the_earlier_one_is_kept(read: Desk) -> None:
    bridge = read.change("/bridge/")
    read.say(bridge, "reviewed", reviewer="Mira")
    read.say(bridge, "noise", reviewer="Arben")
    assert read.verdicts() == {bridge: "noise"}
    assert [event[1] for event in read.events()] == ["reviewed", "noise"]


def test_what_is_taken_back_leaves_what_was_said_before(read: Desk) -> None:
    bridge = read.change("/bridge/")
    first = read.say(bridge, "reviewed", note="Read.", reviewer="Mira")
    second = read.say(bridge, "noise", reviewer="Arben")
    assert undo(read, second) == f"/change/{bridge}"
    assert read.verdicts() == {bridge: "reviewed"}
    assert "Read." in read.text(f"/change/{bridge}")
    undo(read, first)
    assert [event[1] for event in read.events()] == ["reviewed", "noise", None]


def test_the_only_verdict_taken_back_leaves_the_change_unreviewed(read: Desk) -> None:
    bridge = read.change("/bridge/")
    undo(read, read.say(bridge, "noise"))
    assert read.verdicts() == {}
    assert "The bridge" in read.titles()


def test_one_stroke_reviews_the_same_edit_on_all_pages_and_is_taken_back_as_one(read: Desk) -> None:
    mills = sorted(read.change(f"/mill/{n}/") for n in range(3))
    address = read.say(mills[-1], "noise", all=1, upto=mills[-1])
    assert read.verdicts() == dict.fromkeys(mills, "noise")
    undo(read, address)
    assert read.verdicts() == {}


def test_of_the_same_edit_nothing_is_said_that_came_after_the_page_was_shown(read: Desk) -> None:
    first, *_, last = sorted(read.change(f"/mill/{n}/") for n in range(3))
    read.say(first, "noise", all=1, upto=first)
    assert last not in read.verdicts()


def test_a_verdict_given_on_the_list_leads_back_to_the_list(read: Desk) -> None:
    address = read.say(read.change("/bridge/"), "reviewed", list="")
    assert re.fullmatch(r"/\?done=\d+#c\d+", address)


@pytest.mark.parametrize(
    "form",
    [{"verdict": "maybe"}, {"change": "x"}, {"change": "-1"}, {"change": "9" * 20}, {"change": "\u0661"}],
)
def test_what_is_no_verdict_is_refused_and_nothing_is_kept(read: Desk, form: dict[str, str]) -> None:
    answer = read.post("/verdict", {"token": read.token(), "change": 1, "verdict": "noise", **form})
    assert answer.status_code == 400
    assert read.events() == []


def test_a_change_that_is_not_there_is_not_judged(read: Desk) -> None:
    answer = read.post("/verdict", {"token": read.token(), "change": 4711, "verdict": "noise"})
    assert answer.status_code == 404
    assert read.events() == []


# ---- many at once


def test_one_verdict_is_given_on_all_selected_entries_and_is_taken_back_as_one(read: Desk) -> None:
    bridge, lost = read.change("/bridge/"), read.change("/lost/")
    answer = many(read, [bridge, lost])
    assert answer.status_code == 303
    assert read.verdicts() == {bridge: "noise", lost: "noise"}
    address = answer.headers["location"]
    assert "and 1 more" in read.text(address)
    undo(read, address)
    assert read.verdicts() == {}


def test_a_selected_entry_of_one_edit_on_many_pages_means_all_of_them(read: Desk) -> None:
    mills = sorted(read.change(f"/mill/{n}/") for n in range(3))
    many(read, [mills[-1]])
    assert read.verdicts() == dict.fromkeys(mills, "noise")


def test_without_a_selection_nothing_is_judged(read: Desk) -> None:
    answer = many(read, [])
    assert (answer.status_code, "No change is selected" in answer.text) == (400, True)
    assert many(read, [4711]).status_code == 404
    assert many(read, [read.change("/bridge/"), "x"]).status_code == 400
    assert read.events() == []


def many(desk: Desk, changes: list[object]) -> Response:
    form = {"token": desk.token(), "verdict": "noise", "list": "", "change": changes}
    return desk.post("/verdict/many", form)


# ---- who signs


def test_a_name_that_the_proxy_states_signs_whatever_is_typed(tmp_path: Path) -> None:
    with morning(tmp_path, settings=ReviewSettings(user_header="X-Remote-User")) as desk:
        bridge = desk.change("/bridge/")
        form = {"token": desk.token(), "change": bridge, "verdict": "noise", "reviewer": "Mira"}
        stated = [(b"X-Remote-User", "نرگس".encode()), (b"Sec-Fetch-Site", b"same-origin")]
        answer = desk.client.post("/verdict", data=form, headers=stated, follow_redirects=False)
        assert answer.status_code == 303
        assert [event[3] for event in desk.events()] == ["نرگس"]
        desk.client.headers["X-Remote-User"] = "Mira"
        assert desk.tree(f"/change/{bridge}?reviewed=all").cssselect("input[name=reviewer]") == []


def test_a_stated_name_is_not_trusted_unless_the_settings_say_so(read: Desk) -> None:
    read.client.headers["X-Remote-User"] = "Nobody"
    read.say(read.change("/bridge/"), "noise", reviewer="Mira")
    assert [event[3] for event in read.events()] == ["Mira"]


# ---- who else has opened a change


def test_a_reviewer_sees_who_else_has_opened_the_change(tmp_path: Path) -> None:
    with morning(tmp_path, settings=ReviewSettings(user_header="X-Remote-User")) as desk:
        bridge = f"/change/{desk.change('/bridge/')}"

        def seen_by(name: str) -> str:
            desk.client.headers["X-Remote-User"] = name
            return desk.client.get(bridge).text

        assert "opened this change" not in seen_by("Mira") + seen_by("Mira")
        assert "<bdi>Mira</bdi> opened this change" in seen_by("Una")
        found = seen_by("<i>Ill</i>")
        assert found.index("Una</bdi> opened") < found.index("Mira</bdi> opened")
        assert "&lt;i&gt;Ill" in seen_by("Mira")
        other = f"/change/{desk.change('/long/')}"
        assert "opened this change" not in desk.client.get(other).text


def test_after_ten_minutes_nobody_is_said_to_have_opened_a_change() -> None:
    openings, at = Openings(), datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert openings.others(1, "Mira", at) == []
    assert openings.others(1, "Una", at + timedelta(minutes=9)) == [("Mira", at)]
    assert openings.others(1, "Una", at + timedelta(minutes=10)) == []
