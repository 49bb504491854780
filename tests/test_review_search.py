"""Search on the review page: words in all versions, what became of them, and marks where they stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reviewed import Desk, morning


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning")) as desk:
        yield desk


def words(desk: Desk, address: str, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in desk.tree(address).cssselect(selector)]


def test_every_page_has_a_field_that_searches_all_versions(read: Desk) -> None:
    for address in ("/", "/sites", "/page/1", f"/change/{read.change('/bridge/')}"):
        (form,) = read.tree(address).cssselect("form.find")
        assert (form.get("action"), form.get("method", "get")) == ("/search", "get")


def test_words_that_were_removed_are_marked_so_and_lead_to_the_change_that_took_them(read: Desk) -> None:
    (hit,) = read.tree("/search?words=1887").cssselect(".hit")
    assert "removed" in hit.get("class")
    assert [one.text for one in hit.cssselect("mark")] == ["1887"]
    text = " ".join(hit.text_content().split())
    assert "removed between 1 Mar 2026, 09:01 and 12:10" in text
    (link,) = [one for one in hit.cssselect("a") if one.get("href").startswith("/change/")]
    assert link.get("href") == f"/change/{read.change('/bridge/')}?reviewed=all"


def test_words_that_stand_are_no_removed_ones(read: Desk) -> None:
    (hit,) = read.tree("/search?words=1878").cssselect(".hit")
    assert hit.cssselect(".badge") == []
    assert "version 2 of" in hit.text_content()


def test_persian_is_found_however_it_is_typed_and_shown_as_it_stands(read: Desk) -> None:
    assert words(read, "/search?words=ميخواهند&language=fa", "mark") == ["میخواهند"]
    assert read.tree("/search?words=مردم").cssselect(".snippet")[0].get("dir") == "auto"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("words=umbrella", 1),
        ("words=umbrella&fate=present", 0),
        ("words=umbrella&fate=removed", 1),
        ("words=grinds&site=riverside", 3),
        ("words=grinds&site=elsewhere", 0),
        ("words=grinds&since=2026-04-01", 0),
        ("words=grinds&until=2026-03-01", 3),
        ("words=grinds&until=2026-02-28", 0),
        ("words=%22corn+of+village%22+-mill", 0),
        ("words=quagga", 0),
        ("words=%22", 0),
        ("words=", 0),
    ],
)
def test_site_language_time_and_fate_narrow_what_is_found(read: Desk, query: str, count: int) -> None:
    assert len(read.tree(f"/search?{query}").cssselect(".hit")) == count
    assert len(read.get(f"/search.json?{query}").json()["hits"]) == count


def test_more_than_are_shown_are_a_step_away(read: Desk) -> None:
    (more,) = read.tree("/search?words=grinds&limit=2").cssselect("a[rel=next]")
    assert len(read.tree(more.get("href")).cssselect(".hit")) == 3
    assert read.get("/search.json?words=grinds&limit=2").json()["more"] is True


@pytest.mark.parametrize("query", ["since=soon", "until=x", "fate=x", f"words={'x' * 400}"])
def test_what_can_not_be_asked_is_refused_in_words(read: Desk, query: str) -> None:
    answer = read.get(f"/search?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


def test_an_empty_question_tells_what_one_can_type(read: Desk) -> None:
    assert words(read, "/search", ".howto code") == ["two words", '"two words"', "camp*", "-visa"]
    assert "search has no word" in read.text("/search?words=%2A")
    assert "No version of any page matches" in read.text("/search?words=quagga")
