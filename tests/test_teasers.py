"""Teasers of other articles inside an article are not its text, whatever their markup."""

import pytest

from crawler.extract import extract

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
