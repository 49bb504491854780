"""Reads WordPress's REST API as a source: it lists a hundred posts a request, with their text.

It relies on facts of WordPress 6.1 to 6.5: an id survives renaming; `modified_after` is exclusive; a page
past the end is a 400; drafts, private and trashed posts are not listed; a protected post's text is empty.
Titles and texts are HTML.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from urllib.parse import urlencode, urlsplit

from scrapy.http import Response, TextResponse

from variorum.crawler.dates import sound_date
from variorum.crawler.extraction.source_text import of_markup
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.urls.references import resolve
from variorum.spiders.fetching.json_answer import read_json
from variorum.spiders.fetching.references import addresses_of

PER_PAGE = 100
FIELDS = "id,type,link,date_gmt,modified_gmt,title,content"
NEXT_PART = "<!--nextpage-->"
"""The mark in the text between two parts of an article, whether or not the theme links to them."""
API_LINK = "https://api.w.org/"
LONGEST_MESSAGE = 200
_NAME = re.compile(r"[\w-]{1,64}")

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
    """Return the URL at which the API lists the site's post types."""
    return _with_query(_below(root, "wp/v2/types"), {})


def collection_address(root: str, base: str) -> str:
    """Return the name under which the state of a collection is stored."""
    return resolve(root, base) or root


def posts_address(root: str, base: str, page: int, modified_after: str | None = None) -> str:
    """Where the API lists one type of posts: all by id, or those modified since, oldest first."""
    query = {"per_page": str(PER_PAGE), "page": str(page), "order": "asc", "_fields": FIELDS}
    query |= (
        {"orderby": "modified", "modified_after": modified_after} if modified_after else {"orderby": "id"}
    )
    return _with_query(_below(root, base), query)


def rest_bases(body: bytes, root: str) -> list[str]:
    """Paths of the collections that hold articles, from the response of `types_address`.

    Raises ValueError if the response is no such list.
    """
    types = read_json(body)
    if not isinstance(types, dict) or not any(isinstance(one, dict) for one in types.values()):
        raise ValueError(f"{root} does not list its types of posts{_complaint(types)}")
    bases = (_base(name, one) for name, one in types.items() if isinstance(one, dict))
    return [base for base in bases if base and resolve(root, base)]


def _base(name: str, one: dict[str, Any]) -> str | None:
    base, namespace = one.get("rest_base"), one.get("rest_namespace") or "wp/v2"
    if not (isinstance(base, str) and isinstance(namespace, str)) or name in _NO_ARTICLES:
        return None
    return f"{namespace}/{base}" if base and "(" not in base else None


@dataclass(frozen=True, slots=True)
class Posts:
    """The public posts of one response."""

    listed: list[DiscoveredUrl]
    lost: int
    """The number of entries that can't be read."""


def read_posts(body: bytes, root: str) -> Posts:
    """The public posts of one response. Raises ValueError if it is no list of posts."""
    posts = read_json(body)
    if not isinstance(posts, list):
        raise ValueError(f"{root} does not answer with a list of posts{_complaint(posts)}")
    public = [post for post in posts if not (isinstance(post, dict) and _protected(post))]
    refs = Counter(_ref(post, root) for post in public if isinstance(post, dict))
    found = [_one(post, root, refs) for post in public]
    listed = [one for one in found if one]
    return Posts(listed, lost=len(found) - len(listed))


def _one(post: object, root: str, refs: Counter[str | None]) -> DiscoveredUrl | None:
    """One post; None for an invalid entry. Other invalid values are left out."""
    link = post.get("link") if isinstance(post, dict) else None
    address = resolve(root, link) if isinstance(link, str) and link.strip() else None
    if not isinstance(post, dict) or address is None:
        return None
    source_id, content = _ref(post, root), _rendered(post, "content")
    return DiscoveredUrl(
        url=address,
        source="wordpress",
        source_id=source_id
        if refs[source_id] == 1
        else None,  # an id that several posts bear names none of them
        published=sound_date(post.get("date_gmt"), UTC),  # it writes no zone
        modified=sound_date(post.get("modified_gmt"), UTC),
        source_text_digest=of_markup(_rendered(post, "title"), content),
        part_count=content.count(NEXT_PART) + 1,
    )


def _ref(post: dict[str, Any], root: str) -> str | None:
    """Return the site's own id of a post, like `post:17`; None if it has none."""
    kind, number = post.get("type", "post"), post.get("id")
    sound = isinstance(number, int) and not isinstance(number, bool) and isinstance(kind, str)
    return f"{kind}:{number}@{urlsplit(root).path}" if sound and _NAME.fullmatch(kind) else None


def _protected(post: dict[str, Any]) -> bool:
    content = post.get("content")
    return isinstance(content, dict) and bool(content.get("protected"))


def _rendered(post: dict[str, Any], part: str) -> str:
    value = post.get(part)
    text = value.get("rendered") if isinstance(value, dict) else None
    # Texts cut by the byte end in half a character.
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""


def _below(root: str, path: str) -> str:
    """An address below the root, which is a path or, without permalinks, `?rest_route=/`."""
    return f"{root}{path}" if "rest_route=" in root else resolve(root, path) or root


def _with_query(address: str, query: dict[str, str]) -> str:
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}{urlencode(query)}" if query else address


def _complaint(answer: object) -> str:
    """Return the error message of the API, if the response has WordPress's form of one."""
    message = answer.get("message") if isinstance(answer, dict) else None
    return f", but says: {' '.join(message.split())[:LONGEST_MESSAGE]}" if isinstance(message, str) else ""
