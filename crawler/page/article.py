"""Where a page keeps its article, what on it is no article, and whether it is a listing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lxml.html import HtmlElement

from crawler.page.markup import drop, matching, outermost, text_of, tokens

Kind = Literal["article", "listing"]

FURNITURE = frozenset(
    {
        # Comments.
        "comments-area",
        "comment-list",
        "commentlist",
        "comment-respond",
        "comment-form",
        "post-comments",
        "comments-link",
        "wp-block-post-comments",
        "wp-block-comments",
        # Share rows.
        "sharedaddy",
        "sd-sharing",
        "jp-sharing",
        "share-buttons",
        "post-share",
        "social-share",
        "addtoany_share_save_container",
        "addtoany_content",
        "a2a_kit",
        "addthis_toolbox",
        "addthis_inline_share_toolbox",
        "heateor_sss_sharing_container",
        "ssba",
        "essb_links",
        "mashsb-container",
        "swp_social_panel",
        "simplesocialbuttons",
        # Teasers of other articles.
        "jp-relatedposts",
        "related-posts",
        "relatedposts",
        "post-related",
        "yarpp",
        "yarpp-related",
        "crp_related",
        "also-read",
        "read-also",
        "rp4wp-related-posts",
        # Counters and votes.
        "post-views",
        "post-views-count",
        "entry-views",
        "pvc_stats",
        "views-counter",
        "kk-star-ratings",
        "post-ratings",
        "jp-post-likes",
        # Advertisements.
        "adsbygoogle",
        "google-auto-placed",
        "advads-ad",
        "quads-location",
        # Ways around the site, and what is read aloud only.
        "page-links",
        "post-nav-links",
        "post-navigation",
        "post-pagination",
        "nav-links",
        "breadcrumb",
        "breadcrumbs",
        "edit-link",
        "post-edit-link",
        "skip-link",
        "screen-reader-text",
        "sr-only",
        "visually-hidden",
    }
)
"""Classes of well-known plugins and themes: what has one stands in or beside an article and is not of it."""

FURNITURE_IDS = frozenset(
    {
        "comments",
        "respond",
        "disqus_thread",
        "cookie-notice",
        "cookie-law-info-bar",
        "jp-relatedposts",
        "jp-post-flair",
    }
)
"""The same, by id."""

KEPT = frozenset(["html", "head", "body", "main", "article"])
"""Never dropped, whatever their classes: the whole article would go with them."""

BODIES = (
    ".entry-content",
    ".post-content",
    "[itemprop~=articleBody]",
    ".article-body",
    ".article-content",
    ".post-body",
    "article .content",
    ".field--name-body",
)
"""What themes call the element that holds the article's text and nothing else, the surest first."""

SINGLE = frozenset(["single", "page", "attachment", "singular"])
LISTING = frozenset(["blog", "archive", "search-results", "search-no-results"])
"""WordPress says on `body` what kind of page it shows; `page`, a single one, also stands beside `home`."""

ENTRIES = "article, .hentry, li.wp-block-post"
HEADINGS = ("h1", "h2", "h3", "h4")
LEAST_ENTRIES = 5
LEAD = 300
"""A listing shows a lead of at most so many characters a headline, on average; an article shows more."""


def drop_furniture(tree: HtmlElement) -> None:
    """Takes comments, share rows, related posts, counters and the like out of the tree."""
    for element in list(tree.iter()):
        known = element.get("id") in FURNITURE_IDS or not FURNITURE.isdisjoint(tokens(element))
        if known and element.tag not in KEPT:
            drop(element)


def kind_of(tree: HtmlElement) -> Kind:
    """Whether the page is one article, or a listing: a home page, an archive, a search result."""
    body = tree.find("body")
    says = tokens(body) if body is not None else set()
    if says & SINGLE:
        return "article"
    if says & LISTING:
        return "listing"
    if container(tree) is not None:
        return "article"
    found = headlines(tree)
    prose = sum(len(text_of(p)) for p in tree.iter("p") if not _aside(p))
    return "listing" if len(found) >= LEAST_ENTRIES and prose < LEAD * len(found) else "article"


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
    """The text of a heading that is a link or lies in one, else nothing."""
    linked = any(a.tag == "a" for a in heading.iterancestors()) or heading.find(".//a") is not None
    return text_of(heading) if linked else ""


def container(tree: HtmlElement) -> HtmlElement | None:
    """The element with the article's text, where the page names exactly one; else None.

    A page may show other posts in the same markup: then WordPress's own post id tells which is meant.
    """
    for place in (_own_post(tree), tree):
        if place is None:
            continue
        for css in BODIES:
            found = [e for e in outermost(matching(place, css)) if not _aside(e)]
            if len(found) == 1:
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
    if len(found) != 1:
        return None
    inside = sum(len(text_of(p)) for p in found[0].iter("p"))
    everywhere = sum(len(text_of(p)) for p in tree.iter("p") if not _aside(p))
    return found[0] if 0 < everywhere < 2 * inside else None


def drop_surroundings(article: HtmlElement, title: str) -> None:
    """Takes out of an `article` what is not its text: its headline, dates, footer, asides."""
    for element in list(article.iter("footer", "aside", "time")):
        drop(element)
    for heading in list(article.iter("h1")):
        if text_of(heading) == title:
            drop(heading)


def _aside(element: HtmlElement) -> bool:
    """True for what lies in a part of the page that is beside the article."""
    return any(a.tag in ("nav", "aside", "footer") for a in element.iterancestors())
