"""Where a page keeps its article, what on it is no article, and whether it is a listing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from lxml.html import HtmlElement

from crawler.page.blocks import blocks, lines
from crawler.page.bounds import article_lines, is_prose, standfirst
from crawler.page.furniture import KEPT, drop_furniture
from crawler.page.markup import drop, folded, matching, outermost, text_of, tokens

__all__ = [
    "KEPT",
    "Kind",
    "container",
    "drop_furniture",
    "drop_surroundings",
    "has_entries",
    "headlines",
    "kind_of",
    "read",
]

Kind = Literal["article", "listing"]

BODIES = (
    ".entry-content",
    ".post-content",
    "[itemprop~=articleBody]",
    ".article-body",
    ".article-content",
    ".post-body",
    "article .content",
    ".field--name-body",
    ".field-name-body",
    ".td-post-content",
    ".amp-wp-article-content",
    ".elementor-widget-theme-post-content",
    ".com-content-article__body",
    ".mw-parser-output",
    ".e-content",
    ".article__body",
    ".article__content",
    ".post__content",
    ".story-body",
    ".article-text",
    ".news-text-wrap",
    "[data-hook~=post-description]",
    "[class*=article-texte-]",
    ".item-text",
    "#newsMainBody",
    ".markdown-body",
    ".w-richtext",
    ".prose",
)
"""What systems and themes call the element with the article's text and nothing else, the surest first."""

SUREST = BODIES[:8]
"""These are believed wherever they stand."""
LEAST_SHARE = 0.5
"""Another holds more of the page's prose than this, or it is a note beside the article."""

NOTES = frozenset(["notes", "footnotes", "ps", "references"])
"""What some systems set below the element with the text, and is of it."""

SINGLE = frozenset(["single", "page", "attachment", "singular"])
LISTING = frozenset(["blog", "archive", "search-results", "search-no-results"])
"""WordPress says on `body` what kind of page it shows; `page`, a single one, also stands beside `home`."""

ENTRIES = "article, .hentry, li.wp-block-post"
HEADINGS = ("h1", "h2", "h3", "h4")
LEAST_ENTRIES = 5
LEAD = 300
"""A listing shows a lead of at most so many characters a headline, on average; an article shows more."""
TOGETHER = 4
"""So many paragraphs beside each other are a text, whatever headlines stand around it."""
SAYS_ARTICLE = 'meta[property="og:type"][content="article"], meta[property="article:published_time"]'


def kind_of(tree: HtmlElement) -> Kind:
    """Whether the page is one article, or a listing: a home page, an archive, a search result."""
    says = _classes_of_body(tree)
    if says & SINGLE:
        return "article"
    if says & LISTING:
        return "article" if _is_of_its_only_entry(tree) else "listing"
    if container(tree) is not None:
        return "article"
    paragraphs = [p for p in tree.iter("p", "li", "td", "dd", "blockquote") if _is_prose(p)]
    if paragraphs and matching(tree, SAYS_ARTICLE):
        return "article"
    found = headlines(tree)
    prose = sum(len(text_of(p)) for p in paragraphs)
    few = len(found) < LEAST_ENTRIES or prose >= LEAD * len(found)
    return "article" if few or _most_together(tree) >= TOGETHER else "listing"


def _is_of_its_only_entry(tree: HtmlElement) -> bool:
    """Whether a page is named after the one entry that it shows: it is that entry's own."""
    found = headlines(tree)
    return len(found) == 1 and found[0] in folded(tree.findtext(".//title") or "")


def _most_together(tree: HtmlElement) -> int:
    """How many paragraphs of prose stand beside each other at most."""
    prose = (line.element for line in lines(tree) if is_prose(line) and not _aside(line.element))
    return max(Counter(p.getparent() for p in prose if p.tag == "p").values(), default=0)


def has_entries(tree: HtmlElement) -> bool:
    """Whether a listing says that it is one, or marks its entries; another only has headlines in its text."""
    return bool(_classes_of_body(tree) & LISTING or matching(tree, ENTRIES))


def _classes_of_body(tree: HtmlElement) -> set[str]:
    body = tree.find("body")
    return tokens(body) if body is not None else set()


def _is_prose(element: HtmlElement) -> bool:
    """True for an element that says something itself, in no other one that is counted."""
    linked = sum(len(text_of(a)) for a in element.iter("a"))
    return not _aside(element) and element.find("p") is None and 2 * linked < len(text_of(element))


def headlines(tree: HtmlElement) -> list[str]:
    """The linked headlines of a listing's entries, in their order."""
    entries = outermost(matching(tree, ENTRIES))
    found = (
        [_headline(entry) for entry in entries]
        if entries
        else [_linked(heading) for heading in tree.iter(*HEADINGS) if not _aside(heading)]
    )
    return [headline for headline in found if headline]


def _headline(entry: HtmlElement) -> str:
    return next((text for heading in entry.iter(*HEADINGS) if (text := _linked(heading))), "")


def _linked(heading: HtmlElement) -> str:
    """The text of a heading that is a link to another page or lies in one, else nothing."""
    links = [*heading.iter("a"), *(a for a in heading.iterancestors() if a.tag == "a")]
    return text_of(heading) if any(_leads_elsewhere(link) for link in links) else ""


def _leads_elsewhere(link: HtmlElement) -> bool:
    """True but for an anchor of the page itself, which many a long text has at each heading."""
    href = (link.get("href") or "").strip()
    return bool(href) and not href.startswith("#")


def container(tree: HtmlElement) -> HtmlElement | None:
    """The element with the article's text, where the page names exactly one; else None.

    A page may show other posts in the same markup: then WordPress's own post id tells which is meant.
    """
    for place in (_own_post(tree), tree):
        if place is None:
            continue
        for css in BODIES:
            found = [e for e in outermost(matching(place, css)) if not _aside(e)]
            if len(found) == 1 and (css in SUREST or _holds_the_prose(found[0], tree)):
                return found[0]
    return _only_article(tree)


def _own_post(tree: HtmlElement) -> HtmlElement | None:
    """The element `#post-17` on a page whose body is of class `postid-17` or `page-id-17`."""
    body = tree.find("body")
    for token in tokens(body) if body is not None else ():
        name, _, number = token.rpartition("-")
        if name in ("postid", "page-id") and number.isdigit():
            found: Sequence[HtmlElement] = tree.xpath("//*[@id=$id]", id=f"post-{number}")
            return found[0] if found else None
    return None


def _only_article(tree: HtmlElement) -> HtmlElement | None:
    """The page's one `article`, if it holds most of the prose: a lone one may be a teaser."""
    found = [e for e in outermost(list(tree.iter("article"))) if not _aside(e)]
    return found[0] if len(found) == 1 and _holds_the_prose(found[0], tree) else None


def _holds_the_prose(element: HtmlElement, tree: HtmlElement) -> bool:
    """Whether most of a page's paragraphs stand in an element, or most of its sentences: some have no `p`."""
    inside = set(element.iter())
    paragraphs = [(p, len(text_of(p))) for p in tree.iter("p")]
    sentences = [(line.element, len(line.text)) for line in lines(tree) if is_prose(line)]
    for said in (paragraphs, sentences):
        everywhere = sum(size for part, size in said if not _aside(part))
        if sum(size for part, size in said if part in inside) > LEAST_SHARE * everywhere:
            return True
    return False


def drop_surroundings(article: HtmlElement, title: str) -> None:
    """Takes out of an `article` what is not its text: headline, byline, dates, buttons, footer, asides."""
    for element in list(article.iter("footer", "aside", "time")):
        drop(element)
    every = lines(article)
    kept = {line.element for line in article_lines(every, title)}
    for line in every:
        if line.element not in kept and kept.isdisjoint(line.element.iter()):
            drop(line.element)
    for heading in list(article.iter("h1")):
        if text_of(heading) == title:
            drop(heading)


def read(found: HtmlElement, title: str) -> list[str]:
    """The blocks of the container: with its standfirst and notes, or without what surrounds them in it."""
    if found.tag == "article":
        drop_surroundings(found, title)
        return blocks(found)
    return [*_standfirst(found, title), *blocks(found), *_notes(found)]


def _standfirst(body: HtmlElement, title: str) -> list[str]:
    """The text between the headline and an element that holds only what follows: a lead, a caption."""
    every = lines(body.getroottree().getroot())
    inside = set(body.iter())
    first = next((number for number, line in enumerate(every) if line.element in inside), 0)
    return [line.text for line in standfirst(every[:first], title) if not _aside(line.element)]


def _notes(body: HtmlElement) -> list[str]:
    """The footnotes and postscript that some systems set beside the body."""
    beside = [element for element in body.itersiblings() if not NOTES.isdisjoint(tokens(element))]
    return [block for element in beside for block in blocks(element)]


def _aside(element: HtmlElement) -> bool:
    """True for what lies in a part of the page that is beside the article."""
    return any(a.tag in ("nav", "aside", "footer") for a in element.iterancestors())
