"""Whether a response has to be read: the reasons, one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.reading_need import FULL_EVERY, Need, reading_need
from variorum.storage.bodies import digest_of
from variorum.storage.rows import PageRow

URL = "https://ormhead.example/tides/"
FETCHED = FetchResult(URL, URL, "2026-05-01T06:00:00Z", status=200, body=b"<p>High water at nine.</p>")


def page(**values: object) -> PageRow:
    """A live page that was last seen with other bytes."""
    row = dict.fromkeys(PageRow.__dataclass_fields__) | {
        "id": 1,
        "url": URL,
        "state": "live",
        "checks": 1,
        "seen_at": "2026-04-01T06:00:00Z",
        "body_digest": "other",
    }
    return PageRow(**row | values)  # type: ignore[arg-type]


def never() -> bool:
    pytest.fail("the page is opened though all is known without that")


def test_a_page_that_the_server_calls_unchanged_is_not_read() -> None:
    assert reading_need(page(), replace(FETCHED, status=304, body=b""), never) is Need.not_modified


def test_a_304_for_a_page_that_was_never_seen_is_classified() -> None:
    assert reading_need(page(seen_at=None), replace(FETCHED, status=304, body=b""), never) is Need.read


def test_the_same_bytes_are_not_read() -> None:
    assert reading_need(page(body_digest=digest_of(FETCHED.body)), FETCHED, never) is Need.same_bytes


def test_other_bytes_with_the_same_content_are_not_read() -> None:
    assert reading_need(page(), FETCHED, lambda: True) is Need.same_text


def test_other_content_is_read() -> None:
    assert reading_need(page(), FETCHED, lambda: False) is Need.read


def test_every_twentieth_response_is_read_though_its_content_is_the_same() -> None:
    needs = [reading_need(page(checks=checks), FETCHED, lambda: True) for checks in range(2 * FULL_EVERY)]
    assert needs.count(Need.read) == 2


@pytest.mark.parametrize(
    "response",
    [
        replace(FETCHED, status=404),
        replace(FETCHED, error="cut"),
        replace(FETCHED, hops=((301, "https://ormhead.example/old/"),)),
    ],
)
def test_what_is_no_plain_answer_of_the_page_is_read(response: FetchResult) -> None:
    known = page(body_digest=digest_of(FETCHED.body))
    assert reading_need(known, response, never) is Need.read


@pytest.mark.parametrize("state", ["missing", "gone", "frontier"])
def test_a_page_that_is_not_there_or_was_never_seen_is_read(state: str) -> None:
    assert reading_need(page(state=state, body_digest=digest_of(FETCHED.body)), FETCHED, never) is Need.read


def test_a_page_that_its_source_lists_elsewhere_is_read() -> None:
    known = page(listed_url="https://ormhead.example/sea/tides/", body_digest=digest_of(FETCHED.body))
    assert reading_need(known, FETCHED, never) is Need.read
