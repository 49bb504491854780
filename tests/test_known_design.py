"""Pages of a design of which enough was seen: their text is looked up by block paths, and not classified."""

from __future__ import annotations

from dataclasses import replace

import pytest

from variorum.crawler.config.site import Site
from variorum.crawler.extraction import extract as reading
from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH, PathScores
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template
from variorum.crawler.extraction.extract import Extract, ExtractionRules, evidence, extract, opened, taken_of
from variorum.crawler.extraction.known_page import KnownPage
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult

URL = "https://ormhead.example/news/"
BOATS = ("Kestrel", "Plover", "Dunlin", "Curlew", "Turnstone", "Knot", "Ruff", "Godwit", "Avocet", "Dotterel")


def page(number: int, *, inside: str = "", beside: str = "") -> bytes:
    """An article of Ormhead's harbour news, each with other words; a menu, a side column, a footer."""
    boat, other = BOATS[number % 10], BOATS[(number + 3) % 10]
    return (
        f"<html><head><title>The {boat} in berth {number}</title></head><body>"
        f"<nav class='menu'><ul><li><a href='/'>Harbour</a></li><li><a href='/tides'>Tides</a></li>"
        f"</ul></nav>"
        f"<h1>The {boat} in berth {number}</h1><div class='story'>"
        f"<p>The {boat} came into berth {number} this morning, with slate from the quarries of the north.</p>"
        f"<p>Her master said that the crossing had been calm, and that the {other} was a day behind.</p>"
        f"<p>The harbour office expects {number + 4} more boats before the end of the week.</p>"
        f"{inside}</div><div class='side'><h3>Most read</h3><p><a href='/b/{number}'>The {other}</a></p>"
        f"{beside}</div><footer class='foot'><p>Printed by the harbour office.</p></footer></body></html>"
    ).encode()


def read(body: bytes, template: Template) -> Extract:
    return extract(body, URL, rules=ExtractionRules(template=template))


def learned(pages: int, inside: str = "") -> Template:
    """What so many classified pages tell."""
    scores = PathScores()
    for number in range(pages):
        one = opened(page(number, inside=inside), URL)
        scores = scores.joined(evidence(one, taken_of(one)))
    return replace(EMPTY, version=1, paths=scores)


@pytest.fixture(scope="module")
def template() -> Template:
    return learned(ENOUGH)


@pytest.fixture
def classified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of the pages that were classified."""
    seen: list[str] = []
    judge = reading.judge
    monkeypatch.setattr(reading, "judge", lambda page, weights: seen.append(page.url) or judge(page, weights))
    return seen


def test_a_page_of_a_known_design_is_not_classified_and_its_text_is_the_same(
    template: Template, classified: list[str]
) -> None:
    known = read(page(57), template)
    assert classified == []
    assert known == extract(page(57), URL)
    assert known.text.startswith("The Godwit came into berth 57")


MARKED = """<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-02-01",
"dateModified": "2026-02-03", "author": {"name": "Ada Quill"}}</script>"""


@pytest.mark.parametrize(
    "inside",
    [
        MARKED,
        "<p class='byline'>By <span itemprop='author'>Ada Quill</span></p><time>2026-02-01</time>",
        "<meta name='author' content='Ada Quill'><time class='published' datetime='2026-02-01'>Sunday</time>",
    ],
)
def test_what_a_page_of_a_known_design_states_is_read_as_on_any_other_page(
    template: Template, inside: str
) -> None:
    body = page(3).replace(b"<div class='side'>", f"{inside}<div class='side'>".encode())
    known, any_other = read(body, template), read(body, EMPTY)
    facts = [(one.author, one.published, one.published_by, one.modified) for one in (known, any_other)]
    assert facts[0] == facts[1]
    assert facts[0][0] == "Ada Quill"


def test_a_box_at_a_new_path_inside_the_marked_text_is_known_by_its_name(classified: list[str]) -> None:
    def post(number: int, inside: str = "") -> bytes:
        return page(number, inside=inside).replace(b"class='story'", b"class='entry-content'")

    scores = PathScores()
    for number in range(ENOUGH):
        one = opened(post(number), URL)
        scores = scores.joined(evidence(one, taken_of(one)))
    template = replace(EMPTY, version=1, paths=scores)
    classified.clear()
    parts = "<p class='post-nav-links'>Pages: <b>1</b> <a href='2/'>2</a></p>"
    assert read(post(57, parts), template).text == extract(post(57), URL).text
    assert classified == [URL]  # only the page without the box, by the classifier


def test_one_page_less_and_the_design_is_not_known(classified: list[str]) -> None:
    too_few = learned(ENOUGH - 1)
    classified.clear()
    read(page(57), too_few)
    assert classified == [URL]


def test_a_page_with_much_at_an_unknown_path_is_classified(template: Template, classified: list[str]) -> None:
    table = "<table class='berths'>" + "<tr><td>Berth</td><td>Boat</td><td>Cargo</td></tr>" * 12 + "</table>"
    found = read(page(57, beside=f"<section>{table}</section>", inside=""), template)
    assert classified == []  # what is below the side column is no text, whatever it is
    assert "Cargo" not in found.text
    read(page(57).replace(b"</footer>", f"</footer>{table}".encode()), template)
    assert classified == [URL]


def test_a_new_kind_of_block_inside_the_text_is_text(template: Template, classified: list[str]) -> None:
    quotation = "<blockquote class='master'><p>We shall wait for the tide.</p></blockquote>"
    assert "We shall wait for the tide." in read(page(57, inside=quotation), template).text
    assert classified == []


def test_a_short_list_beside_share_buttons_in_the_text_is_text(classified: list[str]) -> None:
    buttons = "".join(f"<li><a href='https://{one}.example/share'>{one}</a></li>" for one in BOATS)
    share = f"<div class='sharing'><h3>Share with friends</h3><ul>{buttons}</ul></div>"
    template = learned(ENOUGH, share)
    classified.clear()
    found = read(page(7, inside=f"<ul><li>Adults: 3</li></ul>{share}"), template)
    assert classified == []
    assert found.text.endswith("end of the week.\n- Adults: 3")


def test_a_cell_left_open_in_the_text_makes_no_text_of_the_side_column_and_the_footer(
    template: Template, classified: list[str]
) -> None:
    body = page(57, inside="<td>Slate, salt and two pianos for the school in Penlow.")
    known = read(body, template)
    assert classified == []
    assert known.text == extract(body, URL).text
    assert known.text.endswith("Slate, salt and two pianos for the school in Penlow.")


def test_a_banner_that_no_page_had_before_is_neither_text_nor_a_reason_to_classify(
    template: Template, classified: list[str]
) -> None:
    banner = (
        b"<div id='cookie-bar'><p>This site uses cookies to make your visit better, and to count visitors,"
        b" as all sites do.</p><button>Accept</button></div></body>"
    )
    found = read(page(57).replace(b"</body>", banner), template)
    assert classified == []
    assert "cookies" not in found.text


def test_a_template_with_paths_reads_back_from_its_json(template: Template) -> None:
    assert Template.from_json(template.to_json()) == template


def test_a_newer_template_does_not_make_the_same_content_another_one(template: Template) -> None:
    site = Site(name="ormhead", url=URL)
    fetched = FetchResult(URL, URL, "2026-05-01T06:00:00Z", status=200, body=page(57))
    now, later = (PageReader(site, replace(template, version=number)) for number in (1, 2))
    assert now.label != later.label
    digest = now.content_digest(fetched)
    assert digest and later.shows(fetched, digest)


LEFT = '<p class="one">The crossing was calm.</p><script>var served = 1;</script><svg><path d="M4 6"/></svg>'


@pytest.mark.parametrize(
    ("inside", "differs"),
    [
        (LEFT.replace("served = 1", 'served = "</p> <script>"'), False),
        (LEFT.replace("M4 6", "M5 7"), False),
        (LEFT.replace("<p ", '<p data-served="2026" '), False),
        (LEFT.replace("<script", '<script nonce="x" src="/a.js"'), False),
        (LEFT.replace("<p ", '<p data-hook="post" '), True),
        (LEFT.replace("one", "two"), True),
        (LEFT.replace("calm", 'calm data-served="2026"'), True),
        (LEFT.replace("calm", 'calm data-a="&lt;" &gt;'), True),
        (LEFT.replace("calm.", "calm.<script></script>"), True),
        (LEFT.replace("<svg>", '<input type="email"><svg>'), True),
    ],
)
def test_scripts_and_attributes_for_them_make_no_other_page(
    template: Template, inside: str, differs: bool
) -> None:
    was, now = (KnownPage(page(57, inside=some), URL, "utf-8", (template, ())) for some in (LEFT, inside))
    assert (was.left != now.left) is differs


@pytest.mark.parametrize(
    "inside",
    [
        '<p>Write data-berth="<em>{}</em> in the tag.</p><p class="one">And no more.</p>',
        '<p title="or data-berth=">The crossing was {}.</p><p class="one">And no more.</p>',
        '<p title="or data-berth=" {}="">The crossing was calm.</p>',
    ],
)
def test_what_only_looks_like_an_attribute_for_scripts_takes_nothing_along(
    template: Template, inside: str
) -> None:
    was, now = (
        KnownPage(page(57, inside=inside.format(word)), URL, "utf-8", (template, ()))
        for word in ("calm", "rough")
    )
    assert was.left != now.left
