"""What is read of a page: the classifier's text, whatever its markup says or fails to say."""

from __future__ import annotations

import pytest

from variorum.crawler.extraction.extract import Extract, extract

URL = "https://ormhead.example/news/ferry"
TITLE = "Ferry company asks for a second boat"
PARAGRAPHS = [
    "The ferry company of Ormhead asked the council on Monday for a second boat, as the first one is full "
    "on every market day.",
    "Its captain counted the passengers of the whole summer and found that a third of them had to wait for "
    "more than an hour.",
    "The council answered that the money for a boat was set aside twice, and was spent both times on the "
    "roof of the school.",
    "A teacher from the northern shore said that her pupils would rather get wet in class than miss the "
    "lesson because of a queue.",
    "In the end it was agreed to hire a boat for the three months of summer, and to vote on buying one when "
    "the year is over.",
    "The keeper of the quay reminded everyone that there is room for one boat only, and that the other would "
    "have to lie at anchor.",
    "Until then those who have to catch the train are let on board first, as long as they show their ticket "
    "at the gate.",
]
LAST = "Nobody at the meeting could say who would steer the second boat on a day of fog and wind."
PROSE = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
TEASERS = "".join(
    f"<div class='teaser'><h3><a href='/n/{n}'>Another short headline of the week, number {n}</a></h3></div>"
    for n in range(8)
)
HEAD = "<meta charset='utf-8'><title>Ferry company asks for a second boat | Ormhead Herald</title>"
TOP = "<header><a href='/'>Ormhead Herald</a></header>"


def read(body: str, head: str = "") -> Extract:
    return extract(f"<!DOCTYPE html><html lang='en'><head>{HEAD}{head}</head><body>{body}".encode(), URL)


def whole(found: Extract) -> bool:
    """Whether all of the prose and nothing of the teasers is in the text."""
    return all(one in found.blocks for one in PARAGRAPHS) and "Another short headline" not in found.text


@pytest.mark.parametrize(
    "box",
    [
        "<aside class='left'><h4>Tide</h4><p>Rising.</p>",
        "<nav class='top'><a href='/'>Start</a><div class='menu'><a href='/news'>News</a>",
        "<footer class='by'>By our staff",
        "<button class='share'>Send",
        "<form class='letter'><label>Mail</label>",
        "<dialog>",
        "<section class='sidebar'>",
    ],
)
def test_a_box_that_is_never_closed_does_not_swallow_the_article(box: str):
    article = f"<article>{box}<h1>{TITLE}</h1>{PROSE}</article>"
    found = read(f"{TOP}<main>{article}{TEASERS}</main><p>Imprint</p>")
    assert set(PARAGRAPHS) <= set(found.blocks)
    assert (found.kind, found.title) == ("article", TITLE)


@pytest.mark.parametrize(
    "beside",
    [
        "<div class='post-content'><div id='mount'></div></div>",
        "<div class='box'><div class='entry-content'><p>Follow us wherever you like to read.</p></div></div>",
        "<div class='promo'><article><div class='content'>The boats of spring</div></article></div>",
        "<article class='entry-content' itemprop='articleBody'></article>",
    ],
)
def test_a_well_known_class_that_holds_hardly_anything_is_not_the_article(beside: str):
    assert whole(read(f"{TOP}<main><h1>{TITLE}</h1><div class='q1'>{PROSE}</div></main>{beside}"))


@pytest.mark.parametrize("head", ["", "<meta property='og:type' content='article'>"])
@pytest.mark.parametrize(
    "text",
    [
        "<div class='t'>" + PROSE.replace("<p>", "<div>").replace("</p>", "</div>") + "</div>",
        "".join(f"<div class='row'><div class='cell'><p>{one}</p></div></div>" for one in PARAGRAPHS),
    ],
)
def test_an_article_among_teasers_is_one_whatever_holds_its_paragraphs(text: str, head: str):
    found = read(f"{TOP}<main><h1>{TITLE}</h1>{text}<section>{TEASERS}</section></main>", head)
    assert found.kind == "article"
    assert whole(found)


@pytest.mark.parametrize("name", ["post-content", "body", ""])
def test_the_text_for_readers_without_scripts_is_read(name: str):
    sent = f"<script type='text/template'>{PROSE}</script><noscript>{PROSE}</noscript>"
    assert whole(read(f"{TOP}<main><h1>{TITLE}</h1><div class='{name}'>{sent}</div></main>"))


def test_of_a_short_report_the_last_paragraph_is_read_though_it_ends_in_no_stop():
    lead, rest = PARAGRAPHS[0], f"{PARAGRAPHS[1]} {PARAGRAPHS[4][:-1]} (ohn)"
    boxes = f"<div class='lead'>{lead}</div><div class='more'>{rest}</div>"
    assert read(f"{TOP}<main><h1>{TITLE}</h1>{boxes}</main>").blocks == (lead, rest)


@pytest.mark.parametrize(
    "headline",
    [
        "Ferry<br>A second boat",
        "<div>Ferry</div><div>A second boat</div>",
        "<span>Ferry</span><span class='visually-hidden'>: </span><span>A second boat</span>",
    ],
)
def test_the_words_of_a_headline_stay_apart(headline: str):
    assert (
        read(f"{TOP}<main><article><h1>{headline}</h1>{PROSE}</article></main>").title
        == "Ferry A second boat"
    )


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("Installing a pump<a class='headerlink' href='#installing'>¶</a>", "Installing a pump"),
        ("<a class='anchor' href='/pump/#installing'>#</a> Installing a pump", "Installing a pump"),
        ("A short course in <a href='#sharp'>C#</a>", "A short course in C#"),
        ("Number <a href='/signs/'>#</a>", "Number #"),
    ],
)
def test_a_link_from_a_headline_to_itself_is_no_part_of_the_title(headline: str, title: str):
    found = read(f"{TOP}<main><article><h1>{headline}</h1>{PROSE}</article></main>")
    assert found.title == title
    assert title not in found.blocks


def test_a_headline_has_no_readings_of_its_words():
    page = f"<h1><ruby>港<rt>みなと</rt></ruby>の<ruby>話<rp>(</rp><rt>はなし</rt></ruby></h1>{PROSE}"
    assert read(page).title == "港の話"


def test_the_document_of_a_frame_is_the_article_where_the_page_has_no_other():
    frame = PROSE.replace("<", "&lt;").replace(">", "&gt;")
    assert whole(read(f'{TOP}<main><h1>{TITLE}</h1><iframe srcdoc="{frame}"></iframe></main>'))


def test_a_table_keeps_its_rows_and_a_program_its_lines():
    table = "<table><tr><th>Boat</th><th>Seats</th></tr><tr><td><p>Old</p></td><td>4<br>0</td></tr></table>"
    code = "<pre>for boat in boats:\n    sail(boat)</pre>"
    found = read(f"{TOP}<article><h1>{TITLE}</h1>{PROSE}{table}<p>{LAST}</p>{code}<p>{LAST}</p></article>")
    assert {"Boat | Seats", "Old | 4 0", "for boat in boats:", "    sail(boat)"} <= set(found.blocks)


def test_words_that_the_style_sheet_hides_are_no_text():
    sheet = "<style>.k3,.k7{display:none}</style>"
    hidden = PROSE.replace(", and", "<span class='k3'> blue seven</span>, and")
    copy = "<p class='k7'>Copy 98 of this text belongs to a reader of the southern shore.</p>"
    assert read(f"{TOP}<article><h1>{TITLE}</h1>{hidden}{copy}</article>", sheet).blocks == tuple(PARAGRAPHS)


def test_a_forum_has_its_posts_and_a_product_its_description_and_price():
    posts = "".join(f"<div class='post'><div class='text'>{one}</div></div>" for one in PARAGRAPHS)
    assert whole(read(f"{TOP}<div class='thread'><h1>{TITLE}</h1>{posts}</div>"))
    product = f"<h1>Boat</h1><div class='price'>€ 4,200</div><div class='description'>{PROSE}</div>"
    assert whole(read(f"{TOP}<div class='product'>{product}</div><footer>Imprint</footer>"))
