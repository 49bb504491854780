"""Pages whose header names no type, or a wrong one, in a real run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blog import front, post, publish
from tests.local_site import LocalSite, Page
from tests.quick import Quick

PATHS = [f"/posts/{name}/" for name in ("first", "second", "third")]


@pytest.mark.parametrize(
    "declared", ["binary/octet-stream", "application/force-download", "text/html, text/html"]
)
def test_pages_of_a_type_that_says_nothing_are_read_and_their_links_followed(
    local_site: LocalSite, tmp_path: Path, declared: str
) -> None:
    headers = {"Content-Type": declared}
    local_site.pages = {path: Page(post(path), headers=headers) for path in PATHS}
    local_site.pages["/"] = Page(front(PATHS), headers=headers)
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["links"])
    watched.crawl()
    assert {path for path, page in watched.pages().items() if page.version} == set(PATHS)
    assert "between them" in watched.versions("/posts/first/")[0].text


def test_an_error_that_a_program_sends_in_place_of_an_article_is_no_edit(
    local_site: LocalSite, tmp_path: Path
) -> None:
    publish(local_site, PATHS)
    local_site.pages["/"] = front(PATHS)
    watched = Quick.make(tmp_path / "w", local_site.url, discover=["links"])
    watched.crawl()
    local_site.pages[PATHS[0]] = '{"error": {"code": 500, "message": "upstream is away"}}'
    local_site.pages[PATHS[1]] = "<?xml version='1.0'?><Error><Code>SlowDown</Code></Error>"
    report = watched.crawl()
    assert report.counts["failed"] == 2
    publish(local_site, PATHS)
    watched.crawl()
    assert watched.news() == []
