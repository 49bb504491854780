"""The real WordPress as a stage: found where the tests find it, with all of its noise on."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from scrapy.http import HtmlResponse

from benchmarks.truth.articles import Article
from benchmarks.truth.edits import Edit
from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.html.article_parts import join
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.spiders.sources.article_parts import further_parts
from variorum.spiders.sources.wordpress import PER_PAGE, read_posts

VARIABLE = "VARIORUM_TEST_WORDPRESS"
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "wordpress"
OWN_POSTS = Path(__file__).with_name("posts.jsonl")
KINDS = ("posts", "pages")
TIMEOUT = 60

AS_POSTED = """<?php
/* What is posted is what is shown: no other quotation marks, and no pictures for :-) */
add_filter('run_wptexturize', '__return_false');
remove_filter('the_content', 'convert_smilies', 20);
"""
"""WordPress rewrites quotation marks as it shows a text; without that the truth is known to the character."""

Post = dict[str, Any]


def folder() -> Path:
    """The test WordPress. Raises Misuse where there is none."""
    found = Path(os.environ.get(VARIABLE) or BESIDE)
    if not (found / "wp.py").exists():
        raise Misuse(
            f"no test WordPress in {found}: name with {VARIABLE} a folder that holds wp.py, which starts "
            "one, seed.py, which fills it, and posts.jsonl; or measure made-up sites with --sites synthetic"
        )
    return found


@contextmanager
def running(home: Path, *, core: str, posts: int | None) -> Iterator[WordPress]:
    """A WordPress in the folder `home`, filled with so many posts, or all."""
    place = folder()
    sys.path.insert(0, str(place))
    wp, seed = import_module("wp"), import_module("seed")
    if core not in wp.CORES:
        raise Misuse(f"--core {core}: there are {', '.join(wp.CORES)}")
    files = [place / "posts.jsonl", place / "edge_posts.jsonl", OWN_POSTS]
    chosen = _spread([_in_paragraphs(post) for file in files for post in seed.load(file)], posts)
    with wp.Site.start(home, core=core) as site:
        (home / "wp-content" / "mu-plugins" / "as-posted.php").write_text(AS_POSTED)
        made = seed.seed(site, chosen)
        shown = {one["id"]: post for one, post in zip(made, chosen, strict=True) if _is_public(post)}
        pages = {one["id"]: _as_post(one["title"]) for one in site.ctl("ls", type="page")}
        site.save("seeded")
        yield WordPress(site, shown, pages)


def _spread(posts: list[Post], most: int | None) -> list[Post]:
    """So many of the posts, from all places in the list, so that every language stays."""
    if most is None or most >= len(posts):
        return posts
    return [posts[number * len(posts) // most] for number in range(most)]


def _in_paragraphs(post: Post) -> Post:
    """The post with its content as paragraphs, a line each."""
    content = post.pop("content", None)
    return post | {"paragraphs": content.splitlines()} if content else post


def _is_public(post: Post) -> bool:
    return post.get("status", "publish") == "publish" and not post.get("password")


def _as_post(title: str) -> Post:
    """A page as the test WordPress makes them for its menu."""
    return {"title": title, "paragraphs": [f"This is the page “{title}”."]}


class WordPress:
    """A running WordPress, its theme and its articles."""

    dated = True

    def __init__(self, site: Any, posts: Mapping[int, Post], pages: Mapping[int, Post]) -> None:
        self.site = site
        self.url = f"{site.url}/"
        self.name = ""
        self._posts, self._pages = posts, pages
        self._then = ""
        self._articles: dict[int, Article] = {}
        self._urls: dict[int, str] = {}
        self._parts: dict[str, int] = {}
        self._arrived = 0

    def begin(self, theme: str, then: str = "") -> WordPress:
        """As it was seeded, in that theme; `then` is the one that a redesign brings."""
        self.site.restore("seeded")
        self.site.theme(theme)
        self.site.noise("all")
        self.name, self._then, self._arrived = theme if not then else f"{theme} to {then}", then, 0
        seeded = {**self._posts, **self._pages}
        self._articles = {n: Article(post["title"], tuple(post["paragraphs"])) for n, post in seeded.items()}
        self._urls = {
            one["id"]: one["url"] for kind in ("post", "page") for one in self.site.ctl("ls", type=kind)
        }
        return self

    def articles(self) -> Mapping[str, Article]:
        """What each page says at present, by its address."""
        return {self._urls[number]: article for number, article in self._articles.items()}

    def listed(self) -> Sequence[DiscoveredUrl]:
        """All posts and pages, as the REST API lists them."""
        found = [one for kind in KINDS for one in self._listed(kind)]
        self._parts = {one.url: one.part_count for one in found}
        return found

    def fetch(self, url: str) -> FetchResult:
        """The page over HTTP, with its further parts."""
        first = _get(url)
        response = HtmlResponse(first.final_url, body=first.body, encoding="utf-8")
        others = [_get(part).body for part in further_parts(response, self._parts.get(url, 1))]
        return FetchResult(
            url, first.final_url, "", first.status, first.headers, join(first.body, *others), "utf-8"
        )

    def edit(self, edits: Sequence[Edit], at: datetime) -> None:
        """Carry out the edits; besides, a reader comments on a post, and a new post appears."""
        numbers = {url: number for number, url in self._urls.items()}
        commands = [("edit", _edit(numbers[edit.page], edit, at)) for edit in edits]
        self._articles |= {numbers[edit.page]: edit.new for edit in edits}
        self._arrived += 1
        new: Post = {
            "title": f"Arrival {self._arrived}",
            "paragraphs": [
                f"Ship number {self._arrived} has come in.",
                "It brings salt, and leaves with wool.",
            ],
            "date": (at - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S"),
        }
        comment = {"id": min(self._posts), "text": f"Remark {self._arrived}: I have been there."}
        *_, made = self.site.batch([*commands, ("comment", comment), ("post", new)])
        self._articles[made["id"]] = Article(new["title"], tuple(new["paragraphs"]))
        self._urls[made["id"]] = made["url"]

    def redesign(self) -> None:
        """Switch to the other theme."""
        self.site.theme(self._then)

    def _listed(self, kind: str) -> list[DiscoveredUrl]:
        root = f"{self.url}wp-json/"
        found: list[DiscoveredUrl] = []
        for page in count(1):
            answer = _get(f"{root}wp/v2/{kind}?per_page={PER_PAGE}&page={page}&orderby=id&order=asc")
            found += read_posts(answer.body, root).listed
            if len(json.loads(answer.body)) < PER_PAGE:
                break
        return found


def _edit(number: int, edit: Edit, at: datetime) -> dict[str, Any]:
    done: dict[str, Any] = {
        "id": number,
        "title": edit.new.title,
        "paragraphs": list(edit.new.paragraphs),
        "at": at.strftime("%Y-%m-%dT%H:%M:%S"),
    }
    return done | ({"silent": True} if edit.silent else {})


def _get(url: str) -> FetchResult:
    """The answer of one request, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            return _answer(url, answer)
    except urllib.error.HTTPError as answer:
        return _answer(url, answer)


def _answer(url: str, answer: Any) -> FetchResult:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return FetchResult(url, answer.url, "", answer.status, headers, answer.read(), "utf-8")
