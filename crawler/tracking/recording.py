"""The last step of tracking: stores a decision in one short transaction.

It checks first that what the decision was based on is still what is stored. Bodies are compressed before the
write lock is taken; nothing is parsed, extracted or compared while it is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from variorum.crawler.errors import VariorumError
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking import records
from variorum.crawler.tracking.decision import Decision, Sight
from variorum.crawler.tracking.identity import Identity
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading
from variorum.crawler.tracking.records import Capture, Change, Version
from variorum.crawler.tracking.revisits import Revisits
from variorum.storage.bodies import digest_of
from variorum.storage.errors import NotFound
from variorum.storage.rows import PageRow, Values
from variorum.storage.store import Store


class Outdated(VariorumError):
    """Another process has written to the page since it was loaded: nothing was recorded."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url}: another process writes to this page; it is fetched again in the next run.")


@contextmanager
def _conflicts_named(url: str) -> Iterator[None]:
    """Raises Outdated if another process has removed the body that a delta refers to."""
    try:
        yield
    except NotFound as error:
        raise Outdated(url) from error


class Recorder:
    """Stores the decisions of one run, one transaction each."""

    def __init__(self, store: Store, run: int, revisits: Revisits) -> None:
        self._store, self._run, self._revisits = store, run, revisits

    def apply(
        self, known: Known, reading: Reading, decision: Decision, label: str = "", *, is_current: bool = False
    ) -> PageRow:
        """The page after storing the decision. `label` names the extractor that read the text, if one did.

        Raises Outdated where another process has changed the page meanwhile; what was loaded in the
        transaction that is open `is_current`, and not looked at again.
        """
        store, fetched = self._store, reading.fetched
        kept = decision.keeps_body and bool(fetched.body)
        body = store.pack(fetched.body, decision.identity.page.id) if kept else None
        digest = body.digest if body else digest_of(fetched.body) if fetched.body else None
        with _conflicts_named(known.requested.url), store.writing():
            if not is_current:
                self._check(known)
            page = self._identified(decision.identity)
            if decision.sight is Sight.seen and not (decision.number or decision.kinds):
                last = store.last_version(page.id) if decision.identity.absorbs else known.last
                records.add_date_only_update(
                    store, self._run, page, fetched.fetched_at, last, decision.extract
                )
            number = records.add_capture(
                store,
                Capture(
                    page=page,
                    fetched=fetched,
                    verdict=decision.verdict,
                    run=self._run,
                    body=body,
                    digest=digest,
                ),
            )
            if decision.number and decision.extract:
                records.add_version(
                    store,
                    Version(
                        page=page,
                        number=decision.number,
                        capture=number,
                        fetched=fetched,
                        extract=decision.extract,
                        label=label,
                    ),
                )
            self._add_changes(page, known, decision, fetched.fetched_at)
            self._keep_suspect(known, decision, number, fetched)
            return store.update_page(page.id, self._page_values(page, reading, decision, digest))

    def _check(self, known: Known) -> None:
        """Raises Outdated if the page, or its latest version, is not as it was loaded."""
        last = self._store.last_version(known.identity.page.id)
        pages = {page.id: page for page in (known.requested, *known.identity.stored)}
        if last != known.last or any(self._store.page(page) != loaded for page, loaded in pages.items()):
            raise Outdated(known.requested.url)

    def _identified(self, identity: Identity) -> PageRow:
        """The page under its address, with those that turned out to be the same page."""
        store, page = self._store, identity.page
        for other in identity.absorbs:
            store.absorb(other.id, page.id)
        for key in identity.keys:
            store.add_address(page.site, key, page.id)
        is_there = (identity.url, None) == (page.url, page.listed_url) and not identity.absorbs
        if identity.url is None or is_there:
            return page
        return store.update_page(page.id, {"url": identity.url, "listed_url": None})

    def _add_changes(self, page: PageRow, known: Known, decision: Decision, at: str) -> None:
        if decision.is_drift and decision.diff and decision.number:
            records.add_drift(self._store, page, at, decision.number, decision.diff, self._run)
        since = known.suspect.since if known.suspect and decision.closes == "confirmed" else None
        for kind in decision.kinds:
            change = Change(
                page=page,
                kind=kind,
                seen_new=since or at,
                found_at=at,
                suspected_since=since,
                remark=decision.suspicion.why if decision.suspicion else "",
                run=self._run,
                old=known.last,
                extract=decision.extract,
                number=decision.number or (known.last.number if known.last else None),
                diff=decision.diff,
                old_url=decision.identity.moved_from,
            )
            records.add_change(self._store, change)

    def _keep_suspect(self, known: Known, decision: Decision, capture: int, fetched: FetchResult) -> None:
        """Store a new suspect, and confirm or dismiss an earlier one."""
        store, page, at = self._store, known.identity.page, fetched.fetched_at
        if decision.closes:
            store.close_suspect(page.id, at, decision.closes)
        if decision.keeps_version and known.suspect:
            store.count_unchanged(known.suspect, at, self._run)
        if (found := decision.suspicion) is None:
            return
        values: Values = {
            "site": page.site,
            "kind": found.kind,
            "url": page.url,
            "title": found.text.title,
            "text": found.text.text,
            "digest": digest_of(f"{found.text.title}\n\n{found.text.text}".encode()),
            "why": found.why,
            "old_version": known.last.number if known.last else None,
            "seen_old": page.seen_at,
            "hunks": records.hunks_json(found.diff) if found.diff else "[]",
            "words_added": found.diff.words_added if found.diff else 0,
            "words_removed": found.diff.words_removed if found.diff else 0,
            "capture": capture,
            "last_at": at,
            "last_run": self._run,
        }
        store.keep_suspect(page.id, values | ({"times": 0} if decision.number else {}))

    # ---- the page's row

    def _page_values(self, page: PageRow, reading: Reading, decision: Decision, digest: str | None) -> Values:
        """The columns of a page after a fetch; `digest` is that of the bytes received."""
        fetched = reading.fetched
        values: Values = {"checked_at": fetched.fetched_at, "checks": page.checks + 1}
        match decision.sight:
            case Sight.rendering:
                return {"checks": values["checks"]}
            case Sight.seen:
                changed = page.version is not None and bool(decision.announced)
                learned = self._revisits.after_visit(page, fetched.fetched_at, changed=changed)
                return values | learned | _seen(page, reading, decision, digest)
            case Sight.missing:
                return values | {"stale_since": None, "stale_by": None} | self._missing(page, fetched)
        if decision.suspicion:  # the next run looks at it, due or not
            values |= {"stale_since": fetched.fetched_at, "stale_by": None}
        return values

    def _missing(self, page: PageRow, fetched: FetchResult) -> Values:
        """The values of a page after "not found": its state, and the first run that did not find it."""
        if page.state == "live":
            return {"state": "missing", "missing_since": fetched.fetched_at, "missing_run": self._run}
        if page.state == "frontier" and page.version is not None:
            return self._missing_import(page, fetched)
        return {}

    def _missing_import(self, page: PageRow, fetched: FetchResult) -> Values:
        """The values of an imported page after "not found": it is gone when two runs have not found it."""
        since = page.missing_since or fetched.fetched_at
        if page.missing_run in (None, self._run):
            return {"missing_since": since, "missing_run": self._run}
        last = self._store.last_version(page.id)
        change = Change(
            page=page,
            kind="gone",
            seen_new=since,
            run=self._run,
            old=last,
            number=last.number if last else None,
            page_removed=True,
            found_at=fetched.fetched_at,
            backfilled=True,
        )
        records.add_change(self._store, change)
        return {"state": "gone", "changed_at": fetched.fetched_at}


def _seen(page: PageRow, reading: Reading, decision: Decision, digest: str | None) -> Values:
    """The values of a page that was just seen."""
    fetched = reading.fetched
    values: Values = {
        "state": "live",
        "seen_at": fetched.fetched_at,
        "stale_since": None,
        "stale_by": None,
        "missing_since": None,
        "missing_run": None,
        **_validators(page, fetched),
    }
    if decision.extract:
        values["names"] = decision.named
    if decision.agrees is not None:
        values["agrees"] = int(decision.agrees)
        if page.agrees and not decision.agrees:  # it may come from a cache: looked at again in the next run
            values["stale_since"] = page.stale_since
    if digest:
        values |= {"body_digest": digest, "content_digest": reading.content_digest}
    if extract := decision.extract:
        values |= {"title": extract.title, "kind": extract.kind, "text_digest": extract.digest}
        values |= {"language": extract.language, **records.published(page, extract)}
    if decision.number is not None:
        values["version"] = decision.number
        if page.version is not None:
            values["changed_at"] = fetched.fetched_at
    return values


def _validators(page: PageRow, fetched: FetchResult) -> Values:
    """ETag and Last-Modified of the page as it is now; a 304 that leaves one out confirms the stored one.

    Those of an earlier body are dropped: a server that answers 304 to them means that body, and not this one.
    """
    etag, modified = fetched.headers.get("etag") or None, fetched.headers.get("last-modified") or None
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        etag, modified = etag or page.etag, modified or page.last_modified
    return {"etag": etag, "last_modified": modified}
