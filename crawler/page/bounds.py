"""Where in its element an article begins and ends: what stands before and after its prose is sifted.

Between headline and prose stand a standfirst and captions, which are text, and a byline, a date and buttons,
which are not. They are told apart by their form: text says a sentence, or is a heading, a caption, a cell.
In the midst of the prose nothing is sifted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.page.blocks import Line
from crawler.page.markup import tokens

PROSE = 12
"""A sentence of so many words is prose."""
LINKED = 0.6
"""A line with more of its text in links than this leads elsewhere."""
FEW = 6
"""A paragraph of fewer words that ends in no mark of a sentence may be a byline, a label or a button."""
HEADLINE = 3
"""A headline of fewer words is known by being the whole title."""
MOST_BETWEEN = 150
"""More words than this between headline and text are no standfirst."""
FIGURES = 2
"""So many numbers in a line without such a mark make a date, a clock or a counter."""

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
CELLS = ("tr", "td", "th", "dt", "dd", "caption", "figcaption", "summary", "pre")
PARAGRAPHS = ("p", "li", "blockquote")
SENTENCE_ENDS = tuple('.!?…؟۔。！？」』）»”“":;؛။།។')
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese: no blanks between the words."""
LETTERS = 2
"""A word of theirs has so many letters, or more."""
CAPTION = re.compile(r"caption", re.IGNORECASE)
BYLINE = re.compile(
    r"(by|written by|posted|published|updated|last (modified|updated)|von|par|publié|nga|shkruar|botuar"
    r"|نویسنده|خبرنگار|تاریخ|کد خبر|كتب|کتب|بقلم|نشر)\b",
    re.IGNORECASE,
)


def article_lines(found: Sequence[Line], title: str = "") -> list[Line]:
    """Those lines of an element that are the article's text; all where it has no prose to go by."""
    prose = [number for number, line in enumerate(found) if is_prose(line)]
    if not prose:
        return list(found)
    first, last = prose[0], prose[-1] + 1
    start = after_headline(found[:first], title) or 0
    around = {found[number].element for number in prose}
    return [
        *(line for line in found[start:first] if line.element in around or opens(line)),
        *found[first:last],
        *(line for line in found[last:] if line.element in around or _closes(line)),
    ]


def standfirst(before: Sequence[Line], title: str) -> list[Line]:
    """Those of the lines before the prose that are text and stand below the headline: a lead, a caption."""
    start = after_headline(before, title)
    between = before[start:] if start is not None else []
    if sum(count_words(line.text) for line in between) > MOST_BETWEEN:
        return []
    return [line for line in between if opens(line)]


def after_headline(before: Sequence[Line], title: str) -> int | None:
    """The number of the line after the headline, of those before the prose; None where it is not there."""
    return max((n + 1 for n, line in enumerate(before) if _is_headline(line.text, title)), default=None)


def _is_headline(text: str, title: str) -> bool:
    """Whether a text is the title, or all of it but a name of the site before or after."""
    if text == title:
        return True
    return len(text.split()) >= HEADLINE and (title.startswith(f"{text} ") or title.endswith(f" {text}"))


def is_prose(line: Line) -> bool:
    """Whether a line is a sentence of some length, and no link."""
    return line.linked < LINKED and is_sentence(line.text)


def is_sentence(text: str) -> bool:
    """Whether a text is a sentence of some length."""
    return ends_sentence(text) and count_words(text) >= PROSE


def count_words(text: str) -> int:
    """How many words a text has, or as many as its letters make where no blanks stand between them."""
    return len(text.split()) + sum(map(len, UNSPACED.findall(text))) // LETTERS


def ends_sentence(text: str) -> bool:
    """Whether a text ends with a mark of a sentence."""
    return text.endswith(SENTENCE_ENDS)


def opens(line: Line) -> bool:
    """Whether a line between headline and prose is text: a standfirst, a heading, a caption, a cell."""
    if line.linked >= LINKED:
        return False
    if line.element.tag in (*HEADINGS, *CELLS) or _is_caption(line.element):
        return True
    if ends_sentence(line.text):
        return count_words(line.text) >= FEW / 2
    if line.element.tag not in PARAGRAPHS or count_words(line.text) < FEW:
        return False
    dated = sum(any(map(str.isdigit, word)) for word in line.text.split()) >= FIGURES
    return not dated and not BYLINE.match(line.text)


def _closes(line: Line) -> bool:
    """Whether a line after the prose is text: what is marked as text, else a sentence, also a linked one."""
    if line.linked >= LINKED:
        return line.element.tag in PARAGRAPHS and is_sentence(line.text)
    marked = line.element.tag in (*HEADINGS, *CELLS, *PARAGRAPHS) or _is_caption(line.element)
    return marked or ends_sentence(line.text)


def _is_caption(element: HtmlElement) -> bool:
    return any(CAPTION.search(name) for name in tokens(element))
