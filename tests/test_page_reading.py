"""How a page is read where its markup helps little."""

import pytest
from lxml import html

from benchmarks.crawl import articles, design
from variorum.crawler.extraction.extract import extract
from variorum.crawler.extraction.html.markup import parse
from variorum.crawler.extraction.metadata.headline import title

URL = "https://press.example/floods/"
FIRST = "The river rose in the night, and the ferry at Dunmore lay still until noon on Monday."
SECOND = "Nobody was hurt, said the keeper, who has seen twenty such floods in his long life."
THIRD = "The council met on Tuesday and spoke for two hours of what the next one will cost."
PROSE = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
TEXT = [FIRST, SECOND, THIRD]


def read(body: str, head: str = "") -> list[str]:
    return extract(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL).text.split("\n")


def test_what_a_dialog_says_is_no_text():
    dialog = f"<dialog open><p>{SECOND}</p></dialog>"
    assert read(f"<div class='entry-content'><p>{FIRST}</p>{dialog}<p>{THIRD}</p></div>") == [FIRST, THIRD]


# The element with the text


@pytest.mark.parametrize("body", ["td-post-content", "e-content", "mw-parser-output", "story-body", "prose"])
def test_the_element_that_a_system_calls_its_text_is_read_without_what_surrounds_it(body: str):
    around = f"<main><p>Kicker</p><div class='{body}'>{PROSE}</div><p>{SECOND[:-1]}, again.</p></main>"
    assert read(around) == TEXT


def test_a_note_in_such_an_element_beside_the_article_is_not_the_article():
    note = '<div class="prose"><p>The editor of this page lives by the river.</p></div>'
    assert read(f"<div><div>{PROSE}</div></div><div>{note}</div>")[:3] == TEXT


def test_a_standfirst_and_a_caption_between_headline_and_prose_are_read():
    top = """<h1>The flood</h1><p>The river rose, and the ferry lay still until the evening of Monday.</p>
    <figure><img src="a.png"><figcaption>The ferry</figcaption></figure>"""
    head = "<title>The flood | Press</title><meta property='og:type' content='article'>"
    assert read(f"<main><article>{top}{PROSE}</article></main>", head) == [
        "The river rose, and the ferry lay still until the evening of Monday.", "The ferry", *TEXT,
    ]  # fmt: skip


def test_in_the_midst_of_the_prose_nothing_is_sifted():
    body = f"<article><p>{FIRST}</p><div>Seen 17 times</div><div>By noon</div><p>{SECOND}</p></article>"
    assert read(body) == [FIRST, "Seen 17 times", "By noon", SECOND]


# No such element


# Cards


CARD = (
    '<a href="/other"><img src="x.png"><h4>The bridge is closed</h4><p>Since Monday nobody crosses.</p></a>'
)


def test_a_link_that_is_a_box_with_headline_and_lead_is_a_teaser():
    assert read(f'<div class="entry-content"><p>{FIRST}</p>{CARD}<p>{SECOND}</p></div>') == [FIRST, SECOND]


def test_a_labelled_link_on_a_line_of_its_own_is_a_teaser():
    card = '<a href="/other"><span>Read next</span><span>The bridge is closed</span></a>'
    assert read(f'<div class="entry-content"><p>{FIRST}</p>{card}<p>{SECOND}</p></div>') == [FIRST, SECOND]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/large.jpg"><img src="x.png"><div>The ferry</div><div>in May</div></a>',
        '<a href="/large"><figure><img src="x.png"><figcaption>The ferry in May</figcaption></figure></a>',
        '<a href="#note"><p>The note</p><p>below</p></a>',
        '<a href="/other"><h3>The bridge is closed</h3></a>',
    ],
)
def test_a_picture_or_a_heading_that_is_a_link_is_no_teaser(link: str):
    assert len(read(f'<div class="entry-content"><p>{FIRST}</p>{link}<p>{SECOND}</p></div>')) > 2


def test_a_page_that_is_mostly_cards_keeps_them():
    assert "The bridge is closed" in read(f'<div class="entry-content"><p>Our stories.</p>{CARD * 3}</div>')


# Headlines


@pytest.mark.parametrize(
    ("body", "headline"),
    [
        ("<h1><a href='/'>Our Blog</a></h1><h3>The flood of May</h3>", "The flood of May"),
        ("<h1>Our Blog</h1><h3>Older posts</h3>", "Our Blog"),
        ("<h1>Rain</h1><h3>The flood of May</h3>", "Rain"),
    ],
)
def test_the_heading_in_the_page_s_title_is_the_headline_though_the_site_s_name_is_its_h1(body, headline):
    tree = parse(f"<html><head><title>Our Blog: The flood of May</title></head><body>{body}".encode(), URL)
    assert title(tree) == headline


@pytest.mark.parametrize("number", [23, 27, 34])
def test_the_leads_of_teasers_below_a_marked_article_are_not_its_text(number: int):
    body = design.page(articles.article(number), pages=120, noise=1)
    leads = [p.text_content() for p in html.fromstring(body).iter("p") if p.get("class") == "card__lead"]
    lines = extract(body, "https://s.example/a/").text.split("\n")
    assert leads
    assert [lead for lead in leads if f"- {lead}" in lines or lead in lines] == []
