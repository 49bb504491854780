"""Lines that only count, or tell how long ago, are no text; sentences with numbers are."""

import pytest

from variorum.crawler.extraction.extract import ExtractionRules, extract
from variorum.crawler.extraction.html.counters import is_counter


@pytest.mark.parametrize(
    "line",
    [
        "1,201 views",
        "views: 12",
        "12 Views · 60 minutes ago",
        "3 hours ago",
        "Updated 3 months ago",
        "Last updated: 2 days ago",
        "an hour ago",
        "▲ 212 ▼ 3",
        "👁 1.2k",
        "12 out of 40 found this helpful",
        "17 people are reading this now",
        "23 visitors online",
        "(4 comments)",
        "No comments",
        "5 min read",
        "Page generated in 0.231 seconds with 42 queries",
        "vor 3 Stunden",
        "1.204 Aufrufe | 12 Kommentare",
        "il y a 2 heures",
        "3 orë më parë",
        "۱۲۰۴ بازدید",
        "۳ ساعت پیش",
        "منذ 3 ساعات",
        "1204 مشاهدة",
        "2026-11-03 · 5427 views",
        "12.11.2026 | 3 Kommentare",
        "Publié 3 novembre 2026 · 214 lectures",
        "November 3, 2026 · 12 comments · 5 min read",
        "۳ آبان ۱۴۰۵ | ۲۱۴ بازدید",
    ],
)
def test_what_only_counts_or_tells_how_long_ago_is_a_counter(line: str) -> None:
    assert is_counter(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "40",
        "19:30",
        "12 kg",
        "12 votes against, 3 for",
        "The story had 12 views",
        "3 hours ago the ferry sank",
        "Chapter 2",
        "12.03.2024",
        "Updated 3 May 2024",
        "2 people were killed",
        "Comments",
        "Price: 12 €",
        "ساعت ۳ آمدند",
        "Readers",
        "November 3, 2026 · Anna Weber",
        "3 users, 2 kids",
        "40 likes, 5 May",
    ],
)
def test_what_says_more_is_none(line: str) -> None:
    assert not is_counter(line)


def page(counter: str) -> str:
    return (
        "<html><body><div class='entry-content'><p>The ferry lay still.</p>"
        f"<div><span>{counter}</span></div></div></body></html>"
    )


def test_a_counter_inside_a_marked_article_is_no_text_of_it() -> None:
    assert extract(page("views: 3").encode(), "https://s.example/a").text == "The ferry lay still."


def test_a_counter_that_the_site_s_file_selects_is_what_its_owner_wants() -> None:
    found = extract(page("views: 3").encode(), "https://s.example/a", rules=ExtractionRules(select=("span",)))
    assert found.text == "views: 3"
