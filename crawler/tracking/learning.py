"""What a run learns of the boilerplate of its site, and which fetches wait for that.

The first fetches of a site, and those that show a new design, can be compared only when its boilerplate is
known. Until then they are held; what can be read in the end is given back to the tracker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from variorum.crawler.classification.outcome import Outcome, Verdict
from variorum.crawler.extraction.boilerplate.recurrence import LEAST_PAGES
from variorum.crawler.extraction.extract import ExtractionError
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.reader import PageReader, body_of
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking import records
from variorum.crawler.tracking.decision import Decision, Sight
from variorum.crawler.tracking.drift import Redesigned, places_without_text
from variorum.crawler.tracking.knowledge import Known, last_body
from variorum.crawler.tracking.reading import Reading
from variorum.crawler.tracking.records import LEARNING_FETCH, Capture
from variorum.crawler.tracking.redesign import Redesign
from variorum.crawler.tracking.reextraction import read_again, to_read_again
from variorum.crawler.tracking.run_frontier import BATCH, RunFrontier
from variorum.crawler.tracking.template_learning import SAMPLE, Learner
from variorum.crawler.tracking.tracked import Tracked
from variorum.storage.rows import PageRow, VersionRow

FIRST_BATCH = 10
"""The number of pages first fetched of a site with unknown boilerplate; the rest follow when it is
learned."""
WAITS = "read when the site's boilerplate is learned"
AT_ONCE = 50
"""Versions loaded at a time to be re-extracted."""
OK = 200


class Learning:
    """The reader of one run, which gets better as the run learns the boilerplate of its site."""

    def __init__(self, frontier: RunFrontier, is_page: Callable[[PageRow, FetchResult], bool]) -> None:
        """`is_page` decides whether a response shows a page of the site."""
        self.frontier = frontier
        self.store, self.site, self.run = frontier.store, frontier.site, frontier.run
        self.learner = Learner(self.store, self.site)
        self.redesign = Redesign(frontier, self.learner, is_page)
        self.reader = PageReader(self.site, self.learner.template)
        self.read_elsewhere: Callable[[Sequence[VersionRow]], None] | None = None
        """Lets versions be read again by the reader, before the next fetch is tracked; None to do it here."""
        self._waiting: list[FetchResult] = []  # for the boilerplate to be learned
        self._keeping = 0  # the number of further bodies of a new design to keep, to learn from
        if self.learner.owes:
            frontier.batch = FIRST_BATCH

    # ---- the boilerplate of a site that is not known yet

    def can_learn(self) -> bool:
        """Whether the site's boilerplate is still to be learned, and there are pages to learn it from."""
        return self.learner.owes and self.store.count_articles(self.site.name, LEAST_PAGES) == LEAST_PAGES

    def hold(self, page: PageRow, fetched: FetchResult) -> Tracked:
        """Hold the fetch until the boilerplate is learned; some pages are fetched twice for that."""
        self._keep_learning_fetch(page, fetched, Verdict(Outcome.ok, LEARNING_FETCH))
        self.store.update_page(
            page.id, {"stale_since": fetched.fetched_at}
        )  # due again, should the run be cut
        self._waiting.append(fetched)
        if self.learner.wants_twice(page.id, split(fetched.body)[0]):
            self.frontier.request_again(page)
        return Tracked(page.url, Outcome.ok, WAITS, held=True)

    def holds_list(self, known: Known, decision: Decision) -> bool:
        """Whether a page that seems to be a list waits for the boilerplate: without it, what surrounds a
        short article may be most of its page."""
        extract = decision.extract
        seems_a_list = extract is not None and extract.kind == "listing" and known.last is None
        may_be_learned = self.learner.owes and len(self._waiting) < FIRST_BATCH
        return seems_a_list and may_be_learned and decision.sight is Sight.seen

    def hold_list(self, page: PageRow, fetched: FetchResult) -> Tracked:
        """Hold a page that seems to be a list until the boilerplate is learned.

        Nothing is recorded before: should the run be cut, the page is fetched again.
        """
        self._waiting.append(fetched)
        return Tracked(page.url, Outcome.ok, WAITS, held=True)

    def held(self) -> list[FetchResult]:
        """The fetches that were held until the boilerplate was learned; they are held no more."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def saw_twice(self, page: PageRow, fetched: FetchResult) -> Tracked:
        """Record the second of two fetches of a page, which shows what differs at each fetch."""
        whole = fetched.status == OK and not fetched.error
        verdict = Verdict(Outcome.ok if whole else Outcome.failed, LEARNING_FETCH)
        self._keep_learning_fetch(page, fetched, verdict)
        if self.learner.saw(page.id):
            self.learn()
        return Tracked(page.url, verdict.outcome, verdict.reason, again=whole)

    def learn(self) -> None:
        """Learn the site's boilerplate, and re-extract the latest version of each page with it."""
        self.frontier.batch = BATCH
        if self.learner.learn():
            self._renewed()

    # ---- from pages that were read

    def keeping_body(self, decision: Decision, reading: Reading) -> Decision:
        """The decision, with the body stored if the boilerplate is to be learned from it.

        A page whose block paths have told its text shows a design that is known: nothing is learned from it.
        """
        page, extract, body = decision.identity.page, decision.extract, reading.fetched.body
        first_look = decision.number == 1 or (self.learner.owes and extract and extract.kind == "article")
        is_known = reading.content_digest is not None and not self.learner.owes
        if first_look and not is_known and self.learner.wants_twice(page.id, split(body)[0]):
            self.frontier.request_again(decision.identity.now)
            return replace(decision, keeps_body=True)
        seen = decision.sight is Sight.seen and decision.verdict.outcome is Outcome.ok
        if not seen or decision.keeps_body or self._keeping <= 0:
            return decision
        self._keeping -= 1
        return replace(decision, keeps_body=True)

    def probe(self, before: PageRow, page: PageRow) -> None:
        """Fetch a page again that changes at every visit; what differs within minutes is learned as noise."""
        if page.noise and not before.noise:
            self.learner.await_second_look(page.id)
        elif not self.frontier.revisits.wants_probe(page):
            return
        self.frontier.request_again(page)

    def collect_paths(self, page: PageRow, reading: Reading, decision: Decision) -> None:
        """Collect what a classified article tells of its block paths, unless its API has another text."""
        extract, outcome = reading.extract, decision.verdict.outcome
        if self.learner.owes or outcome not in (Outcome.ok, Outcome.moved) or decision.agrees is False:
            return
        if extract is not None and extract.kind == "article":
            self.learner.classified.add(page.id, reading.path_scores)

    def learn_paths(self) -> None:
        """Once enough pages were classified, know their design: the next ones like them need no classifier.

        What was read before is read again when it is next compared; or now, where the pieces are others.
        """
        if not self.learner.classified.is_enough():
            return
        if self.learner.learn_paths():
            self._renewed()
        else:
            self.reader = PageReader(self.site, self.learner.template)

    # ---- a new design

    def release(self) -> tuple[list[Tracked], list[FetchResult]]:
        """Learn the new design, if there is one: what to report of it, and the fetches that were held for
        it."""
        pages, unknown_design, seen = self.redesign.pages(), self.redesign.unknown_design, self.redesign.seen
        first_looks, waited = self.redesign.first_looks(), self.redesign.released()
        if not pages:
            return [], waited
        for fetched in first_looks:
            look = Verdict(Outcome.ok, LEARNING_FETCH)
            self._keep_learning_fetch(self.frontier.page(fetched.url), fetched, look)
        explanation = f"a new design: {unknown_design} of {seen} pages fetched show it"
        return self._redesigned(pages, explanation, waited), waited

    def _redesigned(
        self, pages: dict[str, list[bytes]], explanation: str, waited: Sequence[FetchResult]
    ) -> list[Tracked]:
        try:
            design, is_new = self.learner.new_design(pages)
            gone, new = places_without_text(self._seen_in_both(waited))
        except ExtractionError:
            return []
        since = max((self.frontier.page(fetched.url).seen_at or "" for fetched in waited), default="")
        with self.store.writing():
            self.learner.keep(replace(design, gone_places=gone, new_places=new), len(pages))
            if is_new:
                at = waited[0].fetched_at
                records.add_redesign(self.store, self.site, self.run, at, since or None, explanation)
                self.frontier.revisits.redesigned(at)
        self.reader = PageReader(self.site, self.learner.template)
        self._keeping = SAMPLE
        return [Tracked(self.site.url, Outcome.ok, explanation, ("template",), held=True)] if is_new else []

    def _seen_in_both(self, waited: Iterable[FetchResult]) -> Iterator[Redesigned]:
        """The pages that were held for their design, as they were and as they are now."""
        for fetched in waited:
            page = self.frontier.page(fetched.url)
            text, before = self.store.last_version(page.id), last_body(self.store, page)
            if text and before and fetched.status == OK:
                yield Redesigned(before, text.text, body_of(fetched))

    # ---- both

    def _renewed(self) -> None:
        """Use the new template from now on, and extract again the latest versions that it may change."""
        before, self.reader = self.reader, PageReader(self.site, self.learner.template)
        after = 0
        while versions := self.store.latest_versions_after(self.site.name, after, AT_ONCE):
            others = to_read_again(self.store, self.reader, before, versions)
            if self.read_elsewhere and not self._waiting:  # fetches that were held are tracked at once
                self.read_elsewhere(others)
            else:
                read_again(self.store, self.reader, others)
            after = versions[-1].page

    def _keep_learning_fetch(self, page: PageRow, fetched: FetchResult, verdict: Verdict) -> None:
        """Store a capture only to learn boilerplate from it; the page itself is not compared."""
        kept = verdict.outcome is Outcome.ok and bool(fetched.body)
        body = self.store.pack(fetched.body, page.id) if kept else None
        with self.store.writing():
            capture = Capture(page=page, fetched=fetched, verdict=verdict, run=self.run, body=body)
            records.add_capture(self.store, capture)
            checked = {"checked_at": fetched.fetched_at, "checks": page.checks + 1}
            self.store.update_page(page.id, checked)
