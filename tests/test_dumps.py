"""Dumps of whole pages are split into articles where it can be told, and else reported."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.dumped import ARCHIVE, BRIDGE, LONG, MARKET, MENU, RIVER, SHARE, spaced
from variorum.crawler.backfill.dumps.article import Split
from variorum.crawler.backfill.dumps.boilerplate_lines import furniture
from variorum.crawler.backfill.dumps.file_name import captured_at
from variorum.crawler.backfill.dumps.lines import cleaned, is_prose
from variorum.crawler.backfill.dumps.split import split_all


def split(text: str, **more: Any) -> Split:
    [one] = split_all([text], **more)
    return one


def texts(split: Split) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.title, one.paragraphs) for one in split.articles]


def test_an_archive_is_parted_by_its_date_lines_and_loses_its_furniture() -> None:
    one = split(
        f"{MENU}© 2020 Riverside\n{ARCHIVE}Newer Posts\nOlder Posts\n\nRecent Posts\n\n  • A market\n"
    )
    assert texts(one) == [
        ("The bridge is open", (BRIDGE, RIVER)),
        ("Water at the mill", (RIVER, "Nobody was hurt.", MARKET)),
        ("A market on Monday", (MARKET,)),
    ]
    assert [(a.category, str(a.published)) for a in one.articles] == [
        ("Town", "2020-03-03"),
        ("River", "2020-03-02"),
        ("Town", "2020-02-27"),
    ]
    assert one.unsplit == ()
    assert str(one.latest) == "2020-03-03"


def test_an_article_that_stands_otherwise_than_the_others_is_told_and_not_guessed() -> None:
    dump = f"{LONG}\n\n{BRIDGE}\n\nMarch 1, 2020 0 comments\n{SHARE}\n"
    one = split(MENU + ARCHIVE + dump)
    assert [a.title for a in one.articles] == [
        "The bridge is open",
        "Water at the mill",
        "A market on Monday",
    ]
    [left] = one.unsplit
    assert cleaned(MENU + ARCHIVE + dump)[left.first] == LONG


def test_dates_may_stand_above_their_articles() -> None:
    posted = "{}\nPosted on March {}, 2020 by admin\n{}"
    points = "  • a\n  • b\n  • c\n  • d"
    one = split(
        spaced(
            f"{MENU}Skip to content",
            posted.format("The bridge is open", 3, BRIDGE),
            RIVER,
            "Posted in News | Leave a comment",
            posted.format("Water at the mill", 1, f"{RIVER}\n{points}"),
            MARKET,
            "Posted in News | 2 Comments\n← Older posts",
        )
    )
    assert texts(one) == [
        ("The bridge is open", (BRIDGE, RIVER)),
        ("Water at the mill", (f"{RIVER}\n• a\n• b\n• c\n• d", MARKET)),
    ]


def test_a_list_of_teasers_gives_excerpts() -> None:
    one = split(
        f"{MENU}\nNews\n\n  • The bridge is open\n    {BRIDGE} … Continue reading\n    mary - March 3, 2020\n"
        f"  • Water at the mill\n    {RIVER} … Continue reading\n    ada - March 1, 2020\n"
    )
    assert [(a.title, a.author, a.is_excerpt) for a in one.articles] == [
        ("The bridge is open", "mary", True),
        ("Water at the mill", "ada", True),
    ]


def test_an_article_by_itself_is_known_by_its_date_and_ends_where_the_page_leads_elsewhere() -> None:
    head = "By Ada Smith\nMarch 3, 2020"
    one = split(spaced(MENU, f"The bridge is open\n{head}", BRIDGE, RIVER, "Related posts\nA market"))
    assert texts(one) == [("The bridge is open", (head, BRIDGE, RIVER))]
    assert str(one.articles[0].published) == "2020-03-03"


def test_what_stands_under_also_read_are_articles_of_their_own() -> None:
    title, lead = "A market on Monday", f"Town News, March 2 2020:… {MARKET}"
    one = split(
        spaced(
            *("The bridge is open", "The bridge is open", BRIDGE),
            *("Also read:", "Water at the mill", f"River News, March 1 2020:… {RIVER}"),
            *("Also read:", title, lead, title, MARKET, LONG),
        )
    )
    assert [(a.title, a.is_excerpt, str(a.published)) for a in one.articles] == [
        ("The bridge is open", False, "None"),
        ("Water at the mill", True, "2020-03-01"),
        (title, False, "2020-03-02"),
    ]
    assert one.articles[2].paragraphs == (lead, MARKET, LONG)


def test_an_article_that_goes_on_below_a_teaser_is_not_cut_short_unsaid() -> None:
    teaser = ("Also read:", "A market on Monday")
    one = split(spaced("The bridge is open", "March 3, 2020", BRIDGE, *teaser, RIVER, LONG))
    assert one.articles == ()
    assert [(left.first, left.last) for left in one.unsplit] == [(0, 12)]


def test_the_original_in_another_language_is_an_article_of_its_own() -> None:
    german = "Die Brücke wurde im Jahr 1887 gebaut, und niemand in der Stadt weiß, wer sie gebaut hat."
    parts = [german.replace("Brücke", place) for place in ("Brücke", "Kirche", "Mühle")]
    english = ("March 3, 2020", BRIDGE, LONG)
    one = split(spaced("The bridge is open", *english, "In German:", "Die Brücke steht", *parts))
    assert texts(one) == [("The bridge is open", english), ("Die Brücke steht", tuple(parts))]


def test_what_nothing_tells_of_is_reported_and_a_known_title_tells() -> None:
    dump = f"{MENU}\nThe bridge is open\n\n{BRIDGE}\n\n{RIVER}\n"
    one = split(dump)
    assert one.articles == ()
    assert [(left.first, left.last) for left in one.unsplit] == [(6, 10)]
    assert texts(split(dump, titles=["The bridge is open"])) == [("The bridge is open", (BRIDGE, RIVER))]


def test_a_headline_of_the_ticker_tells_of_an_article() -> None:
    ticker = " - ".join(["The bridge is open", *(f"Headline number {number}" for number in range(9))])
    one = split(f"{ticker}\n\nWho we are\n\n{LONG}\n\nThe bridge is open\n\n{BRIDGE}\n\n{RIVER}\n")
    assert texts(one) == [("The bridge is open", (BRIDGE, RIVER))]
    assert one.headlines[:2] == ("The bridge is open", "Headline number 0")
    assert [(left.first, left.last) for left in one.unsplit] == [(2, 4)]


def test_what_the_template_knows_and_what_several_dumps_share_is_told_from_text() -> None:
    box = "We are a society of people who love the river and the town, and we write about both."
    foot = "To the archive of 2019"
    dumps = [
        spaced("All about the river", f"{title} is here again", f"{day} March 2020", parts, box, foot)
        for title, day, parts in (("Spring", 3, BRIDGE), ("Summer", 4, RIVER))
    ]
    one, other = split_all(dumps, template=[box])
    assert texts(one) == [("Spring is here again", ("3 March 2020", BRIDGE))]
    assert texts(other) == [("Summer is here again", ("4 March 2020", RIVER))]


def test_comments_are_no_articles() -> None:
    parts = "{} says:\nMarch {}, 2020 at 5:00 pm\n{}\nReply\n"
    comments = parts.format("Ali", 4, RIVER) + parts.format("Mary", 5, MARKET)
    above = "2 thoughts on “The bridge is open”"
    one = split(spaced("The bridge is open", "March 3, 2020", BRIDGE, above, comments))
    assert texts(one) == [("The bridge is open", ("March 3, 2020", BRIDGE))]
    assert len(one.unsplit) == 1


LINES = st.one_of(
    st.sampled_from(
        ["", "", BRIDGE, RIVER, LONG, "The bridge is open", "Water at the mill", "March 3, 2020"]
    ),
    st.sampled_from(
        ["March 3, 2020 0 comments", SHARE, "Also read:", "In German:", "• Home", "© 2020", "Older Posts"]
    ),
    st.text(max_size=40),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=40).map("\n".join))
@example(f"{BRIDGE}\n{SHARE}\n{BRIDGE}")
def test_of_any_dump_each_sentence_is_in_an_article_or_reported(dump: str) -> None:
    lines, one = cleaned(dump), split(dump)
    around = furniture(lines)
    for at, line in enumerate(lines):
        stretches = [*one.articles, *one.unsplit]
        assert not is_prose(line) or at in around or any(part.first <= at <= part.last for part in stretches)
    known = {" ".join(line.split()) for line in lines}
    assert {line for a in one.articles for line in a.text.split("\n")} <= known


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("archive-2018-02.txt", "2018-02-28T00:00:00Z"),
        ("archive-2018-02-07.txt", "2018-02-07T00:00:00Z"),
        ("2018.02.07 home.txt", "2018-02-07T00:00:00Z"),
        ("home_20180207.txt", "2018-02-07T00:00:00Z"),
        ("home-earlier.txt", None),
        ("years-2018.txt", None),
        ("from-2018-02-to-2018-05.txt", None),
        ("post-12018-02.txt", None),
    ],
)
def test_the_name_of_a_dump_says_when_it_was_made(name: str, at: str | None) -> None:
    assert captured_at(name) == at
