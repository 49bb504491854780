"""The pages of the demo sites. Their HTML is in frames/; what differs at every request is made here."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from email.utils import format_datetime
from html import escape
from itertools import count
from pathlib import Path
from secrets import token_hex
from string import Template
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlencode, urlsplit

from tests.demo.content import TEXTS, Article, Content
from tests.local_site import Page

FRAMES = Path(__file__).with_name("frames")
LISTING = re.compile(r"((category|tag)/(?P<slug>[^/]+)/)?(page/(?P<number>\d+)/)?")
views = count(4810)


def respond(site: Content, target: str) -> Page:
    """What the site answers to a request target like `/en/posts/12?amp=1`."""
    url = urlsplit(target)
    path, query = unquote(url.path), dict(parse_qsl(url.query))
    home = site.editions[site.edition(path)]["home"]
    if path in site.moved or (path == "/" and home != "/"):
        return Page(status=301, headers={"Location": site.moved.get(path, home)})
    if path == "/robots.txt" and site.robots:
        return Page(Template(site.robots).substitute(base=site.base), headers={"Content-Type": "text/plain"})
    if path == "/sitemap.xml" and "sitemap" in site.has:
        return _xml(site, "sitemap.xml", "lastmod.xml" if "lastmod" in site.has else "loc.xml", site.newest())
    if path == f"{home}feed/" and "feed" in site.has:
        return _xml(site, "feed.xml", "item.xml", site.newest(site.edition(path)))
    if article := site.find(path.removesuffix("/amp/")):
        amp = "amp" in site.has and ("amp" in query or path.endswith("/amp/"))
        return Page(_fill(f"{site.name}-amp.html", _facts(site, article))) if amp else _post(site, article)
    return _listing(site, path, query)


def _xml(site: Content, frame: str, entry: str, articles: list[Article]) -> Page:
    entries = "".join(_fill(entry, _facts(site, article)) for article in articles)
    body = _fill(frame, _facts(site, articles[0]), entries=entries)
    return Page(body, headers={"Content-Type": "application/xml; charset=utf-8"})


def _post(site: Content, article: Article) -> Page:
    """The page of one article, with teasers of others: the three after it, and two drawn by lot."""
    place = site.articles.index(article) + 1
    also = (site.articles + site.articles)[place : place + 3] if "also-read" in site.has else []
    drawn = random.sample(site.newest(site.edition(article.path)), k=2)
    facts = _facts(site, article)
    main = _fill(
        f"{site.name}-post.html",
        facts,
        also="".join(_fill(f"{site.name}-also.html", _facts(site, other)) for other in also),
        drawn=_items(_link(other.path, other.title) for other in drawn),
    )
    return Page(_fill(f"{site.name}.html", facts, main=main))


def _listing(site: Content, path: str, query: dict[str, str]) -> Page:
    """Teasers of an edition, category, tag or author, newest first, page by page; 404 where none are."""
    facts = _around(site, site.edition(path)) | {"path": escape(path)}
    found = LISTING.fullmatch(path.removeprefix(facts["home"]))
    slug, number = (found["slug"], int(found["number"] or query.get("paged", "1"))) if found else ("", 0)
    chosen = [
        article
        for article in site.newest(site.edition(path))
        if query.get("author", article.author) == article.author
        if not slug or slug in [article.category, *article.tags]
    ]
    shown = chosen[(number - 1) * site.page_size : number * site.page_size] if number else []
    if not shown:
        missing = {"kind": "error404", "title": "404", "main": f"<h1>{facts['missing']}</h1>"}
        return Page(_fill(f"{site.name}.html", facts, **missing), status=404)
    main = "".join(_fill(f"{site.name}-teaser.html", _facts(site, article)) for article in shown)
    if front := site.find(site.front):
        main += _fill(f"{site.name}-post.html", _facts(site, front))
    if number > 1:
        main += _link(_further(path, query, number - 1), facts["newer"])
    if len(chosen) > number * site.page_size:
        main += _link(_further(path, query, number + 1), facts["older"])
    return Page(
        _fill(
            f"{site.name}.html",
            facts,
            title=slug or facts["name"],
            main=main,
            kind="archive" if slug else "blog",
        )
    )


def _further(path: str, query: dict[str, str], number: int) -> str:
    if path == "/wordpress/":
        return f"{path}?{urlencode({**query, 'paged': number})}"
    return re.sub(r"page/\d+/$", "", path) + f"page/{number}/"


def _around(site: Content, edition: str) -> dict[str, str]:
    """What stands around everything, as HTML. No two requests see the same numbers, codes and ticker."""
    labels = site.editions[edition]
    menu = [_link(labels["home"], entry) for entry in labels["menu"]]
    menu += [_link(other["home"], other["name"]) for other in site.editions.values()]
    return {
        **{key: escape(text) for key, text in labels.items() if isinstance(text, str)},
        "edition": edition,
        "base": site.base,
        "menu": _items(menu),
        "recents": _items(f"{_link(a.path, a.title)} {_date(a, labels)}" for a in site.newest(edition)[:5]),
        "authors": _items(_link(f"/wordpress/?author={quote_plus(name)}", name) for name in site.authors),
        "notice": labels["notices"][min(site.nights, 1)],
        "views": _digits(f"{next(views):,}", labels),
        "visitors": f"{random.randrange(180_000, 190_000):,}",
        "nonce": token_hex(5),
        "email": _hide_emails(site.email),
        "ticker": " - ".join(_ticker(site)),
    }


def _facts(site: Content, article: Article) -> dict[str, str]:
    """All that any frame shows of an article and around it, as HTML."""
    labels = site.editions[edition := site.edition(article.path)]
    author = f"/wordpress/?author={quote_plus(article.author)}&authorid={site.authors.get(article.author)}"
    return {
        **_around(site, edition),
        "lang": article.lang or edition,
        "kind": "single single-post postid-" + article.path.rsplit("/", 1)[1],
        "path": article.path,
        "id": article.path.rsplit("/", 1)[1],
        "title": escape(article.title),
        "author": escape(article.author),
        "source": escape(article.source),
        "date": _date(article, labels),
        "published": article.date.isoformat(timespec="seconds"),
        "pub_date": format_datetime(article.date),
        "title_link": _link(article.path, article.title),
        "author_link": _link(author, article.author),
        "category_link": _link(f"{labels['home']}category/{article.category}/", article.category),
        "tag_links": " ".join(_link(f"{labels['home']}tag/{tag}/", tag) for tag in article.tags),
        "comment_count": _digits(labels.get("comments", "{}").format(article.comments), labels),
        "lead": _hide_emails(escape(" ".join(article.paragraphs[0].split()[:40]))) + " …",
        "second": _hide_emails(escape(article.paragraphs[1])),
        "paragraphs": "\n".join(f"<p>{_hide_emails(escape(text))}</p>" for text in article.paragraphs),
    }


def _hide_emails(html: str) -> str:
    """The HTML with addresses hidden as Cloudflare does: XORed with a key drawn anew at every request."""

    def hidden(found: re.Match[str]) -> str:
        key = random.randrange(1, 256)
        code = bytes([key, *(byte ^ key for byte in found[0].encode())])
        return _fill("email.html", code=code.hex()).strip()

    return re.sub(r"[\w.]+@[\w.]+\w", hidden, html)


def _ticker(site: Content) -> list[str]:
    """Ninety headlines, begun at another place at every request; the night puts one before the first."""
    first, *others = (TEXTS / "ticker.txt").read_text(encoding="utf-8").splitlines()
    everything = [first, *(_link(a.path, a.title) for a in site.newest()), *others]
    shown = everything[:90] if site.nights else everything[1:91]
    turn = random.randrange(90)
    return shown[turn:] + shown[:turn]


def _date(article: Article, labels: dict[str, Any]) -> str:
    return _digits(
        f"{article.date.day} {labels['months'][article.date.month - 1]} {article.date.year}", labels
    )


def _digits(text: str, labels: dict[str, Any]) -> str:
    return text.translate(str.maketrans("0123456789", labels.get("digits", "0123456789")))


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(quote(path, safe="/:?&=+%"))}">{escape(text)}</a>'


def _items(parts: Iterable[str]) -> str:
    return "".join(f"<li>{part}</li>" for part in parts)


def _fill(name: str, facts: dict[str, str] | None = None, **more: str) -> str:
    return Template((FRAMES / name).read_text(encoding="utf-8")).substitute(facts or {}, **more)
