"""Names and words for what a box or a line is: hints from which the classifier learns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.any_case import AnyCase
from variorum.crawler.extraction.html.blocks import Place
from variorum.crawler.extraction.html.markup import outermost, values, with_value

MARKED = frozenset(
    """entry-content post-content article-body article-content post-body td-post-content field--name-body
    field-name-body amp-wp-article-content elementor-widget-theme-post-content com-content-article__body
    e-content mw-parser-output article__body article__content post__content story-body article-text
    markdown-body w-richtext prose articleBody""".split()  # noqa: SIM905 - legible
)
"""The names that systems give the element with a page's text."""

BESIDE = re.compile(
    r"(^|-)("
    r"byline|authors?|about-(the-)?author|share|sharing|shares|sharedaddy|social|addtoany|addthis|a2a"
    r"|(post|entry|article|item|blog|news|story|page|content)-"
    r"(meta|metadata|info|tags?|date|author|nav|navigation|share|tools|toolbox|views|hits|labels|source)"
    r"|read(ing)?-time|time-to-read|(published|publish|pub|posted)-(date|on)"
    r"|newsletters?|subscri(be|ption|ptions)|sign-?up|paywall|related(posts?)?|also-read|read-also|yarpp|crp"
    r"|comments?|comment-?list|respond|disqus|sidebar|widgets?|widget-area"
    r"|(prev|previous|next)-(next|prev|previous|posts?|articles?)|skip-link"
    r"|breadcrumbs?|pagination|pager|feedback|consent|cookies?|likes|views|ratings?|votes?|gdpr"
    r"|banner|popup|modal|ads?|adsbygoogle|ad-(slot|label|unit|container|wrapper|box)|advert|adverts|advertisement"
    r"|promo|sponsor(ed)?"
    r"|edit-?section|toc|table-of-contents|cite-backlink|jump-link|catlinks|printfooter|signature|postprofile"
    r")(-|$)"
)
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
SUBJECT = ("category-", "tag-", "term-", "topic-")
"""WordPress's classes on a post that begin so are followed by its subject."""

TEASER = re.compile(
    r"(also read|read also|read more|read next|more on this|more stories|you may also like|recommended"
    r"|most (popular|read|viewed)|popular (now|stories)|trending( now)?|read on|see also"
    r"|more from|further reading"
    r"|related( (articles?|posts?|stories|news|content|reading|links?|topics?))?"
    r"|lies auch|lesen sie auch|mehr zum thema|meistgelesen|weiterlesen|siehe auch"
    r"|das könnte sie auch interessieren|auch interessant"
    r"|lire aussi|à lire aussi|à lire|sur le même sujet|les plus lus|articles liés"
    r"|leer también|te puede interesar|lea también|leia também|leggi anche|lees ook|läs också|les også"
    r"|lexo( edhe|ni edhe| gjithashtu)?|artikuj të ngjashëm|të ngjashme|më të lexuarat"
    r"|بیشتر بخوانید|پربازدیدها|پربازدیدترین‌ها|همچنین بخوانید|در همین زمینه"
    r"|مطالب مرتبط|اخبار مرتبط|مقالات مرتبط"
    r"|اقرأ أيض[اًا]+|إقرأ أيض[اًا]+|اقرأ المزيد|الأكثر قراءة|مواضيع ذات صلة|مقالات ذات صلة|أخبار ذات صلة)"
    r"\s*[:：…–—>»-]*\s*",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"(by|written by|posted|published|updated|last (modified|updated)|photo(graph)?s?|image|credit|source"
    r"|von|foto|par|publié|nga|shkruar|botuar|por|fuente|نویسنده|خبرنگار|تاریخ|کد خبر|كتب|کتب|بقلم|نشر)\b",
    re.IGNORECASE,
)
COOKIES = re.compile(r"\bcookies?\b|کوکی|ملفات تعريف الارتباط|ملفات الارتباط", re.IGNORECASE)
LIKE_COOKIES = re.compile("[kK\u212a](?<=[cC][oO]{2}.)")
"""What each Latin mention of cookies has, found by its rarest letter: the other expression is slow."""
OFFER = AnyCase(
    r"\b(subscribe|newsletter|sign up|log ?in|sign in|register|share|tweet|follow us|advertisement|comments?"
    r"|reply|accept|copyright|all rights reserved|loading|download|print|e-?mail)\b",
)


def mentions_cookies(text: str) -> bool:
    """Whether a text mentions cookies."""
    return may_mention_cookies(text) and COOKIES.search(text) is not None


def may_mention_cookies(text: str) -> bool:
    """Whether any part of a text may mention cookies: a fast look at a long one."""
    return LIKE_COOKIES.search(text) is not None or "کوکی" in text or "ملفات" in text


def is_marked(place: Place) -> bool:
    """Whether the name of a place says that it has the page's text and nothing else."""
    return _are_marked(place.kind[1]) or _are_marked(place.element.get("itemprop") or "")


@lru_cache(maxsize=2**14)
def _are_marked(names: str) -> bool:
    return not MARKED.isdisjoint(names.split())


def outermost_marked(places: Iterable[Place]) -> dict[Place, Place | None]:
    """For each of these places, the outermost place with such a name that is, or is around, it."""
    found: dict[Place, Place | None] = {}
    for place in places:
        for one in place.around_but(found):
            holder = found[one.above] if one.above else None
            found[one] = holder or (one if is_marked(one) else None)
    return found


def marked_element(tree: HtmlElement) -> HtmlElement | None:
    """The one element of a page with such a name; None if there is none, or several beside each other."""
    found = marked_elements(tree)
    return found[0] if len(found) == 1 else None


def marked_elements(tree: HtmlElement) -> list[HtmlElement]:
    """The elements of a page with such a name that are in no other of them."""
    found = [
        element
        for attribute in ("class", "itemprop")
        for names in filter(_are_marked, values(tree, attribute))
        for element in with_value(tree, attribute, names)
    ]
    return outermost(list(dict.fromkeys(found)))


def is_beside(place: Place) -> bool:
    """Whether the name of a place says that it is beside the text: comments, shares, newsletter, related
    articles."""
    get = place.element.get
    return _names_beside(f"{place.kind[1]} {get('id') or ''} {get('data-hook') or ''}")


@lru_cache(maxsize=2**15)
def _names_beside(names: str) -> bool:
    return any(
        BESIDE.search("-".join(PARTS.findall(name)).lower())
        for name in names.split()
        if not name.startswith(SUBJECT)
    )
