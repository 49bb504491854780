"""Classifies and reads a fetch without a database, like a page that is fetched for the first time."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from variorum.crawler.classification.outcome import READABLE, Context, Outcome, Verdict, judge
from variorum.crawler.classification.response import PageFingerprint
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.template_learning import known
from variorum.crawler.urls.canonical import in_scope, loose_key
from variorum.storage.database import open_for_reading
from variorum.storage.store import Store


@dataclass(frozen=True, slots=True)
class FirstReading:
    """The outcome of a fetch, with its text if it is a page."""

    verdict: Verdict
    extract: Extract | None


def sight(reader: PageReader, fetched: FetchResult, not_found: PageFingerprint | None = None) -> FirstReading:
    """Return the outcome and text of a fetch; `not_found` is the site's response to a missing page."""
    site = reader.site
    context = Context(
        requested_key=loose_key(fetched.url, site),
        final_key=loose_key(fetched.final_url, site),
        home_keys=frozenset(loose_key(seed, site) for seed in site.seeds),
        in_scope=in_scope(fetched.final_url, site),
        not_found=not_found,
    )
    verdict = judge(fetched, context, lambda: reader.known_text(fetched))
    if verdict.outcome not in READABLE or fetched.error:
        return FirstReading(verdict, None)
    try:
        extract = reader.read_fetched(fetched)
    except ExtractionError as error:
        return FirstReading(Verdict(Outcome.failed, str(error)), None)
    return FirstReading(verdict, extract)


def known_template(workspace: Workspace | None, site: Site) -> Template:
    """The boilerplate that crawls have learned of a site so far, and people have decided on."""
    if workspace is None or not workspace.database.exists():
        return EMPTY
    with closing(Store(open_for_reading(workspace.database))) as store:
        return known(store, site.name)


def reader_of(workspace: Workspace | None, site: Site) -> PageReader:
    """Return a reader of the site's pages that uses the learned boilerplate and the overrides."""
    return PageReader(site, known_template(workspace, site))
