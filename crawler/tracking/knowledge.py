"""The first step of tracking: loads what is known of a page when a response arrives, outside any lock.

`load` runs before the response is read; `relate` afterwards, since a response may itself name its page.
"""

from __future__ import annotations

from dataclasses import dataclass

from variorum.crawler.classification.comparison import LastVersion
from variorum.crawler.classification.outcome import Context, Outcome
from variorum.crawler.classification.response import PageFingerprint, ResponseView, has_end
from variorum.crawler.config.site import Site
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.html.dom_paths import unnumbered
from variorum.crawler.extraction.reader import Body, PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.edited_moves import moved_and_edited
from variorum.crawler.tracking.identity import Identity, has_identifying_text
from variorum.crawler.tracking.new_pages import is_new
from variorum.crawler.tracking.reading import Reading
from variorum.crawler.tracking.reextraction import keep, reextract
from variorum.crawler.tracking.renderings import is_rendering, main_page
from variorum.crawler.urls.canonical import (
    canonical,
    in_scope,
    is_other_host,
    key,
    loose_key,
    main_address,
    named_by_itself,
)
from variorum.storage.errors import NotFound
from variorum.storage.rows import PageRow, SuspectRow, VersionRow
from variorum.storage.store import Store

OK = 200
FEW_LOOKS = 2
"""The most consecutive fetches that show the same one of two alternating editions."""
MOST_OTHERS = 30
"""The number of other pages on which a block is searched."""


@dataclass(frozen=True, slots=True)
class Requested:
    """The facts known before the response is read."""

    page: PageRow
    """The page that was requested."""
    context: Context


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that a decision needs besides the response."""

    requested: PageRow
    """The page that was requested."""
    identity: Identity
    """The page that answered."""
    last: VersionRow | None = None
    """The latest version of the page that answered, as today's rules read it."""
    last_capture: Body | None = None
    """The stored bytes of that version's capture, with its encoding."""
    elsewhere: PageRow | None = None
    """Another page with versions at the address that answered."""
    is_new: bool = False
    """Whether a page without versions was published since the site is watched."""
    template: Template = EMPTY
    shown_before: str | None = None
    """What an earlier fetch of this run showed, if this one is its confirmation."""
    shown_elsewhere: int = 0
    """How many other pages have changed into the text of the response in this run."""
    run: int = 0
    suspect: SuspectRow | None = None
    """The suspect text of the page, which waits for a later run to confirm it."""
    suspects_with_text: int = 0
    """How many other pages have a suspect with the text of the response."""
    alternates: VersionRow | None = None
    """The version before the last, if the response has its text and the two have alternated."""
    common: frozenset[str] = frozenset()
    """Blocks of other pages, with `#` for numbers, if the boilerplate is not learned yet."""
    named: str | None = None
    """The address of another page that the response names as its main one."""
    has_main: bool = False
    """Whether the page is known of which the response may be another rendering."""
    is_rendering: bool = False
    """The requested page is another rendering of `identity.page`, and merged into it from now on."""
    keeps_listings: bool = False
    """Whether front pages and archives have versions; a crawl follows their links instead."""


def load(store: Store, site: Site, page: PageRow, fetched: FetchResult) -> Requested:
    """The facts known before the response `fetched`, sent for `page`, is read."""
    context = Context(
        requested_key=loose_key(page.url, site),
        final_key=loose_key(fetched.final_url, site),
        home_keys=frozenset(loose_key(seed, site) for seed in site.seeds),
        in_scope=in_scope(fetched.final_url, site),
        not_found=_not_found(store, site),
        last_had_end=not has_end(fetched.body) and _last_had_end(store, page),
        is_known=page.seen_at is not None,
        last=_last_seen(store, page),
    )
    return Requested(page, context)


def known_unread(store: Store, page: PageRow, run: int) -> Known:
    """The facts known of a page whose response needs no reading."""
    return Known(page, Identity(page), store.last_version(page.id), run=run, suspect=store.suspect(page.id))


def known_as_it_was(store: Store, page: PageRow, run: int) -> Known:
    """The facts known of a page that is as it was, in the transaction that loaded it.

    Its last version is loaded only where sources of the site give a date or a text to compare with it.
    """
    if page.modified or page.source_text_digest:
        return known_unread(store, page, run)
    return Known(page, Identity(page), run=run, suspect=store.suspect(page.id))


def relate(store: Store, reader: PageReader, requested: Requested, reading: Reading, run: int) -> Known:
    """The facts known of the page that the response turned out to show."""
    extract = reading.extract
    if extract is None:
        return known_unread(store, requested.page, run)
    final = reading.fetched.final_url
    main = main_page(store, reader.site, requested.page, final, extract)
    if main and (found := _rendering(store, reader, requested, reading, main)):
        return found
    identity, elsewhere = _identity(
        store, reader.site, requested.page, reading, None if main else extract.canonical
    )
    if elsewhere and is_other_host(requested.page.url, final, reader.site):
        return _same_as(store, reader, requested.page, elsewhere, final)
    if identity.page.version is None and (twin := _missing_twin(store, identity, extract)):
        identity = identity.found_again(twin, key(identity.now.url, reader.site))
    last = _last(store, reader, identity.page)
    return Known(
        requested.page,
        identity,
        last,
        last_capture=_capture(store, last) if last else None,
        elsewhere=elsewhere,
        is_new=last is None and main is None and _is_new(store, identity, reading, run),
        template=reader.template,
        named=main_address(final, extract.canonical, reader.site),
        has_main=main is not None,
        run=run,
        suspect=store.suspect(identity.page.id),
        suspects_with_text=store.suspects_with_text(reader.site.name, extract.digest, identity.page.id),
        alternates=_alternates(store, last, extract) if last else None,
    )


def last_body(store: Store, page: PageRow) -> Body | None:
    """The bytes of a page's last version; None if it has none, or they are not kept."""
    last = store.last_version(page.id) if page.version is not None else None
    try:
        return _capture(store, last) if last else None
    except NotFound:
        return None


def common_blocks(store: Store, page: PageRow) -> frozenset[str]:
    """The blocks of the latest texts of other pages of the site, with `#` for each number."""
    others = store.latest_versions(page.site, MOST_OTHERS)
    texts = [other.text for other in others if other.page != page.id]
    return frozenset(unnumbered(block) for text in texts for block in text.split("\n"))


# ---- before it is read


def _not_found(store: Store, site: Site) -> PageFingerprint | None:
    """How the site says "not found" with status 200, if it does."""
    row = store.site(site.name)
    return PageFingerprint(row.not_found_title or "", row.not_found_digest) if row.not_found_digest else None


def _last_had_end(store: Store, page: PageRow) -> bool:
    last = store.last_version(page.id)
    body = _body(store, last) if last else None
    return body is not None and has_end(body)


def _last_seen(store: Store, page: PageRow) -> LastVersion | None:
    """The last version of a page, against which a response is classified."""
    version = store.last_version(page.id) if page.version is not None else None
    if version is None:
        return None
    capture = store.capture(version.capture)
    if capture.body is None:
        return LastVersion(version.text)
    headers = {"content-type": capture.content_type} if capture.content_type else {}
    shown = FetchResult(
        url=capture.url,
        final_url=capture.url,
        fetched_at=capture.fetched_at,
        status=capture.status,
        headers=headers,
        body=store.body(capture.body),
        encoding=capture.declared,
    )
    return LastVersion(version.text, ResponseView(shown))


# ---- afterwards


def _identity(
    store: Store, site: Site, page: PageRow, reading: Reading, rel_canonical: str | None
) -> tuple[Identity, PageRow | None]:
    """The page that answered; and another one with versions, if the response leads to that."""
    identity, final = Identity(page), reading.fetched.final_url
    if reading.verdict.outcome is not Outcome.moved:
        return _named(store, site, identity, named_by_itself(final, rel_canonical, site)), None
    if page.version is None:
        identity = _named(store, site, identity, final)
        return _named(store, site, identity, named_by_itself(final, rel_canonical, site)), None
    there = store.find(site.name, key(final, site))
    if there and there.id != page.id and there.version is not None:
        return identity, there
    renamed = _named(store, site, identity, final)
    return renamed if is_other_host(page.url, final, site) else renamed.moved(), None


def _rendering(
    store: Store, reader: PageReader, requested: Requested, reading: Reading, main: PageRow
) -> Known | None:
    """What is known if the response shows the page `main`; None if it shows another one."""
    page, outcome, extract = requested.page, reading.verdict.outcome, reading.extract
    is_plain = outcome is Outcome.ok or (outcome is Outcome.moved and page.version is None)
    if extract is None or not is_plain:
        return None
    if not is_rendering(main, _last(store, reader, main), _last(store, reader, page), extract):
        return None
    return _same_as(store, reader, page, main, reading.fetched.final_url)


def _same_as(store: Store, reader: PageReader, page: PageRow, main: PageRow, final: str) -> Known:
    """What is known of a page that turned out to be the page `main` at another address."""
    keys = tuple({key(page.url, reader.site): None, key(final, reader.site): None})
    identity = Identity(main, keys=keys, absorbs=(page,))
    return Known(page, identity, _last(store, reader, main), is_rendering=True)


def _named(store: Store, site: Site, identity: Identity, url: str) -> Identity:
    url = canonical(url, site)
    known_as = key(url, site)
    return identity.at(url, known_as, store.find_exactly(site.name, known_as))


def _missing_twin(store: Store, identity: Identity, extract: Extract) -> PageRow | None:
    """A page with the same title and text, or nearly so, that is no longer found where it was."""
    page = identity.now
    if not has_identifying_text(extract.words, extract.kind):
        return None
    if twins := store.twins(page, extract.digest, ["missing"]):
        return twins[0]
    return moved_and_edited(store, page, extract) if extract.kind == "article" else None


def _is_new(store: Store, identity: Identity, reading: Reading, run: int) -> bool:
    """Whether the page, under any of the spellings that turned out to be it, is new in this run."""
    extract, at = reading.extract, reading.fetched.fetched_at
    assert extract
    if is_new(store, identity.page, extract, run, at):
        return True
    found_now = all(page.found_run == run for page in identity.stored)
    return found_now and any(is_new(store, page, extract, run, at) for page in identity.absorbs)


def _last(store: Store, reader: PageReader, page: PageRow) -> VersionRow | None:
    """The latest version of a page as today's rules read it, so that only the site can make a difference."""
    last = store.last_version(page.id)
    return last if last is None else reread(store, reader, last)


def reread(store: Store, reader: PageReader, version: VersionRow) -> VersionRow:
    """The version, extracted again from its stored body; unchanged if that is no longer possible."""
    if version.extractor == reader.label:
        return version
    try:
        return keep(store, reader, version, reextract(store, reader, version))
    except ExtractionError:
        return version


def _alternates(store: Store, last: VersionRow, extract: Extract) -> VersionRow | None:
    """The version before the last, if the page has returned to it within a few fetches."""
    if last.digest == extract.digest:
        return None
    editions = store.latest_of(last.page, 3)
    if [version.digest for version in editions] != [last.digest, extract.digest, last.digest]:
        return None
    ends = [None, last.captured_at]
    times = [
        store.count_sights_of(version.page, version.captured_at, end)
        for version, end in zip(editions, ends, strict=False)
    ]
    return editions[1] if max(times) <= FEW_LOOKS else None


def _capture(store: Store, version: VersionRow) -> Body | None:
    capture = store.capture(version.capture)
    if capture.body is None:
        return None
    return Body(
        store.body(capture.body), capture.url, capture.fetched_at, capture.declared, capture.content_type
    )


def _body(store: Store, version: VersionRow) -> bytes | None:
    kept = store.capture(version.capture).body
    return store.body(kept) if kept else None
