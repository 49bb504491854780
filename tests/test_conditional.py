"""Conditional requests, as the server sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local_site import LocalSite, Page, Request, article
from tests.quick import Quick
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site

DATE = "Sat, 01 Nov 2025 08:00:00 GMT"


def page(etag: str | None, modified: str | None) -> Page:
    headers = {"ETag": etag, "Last-Modified": modified}
    return Page(article("Title", "Text."), headers={k: v for k, v in headers.items() if v})


def test_unchanged_pages_are_answered_304_to_their_own_validators(local_site: LocalSite) -> None:
    known = {"/etag/": ('W/"a:b"', None), "/date/": (None, DATE), "/both/": ('"x"', DATE)}
    local_site.pages.update({path: page(*validators) for path, validators in known.items()})
    urls = {local_site.url + path: validators for path, validators in known.items()}
    site = Site(name="t", url=local_site.url, delay=0)
    outcome = small_crawl(site, list(urls), validators=urls)
    assert {answer.status for answer in outcome.answers.values()} == {304}
    sent = {
        r.path: (r.headers.get("if-none-match"), r.headers.get("if-modified-since"))
        for r in local_site.requests
    }
    assert sent == {"/robots.txt": (None, None), **known}


def test_a_changed_page_is_answered_in_full(local_site: LocalSite) -> None:
    local_site.pages["/a/"] = page('"new"', None)
    url = f"{local_site.url}/a/"
    outcome = small_crawl(
        Site(name="t", url=local_site.url, delay=0), [url], validators={url: ('"old"', None)}
    )
    assert outcome.answers["/a/"].status == 200


def test_the_target_of_a_redirect_is_not_sent_the_validators_of_its_origin(local_site: LocalSite) -> None:
    local_site.pages["/old/"] = Page(status=301, headers={"Location": "/new/"})
    local_site.pages["/new/"] = page('"x"', DATE)
    url = f"{local_site.url}/old/"
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), [url], validators={url: ('"x"', DATE)})
    assert outcome.answers["/old/"].status == 200
    old, new = local_site.requests[-2:]
    assert (old.path, old.headers["if-none-match"], old.headers["if-modified-since"]) == (
        "/old/",
        '"x"',
        DATE,
    )
    assert new.path == "/new/"
    assert not {"if-none-match", "if-modified-since"} & set(new.headers)


@pytest.mark.parametrize("long", [('"' + "x" * 9_000 + '"', DATE), ('"x"', DATE + " " * 9_000)])
def test_a_validator_of_nine_kilobytes_is_not_sent_back_and_the_other_one_is(
    local_site: LocalSite, long: tuple[str, str]
) -> None:
    local_site.pages["/a/"] = page(None, None)
    url = f"{local_site.url}/a/"
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), [url], validators={url: long})
    assert outcome.answers["/a/"].status == 200
    sent = local_site.requests[-1].headers
    assert [len(sent[name]) for name in ("if-none-match", "if-modified-since") if name in sent] in ([29], [3])


def test_an_etag_is_sent_back_byte_for_byte(local_site: LocalSite) -> None:
    local_site.pages["/a/"] = page('"café"', None)
    url = f"{local_site.url}/a/"
    outcome = small_crawl(
        Site(name="t", url=local_site.url, delay=0), [url], validators={url: ('"café"', None)}
    )
    assert outcome.answers["/a/"].status == 304


def test_a_304_to_a_request_without_validators_is_asked_for_once_more_past_all_caches(
    local_site: LocalSite,
) -> None:
    def cached(request: Request) -> Page:
        past = request.headers.get("cache-control") == "no-cache"
        return Page(article("Title", "Text.")) if past else Page(status=304)

    local_site.pages["/a/"] = cached
    outcome = small_crawl(Site(name="t", url=local_site.url, delay=0), [f"{local_site.url}/a/"])
    assert outcome.answers["/a/"].status == 200
    assert local_site.paths() == ["/a/", "/a/"]


def test_a_site_that_answers_304_to_every_first_request_is_an_issue(
    local_site: LocalSite, tmp_path: Path
) -> None:
    local_site.beneath["/"] = lambda _: Page(status=304)
    watched = Quick.make(tmp_path / "w", local_site.url)
    report = watched.crawl()
    assert report.failed
    assert "304" in report.trouble
    assert [issue.kind for issue in watched.issues()] == ["unreachable"]
    assert local_site.paths().count("/") == 2
