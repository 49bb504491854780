"""What a page says of its article: when it was published and modified, and who wrote it."""

from __future__ import annotations

import json
from time import process_time

import pytest

from variorum.crawler.extraction.extract import Extract, extract

URL = "https://ormhead.example/news/a-crane-for-the-quay"
PUBLISHED, MODIFIED = "2025-09-01T06:15:00Z", "2025-09-03T10:00:00Z"
SAID = {"datePublished": "2025-09-01T08:15:00+02:00", "dateModified": "2025-09-03T12:00:00+02:00"}
STORY = {"@type": "NewsArticle", "headline": "A crane for the quay", "author": {"name": "Una Berg"}, **SAID}
JSON = json.dumps(STORY)
TEXT = (
    "<p>The quay of Ormhead gets a crane that lifts forty tons, and the old one goes to the museum.</p>" * 4
)


def page(head: str = "", within: str = "", after: str = "") -> bytes:
    return (
        f"<!doctype html><html lang='en'><head><title>A crane</title>{head}</head><body><main><article>"
        f"<h1>A crane for the quay</h1>{within}{TEXT}</article>{after}</main></body></html>"
    ).encode()


def read(head: str = "", within: str = "", after: str = "", url: str = URL) -> Extract:
    return extract(page(head, within, after), url)


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"<!-- {JSON} -->",
        f"//<![CDATA[\n{JSON}\n//]]>",
        f"/* <![CDATA[ */{JSON}/* ]]> */",
        f"/* of the theme */\n// by hand\n{JSON};",
        JSON[:-1] + ",\n}",
        JSON[:-1] + ', "tags": ["quay", /* and */ ],}',
        JSON.replace("A crane", "A\ncrane"),
        JSON.replace("A crane", "A \\'crane\\' at https://ormhead.example//quay /* sic */, }"),
        JSON.replace('"', "&quot;"),
        JSON + '{"@type": "Person", "name": "Nobody"}',
        json.dumps([{"@graph": [STORY]}]),
        json.dumps({"@type": "WebPage", "mainEntity": STORY}),
        json.dumps({"@type": "WebPage", "mainEntity": [{"@graph": [STORY]}]}),
        json.dumps(STORY | {"@type": ["Article", "https://schema.org/NewsArticle"]}),
        json.dumps(STORY | {"datePublished": [SAID["datePublished"]]}),
        JSON.replace("A crane", 'A "crane"'),
        JSON[:-1],
        JSON.replace('"name": "Una Berg"', '"givenName": "Una", "familyName": "Berg"'),
    ],
)
def test_linked_data_is_read_also_where_it_is_slightly_broken(text: str) -> None:
    found = read(script(text))
    assert (found.published, found.modified, found.author) == (PUBLISHED, MODIFIED, "Una Berg")


@pytest.mark.parametrize(
    "text", ["{" * 100_000, "[" * 100_000, "/*" * 100_000, '"' * 100_001, "," * 100_000, "\\" * 100_001]
)
def test_what_is_no_linked_data_is_passed_over_at_once(text: str) -> None:
    started = process_time()
    assert read(script(text)).published is None
    assert process_time() - started < 10


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="{published}">'
        '<meta property="article:modified_time" content="{modified}">',
        '<meta name="article:published_time" content="{published}">'
        '<meta name="Article:Modified_Time" content=" {modified} ">',
        '<meta property="article:published_time" content="{published}">'
        '<meta property="og:updated_time" content="{modified}">',
        '<meta name="DC.date.issued" content="{published}">'
        '<meta name="DCTERMS.modified" content="{modified}">',
        '<meta name="date" content="{published}"><meta http-equiv="last-modified" content="{modified}">',
        '<meta itemprop="datePublished" content="{published}">'
        '<meta itemprop="dateModified" content="{modified}">',
    ],
)
@pytest.mark.parametrize(
    ("published", "modified"),
    [
        ("2025-09-01T08:15:00+02:00", "2025-09-03T12:00:00+0200"),
        ("Mon, 01 Sep 2025 08:15:00 +0200", "Wed, 03 Sep 2025 10:00:00 GMT"),
        ("1756707300", "1756893600000"),
        ("1404-06-10T09:45:00+03:30", "۱۴۰۴/۰۶/۱۲ ۱۳:۳۰ +03:30"),
    ],
)
def test_dates_that_the_head_marks_are_read(head: str, published: str, modified: str) -> None:
    found = read(head.format(published=published, modified=modified))
    assert (found.published, found.published_by, found.modified) == (PUBLISHED, "marked", MODIFIED)


@pytest.mark.parametrize(
    "marks",
    [
        '<time itemprop="datePublished" datetime="{0}">1 Sep</time>'
        '<meta itemprop="dateModified" content="{1}">',
        '<time class="entry-date published" datetime="{0}">1 Sep</time>'
        '<time class="updated" datetime="{1}">x</time>',
        '<span property="dc:date dc:created" content="{0}">'
        '</span><span property="dc:modified" content="{1}"></span>',
        '<time pubdate datetime="{0}">1 Sep</time><abbr class="dt-updated" title="{1}">3 Sep</abbr>',
    ],
)
def test_dates_that_the_article_marks_are_read_and_those_of_teasers_are_not(marks: str) -> None:
    teaser = "<article itemscope><h2><a href='/x'>An older story of the quay</a></h2>" + marks.format(
        "2019-01-01", "2019-01-02"
    )
    found = read(within=marks.format(*SAID.values()), after=f"<aside>{teaser}</article></aside>")
    assert (found.published, found.published_by, found.modified) == (PUBLISHED, "marked", MODIFIED)
    assert read(after=f"<div>{teaser}</article>{teaser}</article></div>").published is None


def test_an_article_is_told_from_its_comments_and_one_with_its_headline_from_all_others() -> None:
    things = [
        f"<div itemscope itemtype='https://schema.org/{kind}'>"
        f"<time itemprop='datePublished'>{day}</time>{TEXT}</div>"
        for kind, day in (("Article", "1 Sep 2025"), ("Comment", "2025-10-01"))
    ]
    outside = f"<html><body><h1>A crane for the quay</h1>{''.join(things)}</body></html>"
    assert extract(outside.encode(), URL).published == "2025-09-01"
    assert read(after=things[0]).published_by != "marked"


def test_of_several_linked_articles_the_one_at_this_address_is_meant() -> None:
    others = [
        STORY | {"url": f"https://ormhead.example/{n}", "datePublished": f"2019-01-0{n}"} for n in (1, 2)
    ]
    assert read(script(json.dumps([*others, STORY | {"url": URL}]))).published == PUBLISHED
    assert read(script(json.dumps(others))).published is None


def test_an_odd_date_gives_way_to_the_next_mark() -> None:
    head = '<meta property="article:published_time" content="0001-01-01T00:00:00+01:00">'
    assert read(head + script(JSON)).published == PUBLISHED


def test_a_time_without_a_zone_stays_one() -> None:
    assert read('<meta property="article:published_time" content="2025-09-01T08:15:00">').published == (
        "2025-09-01T08:15:00"
    )


@pytest.mark.parametrize(
    "after",
    [
        "<ul><li><time datetime='2021-02-03'>3 Feb 2021</time> <a href='/x'>An older story of the quay</a>"
        "</li></ul>",
        "<div class='c'><h3><a href='/x'>An older story of the quay</a>"
        "</h3><span>February 3, 2021</span></div>",
        "<p><a href='/x'>An older story of the quay</a> 2021-02-03</p>",
        "<aside><p>Since February 3, 2021</p></aside><footer>© 2021, updated February 3, 2021</footer>",
        "<table><tr><td><a href='/x'>An older story of the quay</a></td><td>2021-02-03</td></tr></table>",
    ],
)
def test_the_date_of_a_teaser_is_not_that_of_an_undated_article(after: str) -> None:
    assert read(after=after).published is None


@pytest.mark.parametrize(
    ("within", "url"),
    [
        ("<p class='meta'>Posted on <a href='/x'>September 1, 2025</a></p>", URL),
        ("<ul><li class='date'>September 1, 2025</li><li>3 comments</li></ul>", URL),
        ("<footer>by Una, <time datetime='2025-09-01'>1 Sep</time></footer>", URL),
        ("", "https://ormhead.example/2025/09/01/crane"),
        ("", "https://ormhead.example/1404/06/10/crane"),
    ],
)
def test_a_date_that_nothing_marks_is_found_and_called_so(within: str, url: str) -> None:
    found = read(within=within, url=url)
    assert (found.published, found.published_by) == ("2025-09-01", "found")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="citation_author" content="Berg, Una">'
         '<meta name="citation_author" content="Holm, Per A.">',
         "Una Berg, Per A. Holm"),
        ('<meta name="DC.creator" content="van den Berg, Una">', "Una van den Berg"),
        ('<meta name="author" content="Berg, Una">', "Una Berg"),
        ('<meta name="citation_authors" content="Berg, Una; Holm, Per">', "Una Berg, Per Holm"),
        ('<meta name="author" content="Una Berg, Per Holm">', "Una Berg, Per Holm"),
        ('<meta name="author" content="admin">', None),
        ('<meta property="article:author" content="https://www.facebook.com/una">', None),
        (script('{"@type": "Article", "author": {"@type": "Person", "name": "Berg, Una"}}'), "Una Berg"),
        (script('{"@type": "Article", "author": {"@type": "Organization", "name": "Ormhead, Sons"}}'),
         "Ormhead, Sons"),
        (script('{"@type": "Article", "author": ["Una Berg", {"name": "Per Holm"}, {"name": "Una Berg"}]}'),
         "Una Berg, Per Holm"),
        (script('{"@graph": [{"@type": "Article", "author": {"@id": "#una"}},'
                ' {"@type": "Person", "@id": "#una", "name": "Una Berg"}]}'), "Una Berg"),
        (script('{"@type": "Article", "author": {"name": "Martin Holm, Jr."}}'), "Martin Holm, Jr."),
    ],
)  # fmt: skip
def test_each_person_is_named_once_and_a_surname_with_its_name(head: str, expected: str | None) -> None:
    assert read(head).author == expected


def test_authors_that_the_page_shows_are_read() -> None:
    assert (
        read(within="<p>By <span itemprop='author'><b itemprop='name'>Una Berg</b></span></p>").author
        == "Una Berg"
    )
    assert read(within="<p class='byline'>By Una Berg</p>").author == "Una Berg"
