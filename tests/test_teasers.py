"""Teasers of other articles inside an article are not its text, whatever their markup."""

import pytest

from variorum.crawler.extraction.extract import extract

URL = "https://press.example/floods/"
FIRST = "The river rose in the night, and the ferry at Dunmore lay still until noon."
LAST = "Nobody was hurt, said the keeper, who has seen twenty such floods in his life."
LINK = '<a href="/bridge/">The bridge at Ormhead is closed again</a>'
PICTURE = '<a href="/bridge/"><img src="/b.jpg" alt=""></a>'
LEAD = "The council met on Monday and spoke for two hours of the bridge, which has been …"


def text(inside: str) -> list[str]:
    page = f"<html><body><div class='entry-content'><p>{FIRST}</p>{inside}<p>{LAST}</p></div></body></html>"
    return extract(page.encode(), URL).text.split("\n")


@pytest.mark.parametrize(
    "teaser",
    [
        f"<p><strong>Also read:</strong></p><p>{LINK}</p><p>{PICTURE} {LEAD}</p>",
        f"<p>Also read: {LINK}</p>",
        f"<div><h4>Read also</h4>{PICTURE}<h5>{LINK}</h5><p>{LEAD}</p></div>",
        f"<h3>Related articles</h3><ul><li>{LINK}</li><li>{LINK}</li></ul>",
        f"<p>بیشتر بخوانید:</p><p>{LINK}</p>",
        f"<p>اقرأ أيضًا:</p><p>{LINK}</p>",
        f"<p>Lexo edhe: {LINK}</p>",
        f"<p>Lesen Sie auch</p><p>{PICTURE}</p><p>{LINK}</p>",
        f"<p>À lire aussi : {LINK}</p>",
    ],
)
def test_a_labelled_teaser_is_no_text(teaser: str):
    assert text(teaser) == [FIRST, LAST]


AGAIN = '<p><a href="/bridge/">Link to the source</a></p>'
WHOLE = "<p>Carts paid four coins, and musicians on their way to a wedding paid nothing at all.</p>"


def test_a_teaser_s_lead_goes_with_it_where_the_link_comes_again_below():
    teaser = f"<p>Also read:</p><h3>{LINK}</h3><p>{LEAD}</p>{WHOLE}{AGAIN}"
    assert text(f"{teaser}<hr>{teaser}") == [FIRST, LAST]


def test_prose_after_a_teaser_stays_where_no_such_link_comes_again():
    assert len(text(f"<p>Also read:</p><h3>{LINK}</h3>{WHOLE}")) == 3
    assert len(text(f"<p>Also read:</p><h3>{LINK}</h3>{WHOLE * 3}{AGAIN}")) > 4


def test_a_label_beside_its_box_is_known_though_it_is_no_block():
    box = f"<div>{PICTURE}<h6>{LINK}</h6><p>{LEAD} <a href='/bridge/'>Read…</a></p></div>"
    assert text(f"<aside><span>Related</span>{box}</aside>") == [FIRST, LAST]


def test_a_small_box_in_which_picture_and_headline_lead_to_another_page_of_the_site_is_a_teaser():
    box = f"<div>{PICTURE}<h4>{LINK}</h4><p>The council met on Monday.</p></div>"
    assert text(box) == [FIRST, LAST]
    assert text(box.replace("/bridge/", "https://press.example/bridge/")) == [FIRST, LAST]


@pytest.mark.parametrize(
    "box",
    [
        f"<div>{PICTURE}<h4>{LINK}</h4><p>{FIRST * 6}</p></div>",
        f"<div>{PICTURE}<h4>{LINK}</h4></div>".replace("/bridge/", "https://shop.example/bridge/"),
        f"<figure>{PICTURE}<figcaption>{LINK}</figcaption></figure>",
        f"<div>{PICTURE}<h4>{LINK}</h4></div>".replace("/bridge/", "/bridge.jpg"),
        f"<div>{PICTURE}<h4>{LINK}</h4></div>".replace("/bridge/", "#bridge"),
        f'<div>{PICTURE}<h4><a href="http://[::1">Never read address</a></h4></div>',
    ],
)
def test_a_box_with_much_text_or_that_leads_to_another_site_or_a_picture_is_text(box: str):
    assert len(text(box)) > 2


@pytest.mark.parametrize(
    "prose",
    [
        "<p>Also read the keeper&#8217;s diary, which the museum has printed.</p>",
        f"<p>Read more than one book on it, he said, and showed us {LINK}, which he keeps.</p>",
        "<p>Also read:</p><p>the tide tables, the wind, and the faces of those who come home.</p>",
        f"<p>As we wrote in {LINK}, the council was warned.</p>",
    ],
)
def test_prose_that_begins_like_a_label_stays(prose: str):
    assert len(text(prose)) > 2


def test_a_category_that_is_called_like_a_label_takes_nothing_from_its_article():
    links = "".join(
        f"<li><a href='/{n}/'>Another article of this site, number {n}</a></li>" for n in range(30)
    )
    page = (
        "<html><body><div id='all'><article><header><div><a href='/also-read/'>Also read</a></div>"
        f"<h1>The floods</h1></header><div class='entry-content'><p>{FIRST}</p></div></article>"
        f"<ul>{links}</ul></div></body></html>"
    )
    assert extract(page.encode(), URL).text == FIRST
