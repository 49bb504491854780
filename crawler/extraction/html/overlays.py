"""Removes what lies over a page or is not shown: cookie banners, dialogs, second copies for small screens.

Whether a banner appears depends on the visitor and the time, and not on the article. It is recognised by the
tools that make banners, by its role, or by its form: few words, one of them about cookies, and a button to
accept them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from variorum.crawler.extraction.html.blocks import blocks
from variorum.crawler.extraction.html.hints import may_mention_cookies, mentions_cookies
from variorum.crawler.extraction.html.markup import KEPT, drop, folded, hidden, text_of, values

BANNER = re.compile(
    r"(onetrust-(consent|banner|pc)-sdk|cybotcookiebotdialog|cookiebanner|cookie-(banner|bar|popup|modal|overlay)"
    r"|cookieconsent|cc-(window|banner)|cmplz-cookiebanner|usercentrics-|didomi-(host|popup|notice)|qc-cmp"
    r"|truste(-consent|_overlay|_box)|iubenda-cs|cookiescript|klaro$|tarteaucitron|sp_message_container|termly-"
    r"|hs-eu-cookie|borlabs-?cookie|moove_gdpr|axeptio|cky-(consent|modal|overlay)|osano-cm|fc-consent-root"
    r"|gdpr-(cookie|banner|popup|consent)|cookiefirst|wt-cli-cookie|ez-cookie|evidon)",
    re.IGNORECASE,
)
"""The names that widespread consent tools use on a page."""
WHOLE = etree.XPath("string()", smart_strings=False)
DIALOGS = frozenset(["dialog", "alertdialog"])
LIKE_DIALOGS = etree.XPath(
    "descendant-or-self::dialog | descendant-or-self::*/@role/.. | descendant-or-self::*/@aria-modal/.."
)
"""Several times as fast as a walk over all elements."""
ACCEPT = re.compile(
    r"(i )?(accept|agree|allow|understand|consent)( (to )?(all|cookies|all cookies|and (close|continue)))?"
    r"|got it!?|ok(ay)?|(alle )?(cookies )?(akzeptieren|zulassen|annehmen)|(ich stimme )?zu(stimmen)?"
    r"|einverstanden|verstanden|(tout )?accepter( tout)?|j['’]accepte|j['’]ai compris|d['’]accord"
    r"|pranoj|i pranoj|(می‌?پذیرم|پذیرفتن|قبول|متوجه شدم|موافقم)|موافق|أوافق|قبول الكل|حسنا",
    re.IGNORECASE,
)
BUTTONS = ("button", "a", "input")
MOST_WORDS = 120
"""The maximum number of words of a banner; a text about cookies has more."""
MOST = 0.5
"""A dialog with this share of a page's text is the subject of the page."""
AGAIN = 0.9
"""Hidden content is removed if this share of its blocks is visible elsewhere on the page."""


def drop_overlays(tree: HtmlElement) -> bool:
    """Remove banners and short dialogs from the tree, and hidden copies of what it shows; whether any."""
    named = any(map(_names_a_banner, values(tree, "id", "class")))
    over = [one for one in tree.iter() if _is_named(one)] if named else []
    over += _banners(tree)
    for element in over:
        _drop(element)
    if dialogs := [one for one in cast("list[HtmlElement]", LIKE_DIALOGS(tree)) if _is_dialog(one)]:
        most = MOST * len(text_of(tree))
        for element in dialogs:
            text = text_of(element)
            if len(text) < most and len(text.split()) <= MOST_WORDS:
                over.append(element)
                _drop(element)
    if unseen := [one for one in hidden(tree) if one.tag not in KEPT]:
        over += _drop_copies(tree, unseen)
    return bool(over)


def _drop(element: HtmlElement) -> None:
    if element.tag not in KEPT:
        drop(element)


def _is_named(element: HtmlElement) -> bool:
    own, classes = element.get("id"), element.get("class")
    return (own is not None and _names_a_banner(own)) or (classes is not None and _names_a_banner(classes))


@lru_cache(maxsize=2**14)
def _names_a_banner(names: str) -> bool:
    return any(BANNER.match(name) for name in names.split())


def _is_dialog(element: HtmlElement) -> bool:
    if element.tag == "dialog":
        return element.get("open") is None
    return element.get("role") in DIALOGS or element.get("aria-modal") == "true"


def _banners(tree: HtmlElement) -> Iterator[HtmlElement]:
    """The smallest elements around an accept button that mention cookies."""
    if not may_mention_cookies(cast("str", WHOLE(tree))):
        return
    for button in tree.iter(*BUTTONS):
        text = text_of(button) or button.get("value") or ""
        if not ACCEPT.fullmatch(text.strip(" .!›»→✓×")):
            continue
        for around in button.iterancestors():
            words = text_of(around)
            if len(words.split()) > MOST_WORDS:
                break
            if mentions_cookies(words):
                yield around
                break


def _drop_copies(tree: HtmlElement, unseen: list[HtmlElement]) -> list[HtmlElement]:
    """Remove those of the hidden elements that the page shows elsewhere; return them."""
    texts_of = [[block.text.removeprefix("- ") for block in blocks(element)] for element in unseen]
    longest = max((len(text) for texts in texts_of for text in texts), default=0)
    shown = _shown_beside(tree, unseen, longest) if longest else set()
    copies = [
        element
        for element, texts in zip(unseen, texts_of, strict=True)
        if sum(text in shown for text in texts) >= AGAIN * len(texts)
    ]
    for element in copies:
        drop(element)
    return copies


def _shown_beside(tree: HtmlElement, unseen: list[HtmlElement], longest: int) -> set[str]:
    """The texts of at most so many characters of all elements outside the hidden ones."""
    inside = {part for element in unseen for part in element.iter()}
    return {text for part, text in _short_texts(tree, longest) if part not in inside}


def _short_texts(tree: HtmlElement, longest: int) -> Iterator[tuple[HtmlElement, str]]:
    """Each element with at most so many characters of text, with that text, built from the elements inside
    it."""
    whole: dict[HtmlElement, str] = {}
    for part in reversed(list(tree.iter())):
        inner = list(part)
        if any(child not in whole for child in inner):
            continue
        text = "".join([part.text or "", *(whole[child] + (child.tail or "") for child in inner)])
        if len(shown_text := folded(text)) <= longest:
            whole[part] = text
            yield part, shown_text
