"""A small blog in a LocalSite: articles that all differ, and the sources that may name them.

publish_listed(site, POSTS)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from tests.local_site import Answer, LocalSite, Page, article

WORDS = ["river", "bridge", "market", "school", "library", "garden", "winter", "harvest", "station"]
POSTS = (
    "/posts/first-snow/",
    "/posts/the-old-mill/",
    "/posts/2150/",
    "/fa/گزارش-کتابخانه/",
    "/fa/نامهٔ-خانواده‌ها/",
    "/ar/تقرير-المكتبة/",
    "/sq/letër-nga-tirana/",
    "/posts/a-letter/",
    "/posts/harvest/",
    "/posts/the-bridge/",
    "/posts/winter-market/",
    "/posts/last-train/",
)
LANGUAGES = {"/fa/": "fa", "/ar/": "ar", "/sq/": "sq"}
ROOT_FILES = ("/wp-sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")


def text_of(path: str) -> list[str]:
    """Three paragraphs that no other path has."""
    seed = sum(path.encode())
    picked = [WORDS[(seed * (n + 3) + n * n) % len(WORDS)] for n in range(9)]
    return [
        f"This is what happened at {path.strip('/').replace('/', ', ')} on that day.",
        f"There was a {picked[0]}, a {picked[1]} and a {picked[2]}, and between them {seed} steps of stone.",
        f"Nobody had seen the {picked[3]} since the {picked[4]} was closed; the {picked[5]} still stands.",
    ]


def post(path: str, *, head: str = "", extra: str = "", paragraphs: Sequence[str] = ()) -> str:
    """The page of an article; `head` is put into its head, `extra` into its sidebar."""
    lang = next((code for start, code in LANGUAGES.items() if path.startswith(start)), "en")
    title = path.strip("/").rpartition("/")[2].replace("-", " ").capitalize()
    page = article(title, *(paragraphs or text_of(path)), menu=[("/", "Home")], extra=extra, lang=lang)
    return page.replace("</head>", f"{head}</head>")


def publish(site: LocalSite, paths: Sequence[str]) -> None:
    """Put an article at each of the paths."""
    site.pages |= {path: post(path) for path in paths}


def publish_listed(site: LocalSite, paths: Sequence[str]) -> None:
    """Put an article at each of the paths, a front page that links to them, and a sitemap."""
    publish(site, paths)
    site.pages |= {"/": front(paths), "/sitemap.xml": sitemap(site.url, paths)}


def front(paths: Sequence[str] = (), *, head: str = "", older: str = "") -> str:
    """A page that lists articles by their headlines; `older` is the address of the next one."""
    entries = "".join(
        f'<article><h2><a href="{escape(path)}">About {escape(path)}</a></h2></article>' for path in paths
    )
    more = f'<a class="next" href="{escape(older)}">Older posts</a>' if older else ""
    return (
        f"<!doctype html><html><head><title>A Small Blog</title>{head}</head>"
        f'<body class="home blog"><h1>A Small Blog</h1>{entries}{more}</body></html>'
    )


def sheets(paths: Sequence[str], size: int = 3) -> dict[str, Answer]:
    """The front page and the further ones behind it, each with links to so many articles."""
    parts = [paths[start : start + size] for start in range(0, len(paths), size)]
    names = ["/", *(f"/page/{number}/" for number in range(2, len(parts) + 1)), ""]
    return {names[n]: front(part, older=names[n + 1]) for n, part in enumerate(parts)}


def sitemap(url: str, paths: Sequence[str], lastmod: Mapping[str, str] | None = None) -> Page:
    """A sitemap of the paths below `url`."""
    dates = {path: f"<lastmod>{date}</lastmod>" for path, date in (lastmod or {}).items()}
    entries = "".join(f"<url><loc>{url}{quote(p)}</loc>{dates.get(p, '')}</url>" for p in paths)
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>')


def sitemap_index(url: str, paths: Sequence[str]) -> Page:
    """A sitemap of the sitemaps at these paths."""
    entries = "".join(f"<sitemap><loc>{url}{quote(path)}</loc></sitemap>" for path in paths)
    return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>')


def feed(url: str, paths: Sequence[str]) -> Page:
    """An RSS feed of the paths."""
    items = "".join(
        f"<item><title>About {escape(path)}</title><link>{url}{quote(path)}</link></item>" for path in paths
    )
    return _xml(f'<rss version="2.0"><channel><title>A Small Blog</title>{items}</channel></rss>')


def feed_link(path: str = "/feed/") -> str:
    """How a page names its feed."""
    return f'<link rel="alternate" type="application/rss+xml" href="{path}">'


def api_link(url: str) -> str:
    """How a page names its WordPress API."""
    return f'<link rel="https://api.w.org/" href="{url}/wp-json/">'


def api(url: str, paths: Sequence[str]) -> dict[str, Answer]:
    """A WordPress API that lists these paths as posts."""
    posts = [
        {
            "id": number,
            "type": "post",
            "link": f"{url}{quote(path)}",
            "title": {"rendered": path},
            "content": {"rendered": "".join(f"<p>{line}</p>" for line in text_of(path))},
        }
        for number, path in enumerate(paths, start=1)
    ]
    total = {"X-WP-Total": str(len(posts)), "X-WP-TotalPages": "1", "Content-Type": "application/json"}
    types = {"post": {"rest_base": "posts", "rest_namespace": "wp/v2"}}
    return {
        "/wp-json/wp/v2/types": Page(json.dumps(types), headers=total),
        "/wp-json/wp/v2/posts": Page(json.dumps(posts), headers=total),
    }


def _xml(body: str) -> Page:
    return Page(f'<?xml version="1.0" encoding="UTF-8"?>{body}', headers={"Content-Type": "text/xml"})
