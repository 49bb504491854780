"""Two captures read by the same scores of block paths: only what came or went makes their texts differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from variorum.crawler.config.site import Site
from variorum.crawler.diffing.diff import compare
from variorum.crawler.extraction.extract import Opened, extract_opened, opened
from variorum.crawler.extraction.html.blocks import Block
from variorum.crawler.extraction.reader import Body, PageReader
from variorum.crawler.extraction.together import read_together

URL = "https://ormhead.example/ferry"
PROSE = [
    f"On day {n} the keeper of the lock counted {n * 7 + 3} barges, and wrote down where each came from."
    for n in range(1, 9)
]


def html(*cells: str, prose: list[str] = PROSE, menu: str = "Harbour") -> str:
    """A page with a menu, a text and a table of prices beside it."""
    text = "".join(f"<p>{one}</p>" for one in prose)
    table = "".join(f'<div class="price">{cell}</div>' for cell in cells)
    return (
        f"<html><head><title>The ferry</title></head><body><ul class='menu'><li>{menu}</li></ul>"
        f"<div class='a'><h1>The ferry</h1>{text}</div><div class='b'>{table}</div></body></html>"
    )


def judged(page: str, probability: Callable[[Block], float]) -> Opened:
    """The page as a classifier would open it that thinks so of its blocks."""
    found = opened(page.encode(), URL, encoding="utf-8")
    assert found.judged
    some = np.array([probability(block) for block in found.judged.page.blocks])
    return replace(found, judged=replace(found.judged, probability=some, article=1.0))


def sure(block: Block) -> float:
    """Sure of the text, not of prices, nor of menus."""
    return {"p": 0.9, "div": 0.4}.get(block.tag, 0.05)


def test_a_reading_that_wavers_over_a_text_that_stands_makes_no_difference() -> None:
    old = judged(html("Adults 4"), sure)
    new = judged(html("Adults 4", menu="Pier"), lambda b: 0.1 if "day 3" in b.text else sure(b))
    assert compare(extract_opened(old), extract_opened(new)) is not None
    found = read_together(old, new)
    assert found is not None
    assert compare(found.old, found.new) is None


def test_what_both_readings_leave_out_is_a_change_where_its_path_may_be_text() -> None:
    old, new = judged(html("Adults 4"), sure), judged(html("Adults 5"), sure)
    found = read_together(old, new)
    assert found is not None
    diff = compare(found.old, found.new)
    assert diff is not None
    assert [(hunk.old, hunk.new) for hunk in diff.hunks] == [(("Adults 4",), ("Adults 5",))]


def test_a_page_that_marks_its_text_is_read_as_it_is() -> None:
    old, new = (judged(html(cell).replace("class='a'", "class='entry-content'"), sure) for cell in ("4", "5"))
    assert read_together(old, new) is None


@pytest.mark.parametrize(
    ("old", "new", "is_read"),
    [
        (html("4"), html("5"), True),
        (html("4"), html("4") + "<!-- later -->", False),
        (html("4"), "", False),
        ("%PDF-1.4", html("4"), False),
    ],
    ids=["another price", "the same to the eye", "nothing", "another kind of file"],
)
def test_captures_are_read_together_where_they_show_two_texts(old: str, new: str, is_read: bool) -> None:
    reader = PageReader(Site(name="ormhead", url="https://ormhead.example/"))
    before, after = (Body(page.encode(), URL, "2026-03-01T00:00:00Z", "utf-8") for page in (old, new))
    assert (reader.read_together(before, after) is not None) is is_read
