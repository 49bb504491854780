"""Tracks each fetch in four steps: load what is known of its page, read it, decide, record the decision.

Loading, reading and deciding hold no lock. What was decided is recorded in one short transaction: capture,
body, version, change and the page's own row.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace

from variorum.crawler.classification.outcome import READABLE, Context, Outcome, Verdict, judge
from variorum.crawler.diffing.diff import differ
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.tracking.confirmation import Confirmations
from variorum.crawler.tracking.decision import Decision, Sight, decide
from variorum.crawler.tracking.knowledge import (
    Known,
    common_blocks,
    known_as_it_was,
    known_unread,
    last_body,
    load,
    relate,
)
from variorum.crawler.tracking.learning import Learning
from variorum.crawler.tracking.page_bounds import CostsTooMuch, page_bounds
from variorum.crawler.tracking.read_pair import together, with_text_of
from variorum.crawler.tracking.reading import ReadAhead, Reading, ReadingJob, read
from variorum.crawler.tracking.reading_need import Need, reading_need
from variorum.crawler.tracking.recording import Outdated, Recorder
from variorum.crawler.tracking.reextraction import keep
from variorum.crawler.tracking.renderings import same_pages
from variorum.crawler.tracking.run_frontier import RunFrontier
from variorum.crawler.tracking.tracked import Tracked
from variorum.crawler.urls.canonical import other_origin
from variorum.storage.rows import PageRow

ATTEMPTS = 4
"""The number of times a fetch is decided again because the page was written to meanwhile."""

Asked = tuple[FetchResult, PageRow, Need]
"""A fetch, its page as it was then, and whether it has to be read."""


class Tracker:
    """Tracks the fetches of one run of one site."""

    def __init__(self, frontier: RunFrontier) -> None:
        self.frontier = frontier
        self.store, self.site, self.run = frontier.store, frontier.site, frontier.run
        self.learning = Learning(frontier, self._is_page)
        self.late: list[Tracked] = []
        """Results of fetches that were held; the caller counts them and clears the list."""
        self.keeps_listings = self.site.watch == "all"
        """Whether front pages and archives have versions; a crawl follows their links instead."""
        self.needs: Counter[Need] = Counter()
        """How many responses were read, and how many were not, by the reason."""
        self._confirmations = Confirmations(frontier)
        self._recorder = Recorder(self.store, self.run, frontier.revisits)
        self._ahead: ReadAhead | None = None
        self._asked: Asked | None = None
        self._waiting: list[Asked] = []

    @property
    def reader(self) -> PageReader:
        """What reads the pages of the site, by all that is learned of them by now."""
        return self.learning.reader

    def job(self, fetched: FetchResult, *, again: bool = False) -> ReadingJob | None:
        """The reading of a page that is fetched for the first time; None for any other, which may need none.

        `track` takes its result, where that was carried out meanwhile. `again` is for who can wait for it:
        the reading of any page that has to be read.
        """
        page = self.frontier.page(fetched.url)
        if fetched.error or self.learning.learner.awaits(page.id):
            return None
        if page.checked_at is not None and not (again and self._need(page, fetched) is Need.read):
            return None
        return ReadingJob(fetched, self.reader, load(self.store, self.site, page, fetched).context)

    def track(self, fetched: FetchResult, ahead: ReadAhead | None = None) -> Tracked:
        """The result of one fetch, after recording it. Raises Outdated after `ATTEMPTS` write conflicts.

        `ahead` is its reading, if that was carried out before; one by an older template is not used.
        """
        self._ahead = ahead
        page = self.frontier.page(fetched.url)
        self.frontier.mark_fetched(page.id)
        if fetched.forbidden and not fetched.seed and self.store.discard(page.id):
            verdict = judge(fetched, Context("", ""))
            return Tracked(page.url, verdict.outcome, verdict.reason)
        if self.learning.learner.awaits(page.id):
            tracked = self.learning.saw_twice(page, fetched)
            self._track_held()
            return tracked
        redesign = self.learning.redesign
        if self._need(page, fetched) in (Need.same_bytes, Need.same_text):
            redesign.unchanged()
        elif redesign.holds(page, fetched):
            if redesign.is_known():
                self._track_released()
            return Tracked(page.url, Outcome.ok, "another design: read when that is known", held=True)
        tracked = self._tracked(fetched)
        self.learning.learn_paths()
        return tracked

    def can_wait(self, fetched: FetchResult) -> bool:
        """Whether the fetch needs no reading; then `track_waiting` records it, together with others."""
        page = self.frontier.page(fetched.url)
        if self.learning.learner.awaits(page.id):
            return False
        need = self._need(page, fetched)
        if need is Need.read:
            return False
        self.frontier.mark_fetched(page.id)
        if need is not Need.not_modified:
            self.learning.redesign.unchanged()
        self._waiting.append((fetched, page, need))
        return True

    def track_waiting(self) -> list[Tracked]:
        """Record all fetches that wait, in one transaction, in which nothing is read or compared.

        The results of those whose page has changed since are late ones, as they are read after all.
        """
        waiting, self._waiting = self._waiting, []
        tracked, outdated = [], []
        with self.store.writing():
            for fetched, page, need in waiting:
                if self.frontier.page(fetched.url) == page:
                    tracked.append(self._as_it_was(fetched, page, need))
                else:
                    outdated.append(fetched)
        self.late += [self._tracked(fetched) for fetched in outdated]
        return tracked

    def finish(self) -> None:
        """End the run: read the fetches that are still held, and learn again if there are many new
        articles."""
        self._track_released()
        if self.learning.learner.is_due():
            self.learning.learn()
        self._track_held(all_of_them=True)
        self.store.update_run(self.run, {"readings": json.dumps(self.needs)})

    def _track_held(self, *, all_of_them: bool = False) -> None:
        """Record the fetches that were held until the boilerplate was learned, once it is."""
        if all_of_them or not self.learning.learner.owes:
            self.late += [self._tracked(fetched, may_wait=False) for fetched in self.learning.held()]

    def _track_released(self) -> None:
        """Record the fetches that were held until the site's design was decided."""
        redesigned, released = self.learning.release()
        self.late += redesigned
        self.late += [self._tracked(fetched) for fetched in released]

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
        as_list = may_wait and not self.keeps_listings
        may_wait = may_wait and self.learning.can_learn()
        for _ in range(ATTEMPTS):
            page = self.frontier.page(fetched.url)
            need = self._need(page, fetched)
            if need is Need.read:
                reading, known = self._read(page, fetched)
            else:
                reading = self._unread(page, fetched, need)
                known = self._known(known_unread(self.store, page, self.run), reading)
            known = known if may_wait else self._without_frame(known)
            if (read_so := self._read_together(known, reading)) is None:
                continue
            reading = read_so
            decision = decide(known, reading)
            if may_wait and decision.diff and decision.announced:
                return self.learning.hold(known.requested, fetched)
            if as_list and self.learning.holds_list(known, decision):
                return self.learning.hold_list(known.requested, fetched)
            decision = self.learning.keeping_body(decision, reading)
            with suppress(Outdated):
                page = self._recorder.apply(known, reading, decision, self.reader.label)
                self.needs[need] += 1
                return self._followed_up(known, reading, decision, page)
        raise Outdated(fetched.url)

    def _as_it_was(self, fetched: FetchResult, page: PageRow, need: Need) -> Tracked:
        """The recorded result of a response without a reading, in the transaction that loaded its page."""
        reading = self._unread(page, fetched, need)
        known = self._known(known_as_it_was(self.store, page, self.run), reading)
        decision = self.learning.keeping_body(decide(known, reading), reading)
        after = self._recorder.apply(known, reading, decision, is_current=True)
        self.needs[need] += 1
        return self._followed_up(known, reading, decision, after)

    def _followed_up(self, known: Known, reading: Reading, decision: Decision, page: PageRow) -> Tracked:
        """The result of a recorded fetch, after passing it on to frontier and confirmations."""
        self._confirmations.remember(known, reading, decision)
        self.learning.collect_paths(page, reading, decision)
        self._follow_up(known.requested, page, decision)
        if decision.announced and known.requested.version is not None:
            self.learning.probe(known.requested, page)
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
        """Whether the response has to be read; found out once for a fetch and its page."""
        if self._asked is None or self._asked[0] is not fetched or self._asked[1] != page:
            found = reading_need(page, fetched, lambda: self._seems_the_same(page, fetched))
            self._asked = (fetched, page, found)
        return self._asked[2]

    def _shows_the_same(self, page: PageRow, fetched: FetchResult) -> bool:
        """Whether the response shows the last version of a page of a known design.

        The first versions of a site are older than what is known of its design: their bodies tell.
        """
        if self.reader.template.known is None:
            return False
        before = page.content_digest or last_body(self.store, page)
        return before is not None and self.reader.shows(fetched, before)

    def _seems_the_same(self, page: PageRow, fetched: FetchResult) -> bool:
        """The same, of a response that may be hostile."""
        try:
            with page_bounds():
                return self._shows_the_same(page, fetched)
        except CostsTooMuch:
            return False

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

    def _unread(self, page: PageRow, fetched: FetchResult, need: Need) -> Reading:
        """A response that shows the page as it was."""
        if need is Need.not_modified:
            verdict = Verdict(Outcome.not_modified, "HTTP 304")
        else:
            verdict = Verdict(Outcome.ok, f"the {need.value}")
        digest = None
        if need is Need.same_text:
            digest = page.content_digest or self.reader.content_digest(fetched)
        return Reading(fetched, verdict, content_digest=digest)

    def _read_together(self, known: Known, reading: Reading) -> Reading | None:
        """The response, read with the same scores of block paths as the last version.

        None if the last version had to be stored again with this reading: then all is to be loaded again.
        """
        found = together(self.reader, known, reading)
        if found is None or known.last is None:
            return reading
        if not differ(found.old, found.new):
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
        if not self.learning.learner.owes or known.last_capture is None:
            return known
        return replace(known, common=common_blocks(self.store, known.identity.page))

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

    def _merge(self, page: PageRow) -> None:
        """Merge the pages that the text of this page shows to be the same."""
        for goes, stays in same_pages(self.store, self.site, page):
            self.store.absorb(goes.id, stays.id)


def was_there(page: PageRow) -> bool:
    """Whether a page that is now not found was live, or missing only once."""
    return page.state in ("live", "missing")
