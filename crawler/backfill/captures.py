"""Stores imported captures, each at its own time among the captures of the crawls.

What crawler/tracking/ is for the fetches of a crawl, this is for captures of any time. The rules:

* Each page's versions are numbered in the order of their captures; a version that comes in between moves the
  numbers of later ones up, and whatever names them follows. Ids of versions stay.
* Versions are the same in whatever order captures come in (crawler/backfill/placement.py).
* What comes to light is history: changes are marked `backfilled` and are no news. What a crawl has told
  stays as it was told; its interval gets narrower where an import saw the page within it.
* A page that only imports know is left in the frontier: whether it is still there, a crawl will see.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from variorum.crawler.backfill.absence import record_absences
from variorum.crawler.backfill.insertion import Insertion
from variorum.crawler.classification.outcome import Outcome, Verdict
from variorum.crawler.classification.response import PageFingerprint
from variorum.crawler.config.site import Site
from variorum.crawler.extraction.boilerplate.recurrence import LEAST_PAGES, learn
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.html.encoding import encoding_of
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.preview.first_read import sight
from variorum.crawler.times import iso, now
from variorum.crawler.tracking.records import Capture, add_capture
from variorum.crawler.tracking.template_learning import SAMPLE, known, template_row
from variorum.crawler.urls.canonical import canonical, in_scope, is_asset, key, loose_key, named_by_itself
from variorum.storage.bodies import digest_of
from variorum.storage.rows import PageRow, Values
from variorum.storage.store import Store

TEXT = Verdict(Outcome.ok, "a text without its page")
MISSING = Verdict(Outcome.gone, "not found when it was captured elsewhere")


class Backfill:
    """Stores imported captures of one site at their own times; in any order, each once.

    An imported capture is classified and extracted like one of a crawl, and makes a version where a crawl
    would make one. Each call is one transaction, or a part of the caller's: a page's capture, version and
    changes are stored together or not at all, and the same capture twice is stored once.
    """

    def __init__(self, store: Store, site: Site, origin: str) -> None:
        """`origin` is stored with each capture: `warc:FILE`, `dump:FILE` or `wayback`."""
        self.store, self.site, self.origin = store, site, origin
        store.enrol(site.name, site.url)
        self._reader = PageReader(site, known(store, site.name))
        self._not_found = _not_found(store, site)
        self._counts: Counter[str] = Counter()
        self._misses: list[FetchResult] = []

    def add(self, fetched: FetchResult) -> str:
        """Store a captured page at `fetched.fetched_at`; return the result as a word.

        `version`: a new version. `seen`: a text that was known already, and may now be known to be older.
        `known`: this very capture is stored already. `out of scope`, `not yet` (it is dated in the future),
        `listing`, or the outcome of a response that is no page (`gone`, `blocked`, `wrong type` ...): nothing
        is stored.
        """
        return self._counted(self._added(fetched))

    def add_text(self, url: str, captured_at: str, extract: Extract) -> str:
        """Store a text without its HTML, as `add` does, at the time at which it is known to have been on
        the page."""
        if refused := self._refused(captured_at, url):
            return self._counted(refused)
        fetched = _as_fetch(url, captured_at, extract)
        return self._counted(self._placed(fetched, TEXT, extract, f"text of {self.origin}"))

    def add_text_of(
        self,
        page: PageRow,
        captured_at: str,
        extract: Extract,
        *,
        read: Extract | None = None,
        what: str = "text",
    ) -> str:
        """Store a text of a stored page, as `add_text` does.

        `read` is the extract to store if it differs from `extract`; `what` names the reader of it.
        """
        fetched = _as_fetch(page.url, captured_at, extract)
        label = f"{what} of {self.origin}"
        return self._counted(self._inserted(page, fetched, TEXT, read or extract, label))

    def missed(self, url: str, at: str, status: int) -> None:
        """Store a response that says that there is no such page, as `add` does."""
        self._misses.append(FetchResult(url, url, at, status))
        self._counted(Outcome.gone.value)

    def finish(self) -> None:
        """Record the times in which pages were absent, now that all captures are stored."""
        missed = {page.id: page for fetched in self._misses if (page := self._not_there(fetched))}
        for page in missed.values():
            self._counts["changes"] += record_absences(self.store, page)

    def _not_there(self, fetched: FetchResult) -> PageRow | None:
        """The page that was not found, if it is known; the capture is stored."""
        page = self.store.find(self.site.name, key(fetched.url, self.site))
        if page is None or page.version is None:
            return None
        if fetched.fetched_at not in self.store.misses(page.id):
            with self.store.writing():
                capture = Capture(page=page, fetched=fetched, verdict=MISSING, origin=self.origin)
                add_capture(self.store, capture)
        return page

    def passed_over(self, word: str) -> str:
        """Count under this word a capture that was not read."""
        return self._counted(word)

    def counts(self) -> dict[str, int]:
        """Return the number of captures by result, and under `changes` the number of changes found."""
        return dict(self._counts)

    def wants_to_learn(self) -> bool:
        """Whether nothing is known yet of the site's boilerplate."""
        return not self._reader.template.version

    def learn(self, captures: Iterable[FetchResult]) -> None:
        """Learn the boilerplate from the first articles among these, before any is added, if there are
        enough."""
        pages: dict[str, list[bytes]] = {}
        for fetched in captures:
            seen = sight(self._reader, fetched, self._not_found).extract
            if seen and seen.kind == "article":
                pages.setdefault(loose_key(fetched.final_url, self.site), [split(fetched.body)[0]])
            if len(pages) >= SAMPLE:
                break
        with suppress(ExtractionError), self.store.writing():
            template = learn(pages)
            if len(pages) >= LEAST_PAGES:
                self.store.add_template(template_row(self.site.name, template, len(pages)))
                self._reader = PageReader(self.site, known(self.store, self.site.name))

    def is_wanted(self, url: str) -> bool:
        """Whether the address may belong to a page of the site."""
        try:
            return in_scope(url, self.site) and not is_asset(url)
        except ValueError:  # no web address at all
            return False

    def kept(self, url: str) -> dict[str, FetchResult]:
        """The stored bodies of the page at this address, by the digest that web archives give to them."""
        page = self.store.find(self.site.name, key(url, self.site))
        found = {}
        for capture in self.store.kept_of(page.id) if page else []:
            body = self.store.body(capture.body or "")
            headers = {"content-type": capture.content_type} if capture.content_type else {}
            encoding = encoding_of(body, capture.declared)
            found[_sha1(body)] = FetchResult(
                url, url, "", capture.status, headers, body, encoding.name, encoding_by=encoding.by
            )
        return found

    def stored(self, url: str, digest: str) -> bytes | None:
        """The stored body of the page at this address with this digest, in the form of WARC files."""
        page = self.store.find(self.site.name, key(url, self.site))
        bodies = map(self.store.body, self.store.bodies_of(page.id) if page else [])
        return next((body for body in bodies if _has_digest(body, digest)), None)

    # ---- one capture

    def _counted(self, word: str) -> str:
        self._counts[word] += 1
        return word

    def _refused(self, at: str, *urls: str) -> str:
        if not all(map(self.is_wanted, urls)):
            return "out of scope"
        return "not yet" if at > iso(now()) else ""

    def _added(self, fetched: FetchResult) -> str:
        if refused := self._refused(fetched.fetched_at, fetched.url, fetched.final_url):
            return refused
        with self.store.writing():
            if self._is_known(fetched):
                return "known"
            seen = sight(self._reader, fetched, self._not_found)
            if seen.verdict.outcome is Outcome.gone:
                self._misses.append(replace(fetched, body=b""))
            if seen.extract is None or seen.verdict.outcome not in (Outcome.ok, Outcome.moved):
                return seen.verdict.outcome.value
            return self._placed(fetched, seen.verdict, seen.extract, self._reader.label)

    def _placed(self, fetched: FetchResult, verdict: Verdict, extract: Extract, label: str) -> str:
        with self.store.writing():
            page = self._page(fetched, extract)
            return self._inserted(page, fetched, verdict, extract, label) if page else "listing"

    def _inserted(
        self, page: PageRow, fetched: FetchResult, verdict: Verdict, extract: Extract, label: str
    ) -> str:
        with self.store.writing():
            if self.store.has_capture(page.id, fetched.fetched_at, digest_of(fetched.body)):
                return "known"
            insertion = Insertion(self.store, self._reader, page, fetched, extract, label)
            word = insertion.run(verdict, self.origin)
        self._counts["changes"] += insertion.changes
        return word

    def _is_known(self, fetched: FetchResult) -> bool:
        """Whether it is stored, so that it need not be extracted again."""
        page = self.store.find(self.site.name, key(fetched.final_url, self.site))
        digest = digest_of(fetched.body)
        return page is not None and self.store.has_capture(page.id, fetched.fetched_at, digest)

    def _page(self, fetched: FetchResult, extract: Extract) -> PageRow | None:
        """The page that was captured, created if it is new; None for a new list that is not watched."""
        is_unwatched = extract.kind == "listing" and self.site.watch != "all"
        url = named_by_itself(fetched.final_url, extract.canonical, self.site)
        for address in (url, fetched.final_url, fetched.url):
            if page := self.store.find(self.site.name, key(address, self.site)):
                break
        else:
            if is_unwatched:
                return None
            page = self._new_page(canonical(url, self.site), fetched.fetched_at)
        if page.version is None and is_unwatched:
            return None
        for address in (url, fetched.final_url):
            if self.store.find(self.site.name, key(address, self.site)) is None:
                self.store.add_address(self.site.name, key(address, self.site), page.id)
        return page

    def _new_page(self, url: str, at: str) -> PageRow:
        values: Values = {"site": self.site.name, "url": url, "found_at": at, "found_by": "import"}
        return self.store.add_page(values, key(url, self.site))


def _as_fetch(url: str, captured_at: str, extract: Extract) -> FetchResult:
    """Return a text as the fetch result that would have shown it."""
    body = f"{extract.title}\n\n{extract.text}".encode()
    return FetchResult(url, url, captured_at, headers={"content-type": "text/plain"}, body=body)


def _not_found(store: Store, site: Site) -> PageFingerprint | None:
    """How the site says "not found" with status 200, if it does."""
    row = store.site(site.name)
    return PageFingerprint(row.not_found_title or "", row.not_found_digest) if row.not_found_digest else None


def _sha1(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _has_digest(body: bytes, digest: str) -> bool:
    """Whether a body has a digest written as `sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ`, or in hexadecimal."""
    algorithm, _, value = digest.partition(":")
    if algorithm.lower() not in ("sha1", "sha256", "md5"):
        return False
    found = hashlib.new(algorithm.lower(), body, usedforsecurity=False).digest()
    return value.lower() in (found.hex(), base64.b32encode(found).decode().lower())
