"""How a page is read where its markup helps little: furniture by its name, and an article by its form."""

import pytest

from crawler.extract import extract
from crawler.page import article, metadata
from crawler.page.blocks import lines
from crawler.page.bounds import article_lines
from crawler.page.markup import parse, text_of
from crawler.page.prose import article_blocks

URL = "https://press.example/floods/"
FIRST = "The river rose in the night, and the ferry at Dunmore lay still until noon on Monday."
SECOND = "Nobody was hurt, said the keeper, who has seen twenty such floods in his long life."
THIRD = "The council met on Tuesday and spoke for two hours of what the next one will cost."
PROSE = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
TEXT = [FIRST, SECOND, THIRD]


def read(body: str, head: str = "") -> list[str]:
    return extract(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL).text.split("\n")


def left(body: str) -> str:
    tree = parse(f"<html><body>{body}</body></html>".encode(), URL)
    article.drop_furniture(tree)
    return text_of(tree)


# Furniture that says what it is


@pytest.mark.parametrize(
    "box",
    [
        '<div class="article__byline">By Zana Arta</div>',
        '<div class="NewsletterInline_box__X3cVb"><h4>Our letter</h4><p>Each Friday.</p></div>',
        '<ul class="article-tools"><li>Print</li><li>Send</li></ul>',
        '<div class="td-post-sharing"><span>Share</span></div>',
        '<span data-hook="time-to-read">3 min read</span>',
        '<div class="paywall-teaser"><p>Two free articles are left to you this month.</p></div>',
        '<section class="related-articles"><a href="/1">One</a><a href="/2">Two</a></section>',
        '<span class="mw-editsection">[<a href="/edit">edit</a>]</span>',
        '<div id="x" class="sidebar"><h4>Our letter</h4><p>Each Friday.</p></div>',
        '<div class="next-prev"><a href="/1">The ferry</a> <p>It sails.</p></div>',
        '<form><label>Your name</label><input type="email"><p>We never share it.</p></form>',
        "<form><p>Say what you think.</p><textarea></textarea></form>",
        '<dl class="postprofile"><dt>Hans</dt><dd>Posts: 312</dd></dl>',
    ],
)
def test_a_small_box_whose_name_says_that_it_is_furniture_goes(box: str):
    assert left(f"<div><p>{FIRST}</p>{box}</div>") == FIRST


@pytest.mark.parametrize(
    "kept",
    [
        f'<p class="paywall">{FIRST} {SECOND}</p>',
        f'<div class="article-info">{FIRST} {SECOND * 6}</div>',
        f'<div class="post-1 hentry tag-cookies category-feedback"><p>{FIRST}</p></div>',
        f'<section id="cookies"><h2>Cookies</h2><p>{FIRST}</p></section>',
        f'<blockquote><p>{FIRST}</p><p class="author-name">Zana Arta</p></blockquote>',
        f'<div class="social-links"><blockquote>{FIRST}</blockquote></div>',
        f'<div class="post-info"><h1>{FIRST}</h1></div>',
        f'<form><input type="hidden"><p>{FIRST}</p></form>',
        f'<form><input type="email"><p>{FIRST * 4}</p></form>',
        f'<div class="content-sidebar-wrap has-sidebar"><p>{FIRST}</p></div>',
    ],
)
def test_what_only_seems_to_be_called_so_stays(kept: str):
    assert left(kept) == text_of(parse(kept.encode(), URL))


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


def test_an_article_is_read_without_the_lines_between_its_headline_and_its_prose_that_say_nothing():
    head = """<div>News</div><h1>The flood</h1><p>The river rose, and the ferry lay still.</p>
    <div>Zana Arta · 4 May 2021, 10:00</div><div><a href="/news">All news</a></div>
    <figure><img src="a.png"><figcaption>The ferry</figcaption></figure>"""
    tail = '<div>Seen 17 times</div><ul><li><a href="/1">Another</a></li></ul><h3>Note</h3><p>More soon</p>'
    assert read(f"<article>{head}{PROSE}{tail}</article>") == [
        "The river rose, and the ferry lay still.", "The ferry", *TEXT, "Note", "More soon",
    ]  # fmt: skip


def test_in_the_midst_of_the_prose_nothing_is_sifted():
    body = f"<article><p>{FIRST}</p><div>Seen 17 times</div><div>By noon</div><p>{SECOND}</p></article>"
    assert read(body) == [FIRST, "Seen 17 times", "By noon", SECOND]


def test_an_article_without_any_prose_is_read_whole():
    found = lines(parse(b"<body><div>By Zana</div><div>4 May 2021</div></body>", URL))
    assert article_lines(found) == found


def container(body: str) -> list[str]:
    tree = parse(f"<html><body>{body}</body></html>".encode(), URL)
    found = article.container(tree)
    assert found is not None
    return article.read(found, metadata.title(tree))


def test_the_standfirst_between_headline_and_text_is_read_and_the_byline_is_not():
    between = (
        "<p>The river has not been so high since 1954.</p><p>By Zana Arta</p><div>5 May 2021 10:00</div>"
    )
    body = f"<h1>The flood</h1>{between}<div class='entry-content'>{PROSE}</div>"
    assert container(body) == ["The river has not been so high since 1954.", *TEXT]


def test_what_stands_above_the_headline_is_no_standfirst():
    above = "<p>The meeting of all readers is on Friday.</p>"
    assert container(f"{above}<h1>The flood</h1><div class='entry-content'>{PROSE}</div>") == TEXT


def test_so_much_between_headline_and_text_that_it_is_another_text_is_left_out():
    body = f"<h1>The flood</h1>{PROSE * 4}<div class='entry-content'>{PROSE}</div>"
    assert container(body) == TEXT


def test_the_notes_beside_the_text_are_read():
    body = f"<h1>A</h1><div class='entry-content'>{PROSE}</div><div class='notes'><p>1. Minutes.</p></div>"
    assert container(body) == [*TEXT, "1. Minutes."]


# No such element


def test_a_table_for_layout_is_read_once_though_trafilatura_glues_its_cells():
    page = f"<table><tr><td><div>Home</div></td><td>{PROSE}</td></tr></table>"
    glued = [f"Home | {' '.join(TEXT)}"]
    assert article_blocks(parse(f"<html><body>{page}</body></html>".encode(), URL), glued)[-3:] == TEXT


def test_the_place_of_the_prose_is_read_and_a_lone_paragraph_elsewhere_is_not():
    notice = "We use cookies to see how many of you read us and where."
    page = f"<div><div>{PROSE}</div><div><p>{notice}</p></div></div>"
    tree = parse(f"<html><body>{page}</body></html>".encode(), URL)
    assert article_blocks(tree, [*TEXT, notice]) == TEXT


def test_paragraphs_beside_each_other_are_read_wherever_they_stand():
    more = f"<p>{THIRD} Again.</p><p>{SECOND} Again.</p>"
    page = f"<div><div>{PROSE * 2}</div><div>{more}</div></div>"
    tree = parse(f"<html><body>{page}</body></html>".encode(), URL)
    found = [*TEXT, *TEXT, f"{THIRD} Again.", f"{SECOND} Again."]
    assert article_blocks(tree, found)[-2:] == found[-2:]


def test_a_lead_and_a_list_that_stand_apart_from_the_prose_are_read_where_trafilatura_found_them():
    lead, items = "The river has not been so high since 1954", ["Ferries lie still", "Schools are shut"]
    listed = "".join(f"<li>{item}</li>" for item in items)
    page = f"<h1>The flood</h1><div><h2>{lead}</h2></div><div>{PROSE}</div><div><ul>{listed}</ul></div>"
    tree = parse(f"<html><body>{page}</body></html>".encode(), URL)
    assert article_blocks(tree, [lead, *TEXT, *items]) == [lead, *TEXT, *(f"- {item}" for item in items)]


def test_a_list_without_one_whole_sentence_is_read_at_its_place():
    items = [f"Repair number {n} of the old quay" for n in range(9)]
    listed = "".join(f"<li>{item}</li>" for item in items)
    page = f"<div><p>We have read the terms, and are glad of them.</p></div><ul>{listed}</ul>"
    tree = parse(f"<html><body>{page}</body></html>".encode(), URL)
    assert article_blocks(tree, items) == [f"- {item}" for item in items]


def test_a_cell_that_is_a_link_is_read_with_its_row_and_a_linked_sentence_with_its_list():
    row = f'<tr><td><a href="/1">F-17</a></td><td><p>{SECOND}</p></td></tr>'
    source = "Arta, Zana: Floods of the lower river since the year 1954, second volume, Dunmore 1998."
    page = f'<div>{PROSE}<table>{row}</table><ol><li><a href="/2">{source}</a></li></ol><p>{THIRD}</p></div>'
    tree = parse(f"<html><body>{page}</body></html>".encode(), URL)
    assert article_blocks(tree, [*TEXT, SECOND]) == [*TEXT, "F-17", SECOND, f"- {source}", THIRD]


def test_a_text_without_blanks_between_its_words_is_known_as_prose():
    chinese = "在旧金山举行的会晤吸引了全世界的目光，多名专家认为合作符合国际社会利益。"
    menu = "<li>首页</li><li>友情链接：</li>"
    page = (
        f"<html><body><ul>{menu}</ul><div><p>{chinese}</p><p>{chinese}</p></div><ul>{menu}</ul></body></html>"
    )
    assert article_blocks(parse(page.encode(), URL), [chinese, chinese]) == [chinese, chinese]


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
    assert metadata.title(tree) == headline
