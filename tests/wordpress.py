"""A real WordPress on loopback, filled with posts, which a test edits while a crawler reads it.

It is looked for in VARIORUM_TEST_WORDPRESS, else in `../shared/wordpress`, a test WordPress beside the
checkout: a folder with `wp.py`, which starts one, `seed.py`, which fills it, and posts as JSON Lines. Where
there is none, the tests that need it are skipped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.quick import Quick

VARIABLE = "VARIORUM_TEST_WORDPRESS"
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "wordpress"
FOLDER = Path(os.environ.get(VARIABLE) or BESIDE)

SHOWN = {
    "email-addresses": [
        "Write to press@example.org or to the editor at editor.desk@example.org.",
        "Or use families@example.org at any time.",
    ],
    "rich-content": [
        "An opening paragraph of plain text that says what follows.",
        "A heading",
        "- First point",
        "- Second point with bold and a link",
        "A quotation of one line.",
        "Somebody",
        "Year | Persons",
        "2016 | 280",
        "2017 | 312",
        "What the picture shows",
        "The closing paragraph.",
    ],
    "two-parts": ["Pjesa e parë e raportit.", "Pjesa e dytë e raportit."],
    "three-pages": [
        "Page one of the story: how it began.",
        "Page two of the story: what went on.",
        "Page three of the story: how it ended.",
    ],
    "more-mark": ["The teaser that lists show.", "The rest, which only the post’s own page shows."],
}
"""The lines of posts that are made of more than paragraphs, by their slugs."""

TYPOGRAPHY = str.maketrans("“”„″‘’′–—", '""""\'\'\'--')
"""WordPress itself turns quotes and dashes into typographic ones as it shows a text."""

Post = dict[str, Any]

OWN: list[Post] = [
    {
        "title": "A report",
        "slug": "report",
        "date": "2021-06-01T09:00:00",
        "paragraphs": ["What the committee found out in its first year."],
    },
    {
        # WordPress leads from its shorter namesake to this one once that is deleted.
        "title": "A report from Tirana",
        "slug": "report-from-tirana",
        "date": "2021-06-02T09:00:00",
        "paragraphs": ["Rain, and a crowd at the court."],
    },
    {
        "title": "Një raport i gjatë",
        "slug": "two-parts",
        "date": "2021-06-03T09:00:00",
        "content": "<p>Pjesa e parë e raportit.</p>\n"
        "<!-- wp:nextpage -->\n<!--nextpage-->\n<!-- /wp:nextpage -->\n<p>Pjesa e dytë e raportit.</p>",
    },
]
"""More posts: two of like names, and one in two parts as the block editor makes them."""


@dataclass
class WordPress:
    """A running WordPress. What it holds can be put back to what it was seeded with."""

    site: Any
    """The `wp.Site`: ctl, batch, noise, faults, requests, clear_log, theme."""
    theme: str
    posts: dict[str, Post] = field(default_factory=dict)
    """What was seeded and is public, by its path."""

    @property
    def url(self) -> str:
        """Its address, without a final slash."""
        return str(self.site.url)

    def path(self, url: str) -> str:
        """The address within the site, with its percent-encoding read."""
        return unquote(url.removeprefix(self.url))

    def published(self) -> set[str]:
        """The paths of all posts and pages that anybody may read, as WordPress itself lists them."""
        shown = [one for kind in ("post", "page") for one in self.site.ctl("ls", type=kind)]
        secret = {path for path, post in self.posts.items() if post.get("password")}
        return {self.path(one["url"]) for one in shown if one["status"] == "publish"} - secret

    def change(self, *commands: tuple[str, dict[str, Any]]) -> None:
        """Carry out commands of the test WordPress, in one go."""
        self.site.batch(list(commands))

    def fail(self, *faults: tuple[str, int]) -> None:
        """Answer addresses that match a pattern with a status; with no faults, all is well again."""
        self.site.faults(*({"match": match, "status": status} for match, status in faults))

    def reset(self) -> None:
        """Put everything back to what it was seeded with."""
        self.site.restore("seeded")
        self.site.noise("none")
        self.site.faults()
        self.site.clear_log()


@contextmanager
def running(folder: Path, core: str, theme: str) -> Iterator[WordPress]:
    """A seeded WordPress of that version and theme."""
    if not (FOLDER / "wp.py").exists():
        pytest.skip(f"no test WordPress in {FOLDER}: name its folder with {VARIABLE}")
    sys.path.insert(0, str(FOLDER))
    wp, seed = import_module("wp"), import_module("seed")
    usual, odd = (seed.load(FOLDER / f"{name}.jsonl") for name in ("posts", "edge_posts"))
    posts = [*usual[::2], *odd, *OWN]  # the usual ones make a site of several sheets, and each costs time
    with wp.Site.start(folder, core=core, theme=theme) as site:
        made = seed.seed(site, posts)
        site.save("seeded")
        wordpress = WordPress(site, theme)
        wordpress.posts = {
            wordpress.path(one["url"]): post
            for one, post in zip(made, posts, strict=True)
            if one["status"] == "publish"
        }
        yield wordpress


@contextmanager
def crawled(folder: Path, core: str, theme: str) -> Iterator[tuple[WordPress, Quick]]:
    """A WordPress full of posts, and a workspace in which it has been crawled once."""
    with running(folder / "site", core, theme) as wordpress:
        watched = Quick.make(folder / "workspace", wordpress.url)
        report = watched.crawl()
        assert (report.reason, report.failed) == ("finished", False), report
        yield wordpress, watched


def lines_of(post: Post) -> list[str]:
    """The text of a post as it is to be stored, a block a line."""
    if shown := SHOWN.get(post.get("slug", "")):
        return list(shown)
    # WordPress makes a break of each line's end within a paragraph.
    lines = [line for paragraph in post["paragraphs"] for line in paragraph.splitlines()]
    return [" ".join(line.split()) for line in lines if line.strip()]


def plain(text: str) -> str:
    """The text with typewriter quotes and dashes."""
    return text.translate(TYPOGRAPHY).replace("…", "...").replace("--", "-")
