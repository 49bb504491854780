"""Serves feeds of changes, as Atom and as JSON Feed: of all sites, of one, or of any selection of the list.

The query is that of the list, with one exception: if it does not say whether changes are reviewed, a feed has
all of them, so that none disappears when somebody reviews it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from lxml import etree
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from variorum.review.entries import FeedEntry, element, entry_of, plain
from variorum.review.filters import parsed, query
from variorum.review.languages import Preferences, use
from variorum.review.web import reading
from variorum.storage.queries import change_list
from variorum.storage.queries.change_list import Filters, Item
from variorum.storage.reader import Reader

AT_MOST = 50
NEVER = "1970-01-01T00:00:00Z"
SETTLED = timedelta(minutes=5)
"""The time after which no change that was found earlier can still be on its way to the disk."""
ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"


class Feed(NamedTuple):
    """The contents of a feed in either form."""

    title: str
    id: str
    address: str
    """The address of the feed."""
    home: str
    """The address of the list with the same selection."""
    at: str
    """The time at which its latest change was found."""
    entries: Sequence[FeedEntry]


def feed_atom(request: Request) -> Response:
    """The feed as Atom (RFC 4287)."""
    return _served(request, lambda feed: Response(_atom(feed), media_type=ATOM_TYPE))


def feed_json(request: Request) -> Response:
    """The feed as JSON Feed 1.1."""
    return _served(request, lambda feed: JSONResponse(_json(feed), media_type=JSON_TYPE))


def _served(request: Request, made: Callable[[Feed], Response]) -> Response:
    """The feed, or 304 if the client has it already; that is known before any entry is made."""
    use(Preferences())  # a feed is the same for all who read it
    filters = _filters(request)
    with reading(request) as reader:
        items = change_list.latest(reader, filters, AT_MOST)
        headers = _validators(request, items)
        if _is_known(request, headers):
            return Response(status_code=304, headers=headers)
        answer = made(_feed(request, reader, filters, items))
    answer.headers.update(headers)
    return answer


def _filters(request: Request) -> Filters:
    filters = parsed(request.query_params)
    return filters if request.query_params.get("reviewed") else replace(filters, reviewed="all")


# ---- answering 304


def _validators(request: Request, items: Sequence[Item]) -> dict[str, str]:
    contents = "\n".join([str(request.url), *(f"{item.id} {item.found_at}" for item in items)])
    headers = {
        "ETag": f'"{sha256(contents.encode("utf-8", "replace")).hexdigest()[:32]}"',
        "Cache-Control": "private, no-cache",
    }
    latest = _moment(max((item.found_at for item in items), default=NEVER))
    if datetime.now(UTC) - latest > SETTLED:
        headers["Last-Modified"] = format_datetime(latest, usegmt=True)
    return headers


def _is_known(request: Request, headers: dict[str, str]) -> bool:
    """Whether the client has the feed: by its tag; by the date only without a tag (RFC 9110, 13.1.3)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(known & {headers["ETag"], "*"})
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return parsedate_to_datetime(headers.get("Last-Modified", "")) <= since
    except (ValueError, TypeError):  # TypeError: one of them has no zone
        return False


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ---- the feed


def _feed(request: Request, reader: Reader, filters: Filters, items: Sequence[Item]) -> Feed:
    base = str(request.base_url)
    chosen = query(filters)
    entries = [
        entry_of(
            reader, item, change_list.count_fellows(reader, filters, item) if item.similar_edit else 0, base
        )
        for item in items
    ]
    return Feed(
        title=plain(_title(filters)),
        id=uuid5(NAMESPACE_URL, plain(f"{base} feed {chosen}")).urn,
        address=plain(str(request.url)),
        home=f"{base}{chosen}",
        at=max((entry.at for entry in entries), default=NEVER),
        entries=entries,
    )


def _title(filters: Filters) -> str:
    """`Variorum: changes`, followed by the selection."""
    plainly = Filters(reviewed="all")
    chosen = [
        f"{name} {getattr(filters, name)}"
        for name in filters.__slots__
        if getattr(filters, name) != getattr(plainly, name)
    ]
    return ", ".join(["Variorum: changes", *chosen])


def _atom(feed: Feed) -> bytes:
    tree = element(
        "feed",
        "",
        element("title", feed.title),
        element("id", feed.id),
        element("updated", feed.at),
        element("link", rel="self", type=ATOM_TYPE, href=feed.address),
        element("link", rel="alternate", type="text/html", href=feed.home),
        element("generator", "Variorum"),
        *map(_atom_entry, feed.entries),
        xmlns=ATOM,
    )
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True)


def _atom_entry(entry: FeedEntry) -> etree._Element:
    related = [element("link", rel="related", href=entry.url)] if entry.url else []
    return element(
        "entry",
        "",
        element("title", entry.title),
        element("id", entry.id),
        element("published", entry.at),
        element("updated", entry.at),
        element("author", "", element("name", entry.site)),
        element("category", term=entry.kind),
        element("link", rel="alternate", type="text/html", href=entry.link),
        *related,
        element("content", entry.html, type="html"),
    )


def _json(feed: Feed) -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "items": list(map(_json_item, feed.entries)),
    }


def _json_item(entry: FeedEntry) -> dict[str, object]:
    item = {
        "id": entry.id,
        "url": entry.link,
        "external_url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": entry.at,
        "date_modified": entry.at,
        "authors": [{"name": entry.site}],
        "tags": [entry.kind, entry.site],
        "language": entry.language,
    }
    return {name: value for name, value in item.items() if value is not None}


routes = [Route("/feed.atom", feed_atom), Route("/feed.json", feed_json)]
