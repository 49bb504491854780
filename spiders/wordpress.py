"""WordPress's REST API as a source: it lists a hundred posts a request, with their text.

Facts relied on, seen on WordPress 6.1 to 6.5: an id survives renaming; `modified_after` is exclusive;
a page past the end is a 400; drafts, private and trashed posts are not listed; a protected post's text
is empty. Titles and texts come as HTML.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy.http import Response, TextResponse

from crawler.dates import sound_date
from crawler.fetched import Listed
from crawler.judging.witness import of_markup
from spiders.references import addresses_of

PER_PAGE = 100
FIELDS = "id,type,link,date_gmt,modified_gmt,title,content"
NEXT_PART = "<!--nextpage-->"
"""Stands in the text between two parts of an article, whether or not the theme links to them."""
API_LINK = "https://api.w.org/"

# Public post types of WordPress itself and of page builders that hold furniture, not articles.
_NO_ARTICLES = frozenset(
    [
        "attachment",
        "custom_css",
        "e-landing-page",
        "elementor-hf",
        "elementor_library",
        "nav_menu_item",
        "wp_block",
        "wp_font_face",
        "wp_font_family",
        "wp_global_styles",
        "wp_navigation",
        "wp_template",
        "wp_template_part",
    ]
)


def api_root(response: Response) -> str | None:
    """The address of the REST API that a page of the site names, in its headers or its head."""
    links = [link.decode("latin-1").partition(">") for link in response.headers.getlist("Link")]
    named = [address.strip(" <") for address, _, rest in links if API_LINK in rest]
    if isinstance(response, TextResponse):
        named += response.xpath("//link[@rel=$rel]/@href", rel=API_LINK).getall()
    return next(iter(addresses_of(response, named)), None)


def types_address(root: str) -> str:
    """Where the API lists the site's types of posts."""
    return _address(root, "wp/v2/types", {})


def posts_address(root: str, base: str, page: int, modified_after: str | None = None) -> str:
    """Where the API lists one type of posts: all by id, or those modified since, oldest first."""
    query = {"per_page": str(PER_PAGE), "page": str(page), "order": "asc", "_fields": FIELDS}
    query |= (
        {"orderby": "modified", "modified_after": modified_after} if modified_after else {"orderby": "id"}
    )
    return _address(root, base, query)


def rest_bases(body: bytes, root: str) -> list[str]:
    """Paths of the collections that hold articles, from the answer at `types_address`.

    Raises ValueError for an answer that is not such a list.
    """
    types = json.loads(body)
    if not isinstance(types, dict):
        raise ValueError(f"{root} does not list its types of posts")
    return [
        f"{one.get('rest_namespace') or 'wp/v2'}/{one['rest_base']}"
        for name, one in types.items()
        if isinstance(one, dict)
        and one.get("rest_base")
        and name not in _NO_ARTICLES
        and "(" not in one["rest_base"]
    ]


def listed(body: bytes, root: str) -> list[Listed]:
    """The public posts of one answer. Raises ValueError for an answer that is not a list of posts."""
    posts = json.loads(body)
    if not isinstance(posts, list):
        raise ValueError(f"{root} does not answer with a list of posts")
    return [
        _one(post, root)
        for post in posts
        if isinstance(post, dict) and post.get("link") and not _protected(post)
    ]


def _one(post: dict[str, Any], root: str) -> Listed:
    return Listed(
        url=str(post["link"]),
        source="wordpress",
        ref=f"{post.get('type', 'post')}:{post.get('id')}@{urlsplit(root).path}",
        published=sound_date(post.get("date_gmt"), UTC),  # it writes no zone
        modified=sound_date(post.get("modified_gmt"), UTC),
        witness=of_markup(_rendered(post, "title"), _rendered(post, "content")),
        parts=_rendered(post, "content").count(NEXT_PART) + 1,
    )


def _protected(post: dict[str, Any]) -> bool:
    content = post.get("content")
    return isinstance(content, dict) and bool(content.get("protected"))


def _rendered(post: dict[str, Any], part: str) -> str:
    value = post.get(part)
    return str(value.get("rendered", "")) if isinstance(value, dict) else ""


def _address(root: str, path: str, query: dict[str, str]) -> str:
    """An address below the root, which is a path or, without permalinks, `?rest_route=/`."""
    if "rest_route=" in root:
        return f"{root}{path}" + (f"&{urlencode(query)}" if query else "")
    return urljoin(root, path) + (f"?{urlencode(query)}" if query else "")
