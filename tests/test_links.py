"""Where the links of a text lead: a quiet edit that changes no word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.local_site import article
from tests.tracked import Story, story_at
from variorum.crawler.diffing.diff import TitledText, compare
from variorum.crawler.extraction.extract import extract
from variorum.crawler.extraction.html.links import TOKEN, address
from variorum.crawler.output.objects import hunks_of
from variorum.crawler.output.objects import links_of as links_of_change
from variorum.crawler.output.word_diff import marked_lines

PAGE = "https://riverside.example/news/bridge/"
REPORT = "The council has <a href='{}'>published its report</a> on the bridge over the river at Dunmore."


@pytest.fixture
def story(tmp_path: Path):
    with story_at(tmp_path / "v.db") as story:
        yield story


def report(link: str, notes: str = "") -> str:
    """A page whose article has one link."""
    return article("The bridge", "@", "Nobody was surprised by what it says.").replace(
        "@", REPORT.format(link) + notes
    )


def seen(story: Story, *links: str) -> None:
    """A run that sees the page; asked again, it shows the next of these links."""
    with story.run() as run:
        run.sees("/bridge/", report(links[0]))
        for path, link in zip(run.requested_again(), links[1:], strict=False):
            run.sees(path, report(link))


def links_of(html: str) -> str | None:
    return extract(html.encode(), PAGE).links


# ---- what a link says


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("https://www.example.org/report/", "example.org/report"),
        ("http://example.org/report#page-2", "example.org/report"),
        ("https://example.org/report?utm_source=x&nonce=a81fz", "example.org/report"),
        ("https://example.org/read.php?id=17&t=1764171000", "example.org/read.php?id=17"),
        ("../mill/", "/news/mill"),
        ("https://www.riverside.example/news/mill", "/news/mill"),
        ("https://example.org/%D9%86%D9%87%D8%B1/", "example.org/نهر"),
        ("https://example.org/click/8fA31bc09d77e2Xq41fe9a/go", "example.org/click/…/go"),
        ("/cdn-cgi/l/email-protection#a1b2", ""),
        ("mailto:council@example.org", ""),
        ("javascript:void(0)", ""),
        ("https://[broken/", ""),
    ],
)
def test_of_an_address_only_that_is_kept_which_names_a_page(href: str, leads: str) -> None:
    assert address(href, PAGE) == leads


def test_links_of_the_text_are_read_with_their_words_and_no_others() -> None:
    html = report("https://example.org/report").replace("<body", "<body><a href='/x/'>Nobody</a", 1)
    assert links_of(html) == "published its report\texample.org/report"


# ---- what changed


def read(link: str | None, text: str = "The council has published its report.") -> TitledText:
    return TitledText("The bridge", text, f"published its report\t{link}" if link else "")


def test_a_link_that_leads_elsewhere_is_an_edit_that_says_so() -> None:
    diff = compare(read("a.example/1"), read("a.example/2"))
    assert diff is not None
    assert (diff.links[0].words, diff.links[0].old, diff.links[0].new) == (
        *("published its report", "a.example/1"),
        "a.example/2",
    )
    assert (diff.hunks, diff.typographic, diff.explanation) == ((), False, "a link leads elsewhere")
    assert 0.3 < diff.significance < 0.5


def test_a_link_taken_from_or_put_on_words_that_stand_is_told() -> None:
    taken, put = (compare(*pair) for pair in ((read("a.example/1"), read(None)), (read(None), read("b/2"))))
    assert taken is not None
    assert put is not None
    assert (taken.explanation, put.explanation) == ("a link removed", "a link added")


def test_a_link_on_words_that_came_or_went_is_part_of_their_edit() -> None:
    diff = compare(read("a.example/1"), read(None, "The council has kept its papers."))
    assert diff is not None
    assert diff.links == ()


def test_where_the_links_of_one_side_are_not_known_nothing_is_told_of_them() -> None:
    assert compare(TitledText("A", "words"), TitledText("A", "words", "words\tb.example")) is None


@given(st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), st.sampled_from("abc")), max_size=6))
def test_the_order_of_links_says_nothing(links: list[tuple[str, str]]) -> None:
    sides = ("\n".join(f"{words}\t{where}" for words, where in some) for some in (links, reversed(links)))
    old, new = (TitledText("A", "one two three", side) for side in sides)
    assert compare(old, new) is None


# ---- in a crawl


def test_a_link_that_leads_elsewhere_at_two_looks_is_one_change(story: Story) -> None:
    seen(story, "https://example.org/report")
    seen(story, "https://example.org/other", "https://example.org/other")
    (change,) = story.changes()
    assert (change.kind, change.explanation, change.version) == ("edited", "a link leads elsewhere", 2)
    seen(story, "https://example.org/other")
    assert len(story.news()) == 1


def test_what_is_shown_of_it_names_the_words_and_both_addresses(story: Story) -> None:
    seen(story, "https://example.org/report")
    seen(story, "https://example.org/other", "https://example.org/other")
    (change,) = story.changes()
    assert marked_lines(hunks_of(change), links=links_of_change(change)) == [
        "link «published its report»: [-example.org/report-]{+example.org/other+}"
    ]


def test_a_link_that_is_drawn_by_lot_at_each_fetch_is_no_change(story: Story) -> None:
    seen(story, "https://example.org/first")
    for n in range(3):
        seen(story, f"https://example.org/drawn-{n}", f"https://example.org/drawn-{n}-again")
    assert story.news() == []
    assert len(story.versions("/bridge/")) == 1


def test_a_version_stored_before_links_were_kept_makes_no_change(story: Story) -> None:
    seen(story, "https://example.org/report")
    with story.store.writing():
        story.store._run("UPDATE versions SET links = NULL", [])
    seen(story, "https://example.org/other", "https://example.org/other")
    assert story.news() == []


@pytest.mark.parametrize(
    "path", ["x" * 60_000, "ab-" * 20_000, "x" * 30_000 + "1"], ids=["one", "pieces", "token"]
)
def test_a_link_of_tens_of_thousands_of_characters_costs_that_link_and_no_time(path: str):
    assert address(f"/p/{path}", "https://ormhead.example/") == ""
    assert TOKEN.sub("…", "ab-" * 2_000) == "ab-" * 2_000
