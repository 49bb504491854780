"""Tracks each fetch in four steps: load what is known of its page, read it, decide, record the decision.

Loading, reading and deciding hold no lock. What was decided is recorded in one short transaction: capture,
body, version, change and the page's own row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from crawler.classification.outcome import READABLE, Outcome, Verdict, judge
from crawler.diffing.diff import compare
from crawler.extraction.boilerplate.path_scores import PathScores
from crawler.extraction.boilerplate.recurrence import LEAST_PAGES
from crawler.extraction.extract import ExtractionError
from crawler.extraction.html.article_parts import split
from crawler.extraction.reader import PageReader
from crawler.fetch_result import DiscoveredUrl, FetchResult
from crawler.tracking import records
from crawler.tracking.confirmation import Confirmations
from crawler.tracking.decision import Decision, Sight, decide
from crawler.tracking.knowledge import Known, common_blocks, known_unread, load, relate
from crawler.tracking.page_bounds import CostsTooMuch, page_bounds
from crawler.tracking.read_pair import together, with_text_of
from crawler.tracking.reading import ReadAhead, Reading, ReadingJob, read
from crawler.tracking.reading_need import Need, reading_need
from crawler.tracking.recording import Outdated, Recorder
from crawler.tracking.records import Capture
from crawler.tracking.redesign import Redesign
from crawler.tracking.reextraction import keep, refresh
from crawler.tracking.renderings import same_pages
from crawler.tracking.run_frontier import BATCH, RunFrontier
from crawler.tracking.template_learning import LEARNING_FETCH, SAMPLE, Learner
from crawler.urls.canonical import other_origin
from storage.rows import PageRow

ATTEMPTS = 4
"""The number of times a fetch is decided again because the page was written to meanwhile."""
FIRST_BATCH = 10
"""The number of pages first fetched of a site with unknown boilerplate; the rest follow when it is
learned."""
AT_ONCE = 50
"""Versions loaded at a time to be re-extracted."""
OK = 200


@dataclass(frozen=True, slots=True)
class Tracked:
    """The result of one tracked fetch: its outcome, and the changes recorded."""

    url: str
    outcome: Outcome
    reason: str
    changes: tuple[str, ...] = ()
    baseline: bool = False
    """The first version of a page that existed before the site was watched."""
    left: bool = False
    """A page that was there is not found now."""
    leads_to: str = ""
    """The other site, like `https://ormhead.example/`, to which the page redirects."""
    held: bool = False
    """It is held until more of the site is fetched; its changes are reported later."""


class Tracker:
    """Tracks the fetches of one run of one site."""

    def __init__(self, frontier: RunFrontier) -> None:
        self.frontier = frontier
        self.store, self.site, self.run = frontier.store, frontier.site, frontier.run
        self.learner = Learner(self.store, self.site)
        self.reader = PageReader(self.site, self.learner.template)
        if self.learner.owes:
            frontier.batch = FIRST_BATCH
        self.redesign = Redesign(frontier, self.learner, self._is_page)
        self.late: list[Tracked] = []
        """Results of fetches that were held; the caller counts them and clears the list."""
        self.keeps_listings = self.site.watch == "all"
        """Whether front pages and archives have versions; a crawl follows their links instead."""
        self.needs: Counter[Need] = Counter()
        """How many responses were read, and how many were not, by the reason."""
        self._confirmations = Confirmations(frontier)
        self._recorder = Recorder(self.store, self.run, frontier.revisits)
        self.paths = PathScores()
        """What this run has learned of the block paths of pages that changed."""
        self._ahead: ReadAhead | None = None
        self._waiting: list[FetchResult] = []  # for the boilerplate to be learned
        self._keeping = 0  # the number of further bodies of a new design to keep, to learn from

    def job(self, fetched: FetchResult) -> ReadingJob | None:
        """The reading of a page that is fetched for the first time; None for any other, which may need none.

        `track` takes its result, where that was carried out meanwhile.
        """
        page = self.frontier.page(fetched.url)
        if fetched.error or page.checked_at is not None or self.learner.awaits(page.id):
            return None
        return ReadingJob(fetched, self.reader, load(self.store, self.site, page, fetched).context)

    def track(self, fetched: FetchResult, ahead: ReadAhead | None = None) -> Tracked:
        """The result of one fetch, after recording it. Raises Outdated after `ATTEMPTS` write conflicts.

        `ahead` is its reading, if that was carried out before; one by an older template is not used.
        """
        self._ahead = ahead
        page = self.frontier.page(fetched.url)
        self.frontier.mark_fetched(page.id)
        if self.learner.awaits(page.id):
            return self._seen_twice(page, fetched)
        if self._need_within_bounds(page, fetched) in (Need.same_bytes, Need.same_text):
            self.redesign.unchanged()
        elif self.redesign.holds(page, fetched):
            return self._held(page)
        tracked = self._tracked(fetched)
        if self.learner.classified.is_enough():
            self._learn_paths()
        return tracked

    def _tracked(self, fetched: FetchResult, *, may_wait: bool = True) -> Tracked:
        """The recorded result; `failed` for a page that takes more time or memory than allowed."""
        try:
            with page_bounds():
                return self._in_four_steps(fetched, may_wait=may_wait)
        except CostsTooMuch as error:
            failed = replace(fetched, error="failed", detail=str(error))
            return self._in_four_steps(failed, may_wait=may_wait)

    def _in_four_steps(self, fetched: FetchResult, *, may_wait: bool) -> Tracked:
        """Load, read, decide, apply; repeated if another process has written to the page meanwhile."""
        may_wait = may_wait and self._can_learn()
        for _ in range(ATTEMPTS):
            page = self.frontier.page(fetched.url)
            need = self._need(page, fetched)
            reading, known = (
                self._read(page, fetched) if need is Need.read else self._unread(page, fetched, need)
            )
            known = known if may_wait else self._without_frame(known)
            if (read_so := self._read_together(known, reading)) is None:
                continue
            reading = read_so
            decision = decide(known, reading)
            if may_wait and decision.diff and decision.announced:
                return self._waiting_to_learn(known.requested, fetched)
            decision = self._keeping_body(decision, fetched)
            with suppress(Outdated):
                page = self._recorder.apply(known, reading, decision, self.reader.label)
                self.needs[need] += 1
                return self._followed_up(known, reading, decision, page)
        raise Outdated(fetched.url)

    def _followed_up(self, known: Known, reading: Reading, decision: Decision, page: PageRow) -> Tracked:
        """The result of a recorded fetch, after passing it on to frontier and confirmations."""
        self._confirmations.remember(known, reading, decision)
        self._collect_paths(page, reading, decision)
        self._follow_up(known.requested, page, decision)
        if decision.announced and known.requested.version is not None:
            self._probe(known.requested, page)
        away = decision.verdict.outcome is Outcome.elsewhere
        return Tracked(
            page.url,
            decision.verdict.outcome,
            decision.verdict.reason,
            decision.announced,
            decision.baseline,
            left=decision.sight is Sight.missing and was_there(known.requested),
            leads_to=other_origin(reading.fetched.final_url, self.site) if away else "",
        )

    def _is_page(self, page: PageRow, fetched: FetchResult) -> bool:
        """Whether the response shows a page, and nothing in its place."""
        return judge(fetched, load(self.store, self.site, page, fetched).context).outcome in READABLE

    def _need(self, page: PageRow, fetched: FetchResult) -> Need:
        """Whether the response has to be read."""
        return reading_need(page, fetched, lambda: self.reader.content_digest(fetched))

    def _need_within_bounds(self, page: PageRow, fetched: FetchResult) -> Need:
        """The same, of a response that may be hostile."""
        try:
            with page_bounds():
                return self._need(page, fetched)
        except CostsTooMuch:
            return Need.read

    def _read(self, page: PageRow, fetched: FetchResult) -> tuple[Reading, Known]:
        requested = load(self.store, self.site, page, fetched)
        reading = self._carried_out(ReadingJob(fetched, self.reader, requested.context))
        known = relate(self.store, self.reader, requested, reading, self.run)
        return reading, self._known(known, reading)

    def _carried_out(self, job: ReadingJob) -> Reading:
        """The result of a reading, which may have been carried out before."""
        if self._ahead is None or not self._ahead.is_of(job):
            return read(job.fetched, job.reader, job.context)
        if isinstance(self._ahead.result, CostsTooMuch):
            raise self._ahead.result
        return self._ahead.result

    def _unread(self, page: PageRow, fetched: FetchResult, need: Need) -> tuple[Reading, Known]:
        """A response that shows the page as it was."""
        if need is Need.not_modified:
            verdict = Verdict(Outcome.not_modified, "HTTP 304")
        else:
            verdict = Verdict(Outcome.ok, f"the {need.value}")
        digest = page.content_digest if need is Need.same_text else None
        reading = Reading(fetched, verdict, content_digest=digest)
        return reading, self._known(known_unread(self.store, page, self.run), reading)

    def _read_together(self, known: Known, reading: Reading) -> Reading | None:
        """The response, read with the same scores of block paths as the last version.

        None if the last version had to be stored again with this reading: then all is to be loaded again.
        """
        found = together(self.reader, known, reading, self.paths)
        if found is None or known.last is None:
            return reading
        self.paths = self.paths.joined(found.scores)
        if compare(found.old, found.new) is None:
            return replace(reading, extract=with_text_of(known.last, found.new))
        if (found.old.digest, found.old.links) != (known.last.digest, known.last.links):
            keep(self.store, self.reader, known.last, found.old)
            return None
        return replace(reading, extract=found.new)

    def _known(self, known: Known, reading: Reading) -> Known:
        """What is known of the page, completed with what this run has seen before."""
        return replace(self._confirmations.known(known, reading), keeps_listings=self.keeps_listings)

    def _without_frame(self, known: Known) -> Known:
        """What is known, with the blocks that other pages share if the boilerplate is not learned yet."""
        if not self.learner.owes or known.last_capture is None:
            return known
        return replace(known, common=common_blocks(self.store, known.identity.page))

    def _keeping_body(self, decision: Decision, fetched: FetchResult) -> Decision:
        """The decision, with the body stored if the boilerplate is to be learned from it."""
        page, extract = decision.identity.page, decision.extract
        first_look = decision.number == 1 or (self.learner.owes and extract and extract.kind == "article")
        if first_look and self.learner.wants_twice(page.id, split(fetched.body)[0]):
            self.frontier.request_again(decision.identity.now)
            return replace(decision, keeps_body=True)
        seen = decision.sight is Sight.seen and decision.verdict.outcome is Outcome.ok
        if not seen or decision.keeps_body or self._keeping <= 0:
            return decision
        self._keeping -= 1
        return replace(decision, keeps_body=True)

    def _follow_up(self, requested: PageRow, page: PageRow, decision: Decision) -> None:
        """Pass a recorded fetch on to the frontier, and merge pages that it shows to be one."""
        if decision.discovered:
            self.frontier.add_discovered([DiscoveredUrl(decision.discovered, "links")])
        if requested.checked_at is None:
            self.frontier.record_yield(page if decision.sight is not Sight.rendering else requested)
        if decision.sight is Sight.rendering and not self.frontier.has_requested(page.id):
            self.frontier.request_again(page)
        elif decision.extract and (decision.number or requested.checked_at is None):
            self._merge(page)

    def _probe(self, before: PageRow, page: PageRow) -> None:
        """Fetch a page again that changes at every visit; what differs within minutes is learned as noise."""
        if page.noise and not before.noise:
            self.learner.await_second_look(page.id)
        elif not self.frontier.revisits.wants_probe(page):
            return
        self.frontier.request_again(page)

    def _merge(self, page: PageRow) -> None:
        """Merge the pages that the text of this page shows to be the same."""
        for goes, stays in same_pages(self.store, self.site, page):
            self.store.absorb(goes.id, stays.id)

    # ---- learning

    def _seen_twice(self, page: PageRow, fetched: FetchResult) -> Tracked:
        """Record the second of two fetches of a page, which shows what differs at each fetch."""
        whole = fetched.status == OK and not fetched.error
        verdict = Verdict(Outcome.ok if whole else Outcome.failed, LEARNING_FETCH)
        self._keep_learning_fetch(page, fetched, verdict)
        if self.learner.saw(page.id):
            self._learn()
        return Tracked(page.url, verdict.outcome, verdict.reason)

    def _keep_learning_fetch(self, page: PageRow, fetched: FetchResult, verdict: Verdict) -> None:
        """Store a capture only to learn boilerplate from it; the page itself is not compared."""
        kept = verdict.outcome is Outcome.ok and bool(fetched.body)
        body = self.store.pack(fetched.body, page.id) if kept else None
        with self.store.writing():
            capture = Capture(page=page, fetched=fetched, verdict=verdict, run=self.run, body=body)
            records.add_capture(self.store, capture)
            checked = {"checked_at": fetched.fetched_at, "checks": page.checks + 1}
            self.store.update_page(page.id, checked)

    def finish(self) -> None:
        """End the run: read the fetches that are still held, and learn again if there are many new
        articles."""
        self._release()
        if self.learner.is_due():
            self._learn()
        self._go_on()
        self.store.update_run(self.run, {"readings": json.dumps(self.needs)})

    def _can_learn(self) -> bool:
        """Whether the site's boilerplate is still to be learned, and there are pages to learn it from."""
        return self.learner.owes and self.store.count_articles(self.site.name, LEAST_PAGES) == LEAST_PAGES

    def _waiting_to_learn(self, page: PageRow, fetched: FetchResult) -> Tracked:
        """Hold the fetch until the boilerplate is learned; some pages are fetched twice for that."""
        self._keep_learning_fetch(page, fetched, Verdict(Outcome.ok, LEARNING_FETCH))
        self.store.update_page(
            page.id, {"stale_since": fetched.fetched_at}
        )  # due again, should the run be cut
        self._waiting.append(fetched)
        if self.learner.wants_twice(page.id, split(fetched.body)[0]):
            self.frontier.request_again(page)
        return Tracked(page.url, Outcome.ok, "read when the site's boilerplate is learned", held=True)

    def _go_on(self) -> None:
        """Record the fetches that were held until the boilerplate was learned."""
        waiting, self._waiting = self._waiting, []
        self.late += [self._tracked(fetched, may_wait=False) for fetched in waiting]

    def _learn(self) -> None:
        """Learn the site's boilerplate, and re-extract the latest version of each page with it."""
        self.frontier.batch = BATCH
        if self.learner.learn():
            self._renewed()
        if not self.learner.owes:
            self._go_on()

    def _collect_paths(self, page: PageRow, reading: Reading, decision: Decision) -> None:
        """Collect what a classified article tells of its block paths, unless its API has another text."""
        extract, outcome = reading.extract, decision.verdict.outcome
        if self.learner.owes or outcome not in (Outcome.ok, Outcome.moved) or decision.agrees is False:
            return
        if extract is not None and extract.kind == "article":
            self.learner.classified.add(page.id, reading.path_scores)

    def _learn_paths(self) -> None:
        """Know the design of the pages that were classified: the next ones like them need no classifier.

        What was read before is read again when it is next compared; or now, where the pieces are others.
        """
        if self.learner.learn_paths():
            self._renewed()
        else:
            self.reader = PageReader(self.site, self.learner.template)

    def _renewed(self) -> None:
        """Use the new template from now on, and extract again the latest versions that it may change."""
        before, self.reader = self.reader, PageReader(self.site, self.learner.template)
        after = 0
        while versions := self.store.latest_versions_after(self.site.name, after, AT_ONCE):
            refresh(self.store, self.reader, before, versions)
            after = versions[-1].page

    # ---- a new design

    def _held(self, page: PageRow) -> Tracked:
        """Hold a page that shows another design than the known one."""
        tracked = Tracked(page.url, Outcome.ok, "another design: read when that is known", held=True)
        if self.redesign.is_known():
            self._release()
        return tracked

    def _release(self) -> None:
        """Learn the new design, if there is one, and read all fetches that were held for it."""
        pages, unknown_design, seen = self.redesign.pages(), self.redesign.unknown_design, self.redesign.seen
        first_looks, waited = self.redesign.first_looks(), self.redesign.released()
        if pages:
            for fetched in first_looks:
                look = Verdict(Outcome.ok, LEARNING_FETCH)
                self._keep_learning_fetch(self.frontier.page(fetched.url), fetched, look)
            self._redesigned(pages, f"a new design: {unknown_design} of {seen} pages fetched show it", waited)
        self.late += [self._tracked(fetched) for fetched in waited]

    def _redesigned(
        self, pages: dict[str, list[bytes]], explanation: str, waited: Sequence[FetchResult]
    ) -> None:
        try:
            design, is_new = self.learner.new_design(pages)
        except ExtractionError:
            return
        since = max((self.frontier.page(fetched.url).seen_at or "" for fetched in waited), default="")
        with self.store.writing():
            self.learner.keep(design, len(pages))
            if is_new:
                at = waited[0].fetched_at
                records.add_redesign(self.store, self.site, self.run, at, since or None, explanation)
                self.frontier.revisits.redesigned(at)
        self.reader = PageReader(self.site, self.learner.template)
        self._keeping = SAMPLE
        if is_new:
            self.late.append(Tracked(self.site.url, Outcome.ok, explanation, ("template",), held=True))


def was_there(page: PageRow) -> bool:
    """Whether a page that is now not found was live, or missing only once."""
    return page.state in ("live", "missing")
