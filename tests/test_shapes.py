"""What is read of saved pages in the shape of each listed site: the article, all of it, and nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import pytest
from msgspec.structs import replace

from tests.demo.content import read
from tests.demo.pages import respond
from variorum.crawler.config.site import Rule, load_sites
from variorum.crawler.extraction.boilerplate.recurrence import learn
from variorum.crawler.extraction.boilerplate.template import Template
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.reader import PageReader
from variorum.spiders.spiders.loader import LISTED_SITES

SHAPES = Path(__file__).with_name("shapes")
PAGES = sorted(SHAPES.glob("*.html"), key=lambda page: page.stem)
SITES = load_sites(LISTED_SITES)
DEMOS = {"nejatngo": "keepers", "iran-interlink": "rivers", "nototerrorism-cults": "bakers"}
"""The demo site of the same shape."""
ADDED = {
    "nototerrorism-cults-home": {"select": (Rule("div.text"),)},
}
"""A rule that the site's file leaves to whoever sees the real page: for an article on a home page that is a
list besides."""


def site_of(page: Path) -> str:
    """The listed site with whose name the page's name begins."""
    return max((name for name in SITES if page.stem.startswith(f"{name}-")), key=len)


@cache
def template_of(name: str) -> Template:
    """What a crawl learns of a site of this shape: from its articles, each of them fetched twice."""
    content = read(DEMOS[name], urljoin(SITES[name].url, "/").rstrip("/"))
    bodies = {
        article.path: [str(respond(content, article.path).body).encode() for _ in range(2)]
        for article in content.newest()
    }
    return learn(bodies)


def reading(page: Path) -> Extract:
    """What a crawl would store of the page."""
    name = site_of(page)
    site = replace(SITES[name], **ADDED.get(page.stem, {}))
    reader = PageReader(site, template_of(name))
    return reader.read(page.read_bytes(), site.url, encoding="utf-8", captured_at="2026-11-22T03:00:00Z")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_saved_page_gives_the_text_that_stands_beside_it(page: Path) -> None:
    expected = page.with_suffix(".txt").read_text(encoding="utf-8")
    assert reading(page).text.splitlines() == expected.splitlines()


def test_each_listed_site_has_a_saved_page() -> None:
    assert {site_of(page) for page in PAGES} == set(SITES)
