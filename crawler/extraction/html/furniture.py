"""Removes what is in or beside an article and not part of it: comments, share rows, bylines, newsletter
boxes.

There are two signs: a class or id of a well-known plugin or theme, or a name in words for what the box is, as
in handmade themes (`article__byline`, `NewsletterInline_box__X3cVb`). Names in words count for small boxes
only: if a whole article had such a name, it would be lost.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from variorum.crawler.extraction.html.markup import KEPT, drop, text_of

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
        # Of forums: who writes, and what stands under each post.
        "postprofile",
        "signature",
        "back2top",
        "action-bar",
        "post-likes",
        "message-user",
        "message-signature",
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
        "postmetadata",
        "skip-link",
        "screen-reader-text",
        "sr-only",
        "visually-hidden",
    }
)
"""Classes of well-known plugins and themes for what is in or beside an article and not part of it."""

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
"""The same by id."""

NAMES = re.compile(
    r"(^|-)("
    r"byline|^authors?$|author-(box|bio|card|info|name|profile|description|details|block|meta)|about-(the-)?author"
    r"|(post|entry|article|item|blog|news|story|page|content)-"
    r"(meta|metadata|info|tags?|date|author|nav|navigation|share|tools|toolbox|views|hits|labels|source)"
    r"|read(ing)?-time|time-to-read|(published|publish|pub|posted)-(date|on)"
    r"|newsletters?|subscri(be|ption|ptions)|sign-?up|paywall-(teaser|box|banner|prompt|overlay|barrier|message)"
    r"|shar(e|ing)-(buttons?|row|bar|icons?|links?|tools?|block|list)|(post|social)-shar(e|ing)"
    r"|social-(buttons?|icons?|links?|bar|networks?)"
    r"|related-(posts?|articles?|items?|news|stories|content|links)"
    r"|comments?-(area|box|form|list|section|count|wrapper|container)"
    r"|^(left-|right-|primary-|secondary-)?sidebar|widget-area"
    r"|(prev|previous|next)-(next|prev|previous|posts?|articles?)"
    r"|breadcrumbs?|pagination|pager|feedback|consent|cookies?|likes"
    r"|ad-(slot|label|unit|container|wrapper|box)|advert|adverts|advertisement|adspot"
    r"|edit-?section|toc|table-of-contents|cite-backlink|jump-link|catlinks|printfooter"
    r")(-|$)"
)
"""Names in words for what a box is, in lower case with hyphens between the words."""

PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
SUBJECT = ("category-", "tag-", "term-", "topic-")
"""WordPress's classes on a post that begin so are followed by its subject."""
MOST_WORDS = 80
"""A box with more words counts only if most of them are links."""
MOST_WORDS_OF_LINE = 20
"""A single paragraph with more words is text, whatever its name: `paywall` may mean «for readers»."""
MOST_WORDS_OF_FORM = 40
FORM_FIELDS = ("email", "password", "search")
LINES = ("p", "li")
LINKED = 0.6
QUOTED = ("blockquote", "figure", "figcaption")
"""In these elements an `author-name` is the name of a person quoted."""


def drop_furniture(tree: HtmlElement) -> None:
    """Remove comments, share rows, bylines, newsletter boxes, related posts and the like from the tree."""
    for element in list(tree.iter()):
        if element.tag not in KEPT and (_is_known(element) or _says_so(element) or _is_form(element)):
            drop(element)


def _is_form(element: HtmlElement) -> bool:
    """True for a small form: a comment, a search, a newsletter subscription."""
    if element.tag != "form" or len(text_of(element).split()) > MOST_WORDS_OF_FORM:
        return False
    return any(
        field.tag == "textarea" or field.get("type") in FORM_FIELDS
        for field in element.iter("textarea", "input")
    )


def _is_known(element: HtmlElement) -> bool:
    return element.get("id") in FURNITURE_IDS or _are_known(element.get("class") or "")


@lru_cache(maxsize=2**14)
def _are_known(classes: str) -> bool:
    return not FURNITURE.isdisjoint(classes.split())


def _says_so(element: HtmlElement) -> bool:
    """True for a small box whose name says that it is boilerplate.

    The id is no such name: documents derive it from their headings, and a chapter on cookies is text.
    """
    if not (_are_named(element.get("class") or "") or _are_named(element.get("data-hook") or "")):
        return False
    if element.find(".//h1") is not None:
        return False
    if element.tag in QUOTED or any(above.tag in QUOTED for above in element.iterancestors()):
        return False
    return element.find(".//blockquote") is None and _is_small(element)


@lru_cache(maxsize=2**14)
def _are_named(names: str) -> bool:
    return any(
        NAMES.search("-".join(PARTS.findall(name)).lower())
        for name in names.split()
        if not name.startswith(SUBJECT)
    )


def _is_small(element: HtmlElement) -> bool:
    text = text_of(element)
    most = MOST_WORDS_OF_LINE if element.tag in LINES else MOST_WORDS
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return len(text.split()) <= most or linked > LINKED * len(text)
