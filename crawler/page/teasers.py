"""Teasers of other articles inside an article: «Also read», a linked headline, a picture, a lead.

They are known by their label, whatever the markup: a short line like «Also read:», alone or before a link,
and after it what leads elsewhere. Prose ends a teaser, and a label that nothing linked follows is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.page.blocks import INLINE
from crawler.page.markup import drop, text_of

LABEL = re.compile(
    r"(also read|read also|read more|read next|more on this|more stories|you may also like|recommended"
    r"|most (popular|read|viewed)|popular (now|stories)|trending( now)?|read on"
    r"|related( (articles?|posts?|stories|news|content|reading|links?))?"
    r"|lies auch|lesen sie auch|mehr zum thema|meistgelesen"
    r"|das könnte sie auch interessieren|auch interessant"
    r"|lire aussi|à lire aussi|à lire|sur le même sujet|les plus lus|articles liés"
    r"|lexo( edhe|ni edhe| gjithashtu)?|artikuj të ngjashëm|të ngjashme|më të lexuarat"
    r"|بیشتر بخوانید|پربازدیدها|پربازدیدترین‌ها"
    r"|همچنین بخوانید|در همین زمینه|مطالب مرتبط|اخبار مرتبط|مقالات مرتبط"
    r"|اقرأ أيض[اًا]+|إقرأ أيض[اًا]+|اقرأ المزيد|الأكثر قراءة|مواضيع ذات صلة|مقالات ذات صلة|أخبار ذات صلة)"
    r"\s*[:：…–—>»-]*\s*",
    re.IGNORECASE,
)
LINKED = 0.6
"""With so much of its text in links, a block leads elsewhere."""
LONGEST_BOX = 1_500
SHORT, LONG = 12, 60
"""So many words beside a linked picture are its caption; more than so many with hardly a link are prose."""
HARDLY = 0.2
CUT_SHORT = ("…", "...", "[…]", "[...]")


CARD = 60
"""A link with blocks in it and no more words than this is a card that leads elsewhere."""
MOST_CARDS = 0.5
"""Where so much of a page is cards, they are what it is about."""
FILE = re.compile(r"\.(jpe?g|png|gif|webp|avif|svg|pdf)$", re.IGNORECASE)


def drop_teasers(tree: HtmlElement) -> None:
    """Takes teasers of other articles out of the tree."""
    _drop_cards(tree)
    for element in list(tree.iter()):
        if element.getparent() is None or not _is_line(element):
            continue
        label = LABEL.match(text_of(element))
        if label is None:
            continue
        rest = text_of(element)[label.end() :]
        if rest and _leads_elsewhere(element, rest):
            drop(element)
        elif not rest:
            _drop_what_is_announced(element)


def _drop_cards(tree: HtmlElement) -> None:
    """Takes out the links that are boxes: a picture, a headline, a lead, all of it to be clicked on."""
    cards = [link for link in tree.iter("a") if _is_card(link)]
    if sum(len(text_of(card)) for card in cards) < MOST_CARDS * len(text_of(tree)):
        for card in cards:
            drop(card)


def _is_card(link: HtmlElement) -> bool:
    href = (link.get("href") or "").strip()
    said = text_of(link)
    if not said or not href or href.startswith("#") or FILE.search(href) or len(said.split()) > CARD:
        return False
    parts = [part for part in link.iterdescendants() if part.tag not in INLINE and text_of(part)]
    shown = any(part.tag == "figcaption" for part in parts)
    return not shown and (len(parts) > 1 or (_stands_alone(link) and LABEL.match(said) is not None))


def _stands_alone(link: HtmlElement) -> bool:
    """True for a link that is a line of its own between blocks."""
    parent = link.getparent()
    if parent is None or parent.tag in INLINE or all(child.tag in INLINE for child in parent):
        return False
    before = link.getprevious()
    return not (
        (link.tail or "").strip() or ((before.tail if before is not None else parent.text) or "").strip()
    )


def _drop_what_is_announced(label: HtmlElement) -> None:
    """Takes out a label with the teasers after it, or the box that it stands at the head of."""
    box = label.getparent()
    if box is not None and _is_box(box, label):
        drop(box)
        return
    teasers = list(_teasers_after(label))
    for element in [label, *teasers] if teasers else []:
        drop(element)


def _is_box(box: HtmlElement, label: HtmlElement) -> bool:
    """Whether an element is a box of teasers: it begins with the label, is short, and leads elsewhere."""
    if box.tag in ("body", "main", "article", "html") or box[0] is not label or box.find(".//a") is None:
        return False
    said = text_of(box)
    others = [child for child in box if child is not label]
    return len(said) < LONGEST_BOX and not any(_is_prose(child) for child in others)


def _is_prose(element: HtmlElement) -> bool:
    """A long paragraph that is no cut lead, with hardly a link in it."""
    said = text_of(element)
    whole = len(said.split()) > LONG and not said.endswith(CUT_SHORT)
    return whole and _linked(element) < HARDLY * len(said)


def _teasers_after(label: HtmlElement) -> Iterator[HtmlElement]:
    """The elements after a label, as long as each leads elsewhere or is the lead of what did."""
    led = False
    for element in label.itersiblings():
        if not text_of(element) and element.find(".//img") is None and element.tag != "img":
            continue
        leads = _leads_elsewhere(element, text_of(element)) or _is_linked_picture(element)
        if not leads and not (led and text_of(element).endswith(CUT_SHORT)):
            return
        led = True
        yield element


def _is_linked_picture(element: HtmlElement) -> bool:
    said = text_of(element)
    short = len(said.split()) <= SHORT or said.endswith(CUT_SHORT)
    return short and any(link.find(".//img") is not None for link in element.iter("a"))


def _leads_elsewhere(element: HtmlElement, said: str) -> bool:
    return bool(said) and _linked(element) >= LINKED * len(said)


def _linked(element: HtmlElement) -> int:
    return sum(len(text_of(link)) for link in element.iter("a"))


def _is_line(element: HtmlElement) -> bool:
    return element.tag not in INLINE and all(child.tag in INLINE for child in element.iterdescendants())
