"""A fetch judged and read without a memory: what a crawl would make of a page that it never saw before."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.extract import Extract, ExtractionError
from crawler.fetched import Fetched
from crawler.outcome import Context, Outcome, Verdict, judge
from crawler.reading import Reader
from crawler.urls import in_scope, key


@dataclass(frozen=True, slots=True)
class Sight:
    """What a fetch turned out to be, and its text where it is a page with one."""

    verdict: Verdict
    extract: Extract | None


def sight(reader: Reader, fetched: Fetched) -> Sight:
    """What the rules of a site make of a fetch."""
    site = reader.site
    context = Context(
        asked_key=key(fetched.url, site),
        final_key=key(fetched.final_url, site),
        home_keys=frozenset(key(seed, site) for seed in site.seeds),
        in_scope=in_scope(fetched.final_url, site),
    )
    verdict = judge(fetched, context)
    is_html = "html" in fetched.headers.get("content-type", "html")
    if verdict.outcome not in (Outcome.ok, Outcome.moved) or not is_html:
        return Sight(verdict, None)
    try:
        extract = reader.read(
            fetched.body, fetched.final_url, encoding=fetched.encoding, captured_at=fetched.fetched_at
        )
    except ExtractionError as error:
        return Sight(Verdict(Outcome.failed, str(error)), None)
    return Sight(verdict, extract)
