"""Real captures of a page over time: what is not read, since its content is the same, has not changed."""

from __future__ import annotations

import json
import lzma
from itertools import islice, pairwise
from typing import Any

import pytest

from benchmarks.reader.data import shared
from variorum.crawler.config.site import Site
from variorum.crawler.extraction.boilerplate.path_scores import ENOUGH, PathScores
from variorum.crawler.extraction.boilerplate.template import Template
from variorum.crawler.extraction.known_page import is_told
from variorum.crawler.extraction.reader import PageReader, body_of
from variorum.crawler.extraction.together import Together
from variorum.crawler.fetch_result import FetchResult

CAPTURES = shared() / "captures" / "ota-demo.jsonl.xz"
URL = "https://page.example/"
SITE = Site(name="page", url=URL)

pytestmark = pytest.mark.skipif(not CAPTURES.exists(), reason="the captures are no part of the project")


def fetched(record: dict[str, Any]) -> FetchResult:
    body = record["html"].encode("utf-8", "replace")
    return FetchResult(URL, URL, record["time"], status=200, body=body, encoding="utf-8")


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    with lzma.open(CAPTURES, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, ENOUGH + 30)]


@pytest.fixture(scope="module")
def reader(records: list[dict[str, Any]]) -> PageReader:
    """It knows the block paths of the first captures."""
    scores = PathScores()
    for record in records[:ENOUGH]:
        scores = scores.joined(PageReader(SITE).path_scores(fetched(record)))
    return PageReader(SITE, Template(version=1, paths=scores))


def test_captures_with_the_same_content_digest_have_the_same_text(
    records: list[dict[str, Any]], reader: PageReader
) -> None:
    """By the text that people's own selectors found, and by that of the classifier."""
    classifying = PageReader(SITE)
    same = [
        (old, new)
        for old, new in pairwise(records[ENOUGH:])
        if old["html"] != new["html"]
        and (digest := reader.content_digest(fetched(old))) is not None
        and reader.shows(fetched(new), digest)
    ]
    assert len(same) > 10
    assert [(new["i"], old["v"], new["v"]) for old, new in same if old["v"] != new["v"]] == []
    for old, new in same[::4]:
        assert classifying.read_fetched(fetched(old)).text == classifying.read_fetched(fetched(new)).text


def test_captures_whose_digest_tells_their_text_have_that_text_when_they_are_read_together(
    records: list[dict[str, Any]], reader: PageReader
) -> None:
    told = 0
    for old, new in list(pairwise(map(fetched, records[ENOUGH:])))[::4]:
        last, now = reader.read_fetched(old), reader.read_fetched(new)
        digest = reader.content_digest(old) if reader.content_digest(new) else None
        if digest and is_told(digest, reader.template, last.title, last.text, last.links or ""):
            assert reader.read_together(body_of(old), body_of(new)) == Together(last, now)
            told += 1
    assert told > 3
