"""A fetch judged and read without a memory: what a crawl would make of a page that it never saw before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from crawler.classification.outcome import READABLE, Context, Outcome, Verdict, judge
from crawler.classification.response import PageFingerprint
from crawler.config.site import Site
from crawler.config.workspace import Workspace
from crawler.extraction.boilerplate.template import EMPTY, Template
from crawler.extraction.extract import Extract, ExtractionError
from crawler.extraction.reader import Reader
from crawler.fetch_result import FetchResult
from crawler.tracking.template_learning import known
from crawler.urls.canonical import in_scope, loose_key
from storage.database import open_for_reading
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Sight:
    """What a fetch turned out to be, and its text where it is a page with one."""

    verdict: Verdict
    extract: Extract | None


def sight(reader: Reader, fetched: FetchResult, not_found: PageFingerprint | None = None) -> Sight:
    """What the rules of a site make of a fetch; `not_found` is how it answers where there is no page."""
    site = reader.site
    context = Context(
        asked_key=loose_key(fetched.url, site),
        final_key=loose_key(fetched.final_url, site),
        home_keys=frozenset(loose_key(seed, site) for seed in site.seeds),
        in_scope=in_scope(fetched.final_url, site),
        not_found=not_found,
    )
    verdict = judge(fetched, context)
    if verdict.outcome not in READABLE or fetched.error:
        return Sight(verdict, None)
    try:
        extract = reader.read_fetched(fetched)
    except ExtractionError as error:
        return Sight(Verdict(Outcome.failed, str(error)), None)
    return Sight(verdict, extract)


def known_template(workspace: Workspace | None, site: Site) -> Template:
    """The boilerplate that crawls have learned of a site so far, and people have decided on."""
    if workspace is None or not workspace.database.exists():
        return EMPTY
    with closing(Store(open_for_reading(workspace.database))) as store:
        return known(store, site.name)


def reader_of(workspace: Workspace | None, site: Site) -> Reader:
    """A reader of the site's pages that knows that."""
    return Reader(site, known_template(workspace, site))
