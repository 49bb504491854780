"""The story of one fetch: judge it, read it, compare it with the last version, record what it was.

What is recorded lands in one transaction: capture, body, version, change and the page's own row. The
rules that hold here:

* Only an `ok` outcome makes a version. Anything else is a capture with its outcome and reason.
* A page is compared with its last version only, so A, B, A is two changes.
* Where the last version was read by other rules than today's, its body is read again before comparing:
  a new extractor or template is no change of the site.
* Where the page stood still and only our reading of it moved, that is a drift, and no change.
* A page that answers "not found", by its status or in the site's own words, is `missing`; what becomes
  of it is settled at the end of the run (crawler/running/settle.py), when it is known how the site fared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler import record
from crawler.boilerplate.learning import SAMPLE, SECOND_LOOK, Learner
from crawler.boilerplate.redesign import Redesign
from crawler.classification.outcome import READABLE, Context, Outcome, Verdict, judge
from crawler.classification.response import PageFingerprint, has_end
from crawler.diffing.diff import Diff, compare, similarity
from crawler.extract import Extract, ExtractionError
from crawler.fetched import Fetched, Listed
from crawler.judging.doubts import Doubts, left_of
from crawler.judging.drift import is_dress, is_ours
from crawler.judging.novelty import is_new
from crawler.reading.parts import split
from crawler.reading.reader import Reader
from crawler.reading.rereading import keep, read_again
from crawler.running.archive import BATCH, SiteArchive
from crawler.urls import canonical, in_scope, key, named_by_itself, other_origin
from storage.bodies import digest_of
from storage.rows import PageRow, VersionRow

SAME_PAGE = 0.5
"""From this likeness on, what a redirect leads to is the page that was asked for, and not another one."""
COLLAPSE = 0.3
"""A text that has shrunk below this part of itself is fetched again before it is believed."""
FIRST_BATCH = 10
"""A site whose boilerplate is not known yet is begun with so few pages, and goes on when it is."""
OK = 200


@dataclass(frozen=True, slots=True)
class Tracked:
    """What one fetch came to."""

    url: str
    outcome: Outcome
    reason: str
    changes: tuple[str, ...] = ()
    baseline: bool = False
    """The first sight of a page that was there before the site was watched."""
    left: bool = False
    """A page that was there is not found."""
    leads_to: str = ""
    """The other site, like `https://ormhead.example/`, to which the page redirects."""
    held: bool = False
    """It waits for more of the site to be seen; what comes of it is told later."""


class Tracker:
    """Tracks the fetches of one run of one site."""

    def __init__(self, archive: SiteArchive) -> None:
        self.archive = archive
        self.store, self.site, self.run = archive.store, archive.site, archive.run
        self.learner = Learner(self.store, self.site)
        self.reader = Reader(self.site, self.learner.template)
        if not self.learner.template.version:
            archive.batch = FIRST_BATCH
        self.redesign = Redesign(archive, self.learner)
        self.late: list[Tracked] = []
        """What fetches came to that had been set aside; whoever counts takes them from here."""
        self.keeps_listings = False
        """Whether front pages and archives have versions; a crawl follows what they lead to instead."""
        self._keeping = 0  # so many more bodies of a new design are kept, to learn from
        self.doubts = Doubts(archive)

    def track(self, fetched: Fetched) -> Tracked:
        """Record one fetch and tell what it came to."""
        with self.store.writing():
            page = self.archive.page(fetched.url)
            self.archive.fetched(page.id)
            if self.learner.awaits(page.id):
                return self._seen_twice(page, fetched)
            if self._same_bytes(page, fetched):
                self.redesign.unchanged()
                return self._unchanged(page, fetched, Verdict(Outcome.ok, "the same bytes"))
            if self.redesign.holds(page, fetched):
                return self._held(page)
            tracked = self._recorded(page, fetched, *self._judged(page, fetched))
            if page.checked_at is None and (now := self.store.find(self.site.name, key(page.url, self.site))):
                self.archive.brought(now)
            return tracked

    def _recorded(
        self, page: PageRow, fetched: Fetched, extract: Extract | None, verdict: Verdict
    ) -> Tracked:
        match verdict.outcome:
            case Outcome.ok if extract:
                return self._seen(page, fetched, verdict, extract)
            case Outcome.moved if extract:
                return self._moved(page, fetched, verdict, extract)
            case Outcome.ok | Outcome.not_modified:
                return self._unchanged(page, fetched, verdict)
            case Outcome.gone | Outcome.soft_404:
                return self._missing(page, fetched, verdict)
        return self._trouble(page, fetched, verdict)

    # ---- reading and judging

    def _same_bytes(self, page: PageRow, fetched: Fetched) -> bool:
        whole = fetched.status == OK and not (fetched.error or fetched.hops or page.listed_url)
        return whole and page.state == "live" and digest_of(fetched.body) == page.body_digest

    def _judged(self, page: PageRow, fetched: Fetched) -> tuple[Extract | None, Verdict]:
        """What the fetch turned out to be, and what it says where it can be read."""
        verdict = judge(fetched, self._context(page, fetched))
        if verdict.outcome not in READABLE or fetched.error:
            return None, verdict
        try:
            extract = self.reader.read_fetched(fetched)
        except ExtractionError as error:
            cut = verdict.outcome is Outcome.truncated
            return None, verdict if cut else Verdict(Outcome.failed, str(error))
        if verdict.outcome is Outcome.truncated and not self.doubts.holds(page, extract.text):
            verdict = Verdict(Outcome.ok, "its end is missing, the second time as the first")
        return extract, verdict

    def _context(self, page: PageRow, fetched: Fetched) -> Context:
        return Context(
            asked_key=key(page.url, self.site),
            final_key=key(fetched.final_url, self.site),
            home_keys=self._homes(),
            in_scope=in_scope(fetched.final_url, self.site),
            not_found=self._not_found(),
            had_end=not has_end(fetched.body) and self._had_end(page),
        )

    def _not_found(self) -> PageFingerprint | None:
        """How the site says "not found" with status 200, where it does."""
        site = self.store.site(self.site.name)
        if not site.not_found_digest:
            return None
        return PageFingerprint(site.not_found_title or "", site.not_found_digest)

    def _homes(self) -> frozenset[str]:
        return frozenset(key(seed, self.site) for seed in self.site.seeds)

    def _had_end(self, page: PageRow) -> bool:
        kept = self.store.last_body(page.id)
        return kept is not None and has_end(self.store.body(kept))

    # ---- what it came to

    def _seen(self, page: PageRow, fetched: Fetched, verdict: Verdict, extract: Extract) -> Tracked:
        """The page answered with a text of its own."""
        page = self._renamed(page, named_by_itself(fetched.final_url, extract.canonical, self.site))
        last = self.store.last_version(page.id)
        if last:
            return self._compared(page, fetched, verdict, extract, last)
        if extract.kind == "listing" and not self.keeps_listings:
            return self._unchanged(page, fetched, verdict, extract)
        if old := self._missing_twin(page, extract):
            self.store.absorb(page.id, old.id)
            return self._compared_after_move(old, page.url, fetched, verdict, extract)
        return self._first_version(page, fetched, verdict, extract)

    def _first_version(self, page: PageRow, fetched: Fetched, verdict: Verdict, extract: Extract) -> Tracked:
        new = is_new(self.store, page, extract, self.run, fetched.fetched_at)
        self._add_version(page, 1, fetched, verdict, extract)
        if new:
            record.change(self.store, self.run, page, "new", fetched.fetched_at, extract=extract, number=1)
        record.seen(self.store, page, fetched, extract, number=1)
        if self.learner.wants_twice(page.id, split(fetched.body)[0]):
            self.archive.again(page)
        return _tracked(page, verdict, *(["new"] if new else []), baseline=not new)

    def _compared(
        self,
        page: PageRow,
        fetched: Fetched,
        verdict: Verdict,
        extract: Extract,
        last: VersionRow,
        moved: str = "",
    ) -> Tracked:
        """The page against its last version."""
        diff = compare(self._reread(last), extract)
        if diff and self._is_drift(last, fetched, diff):
            return self._drifted(page, fetched, verdict, extract, last.number + 1, diff)
        if diff and (doubt := self._doubt(page, last, extract, diff)):
            return self._trouble(page, fetched, doubt)
        kinds = _kinds(page, diff, moved)
        if not kinds:
            return self._unchanged(page, fetched, verdict, extract)
        number = last.number + 1 if diff else None
        if number:
            self._add_version(page, number, fetched, verdict, extract)
        else:
            record.capture(self.store, self.run, page, fetched, verdict)
        for kind in kinds:
            record.change(
                self.store, self.run, page, kind, fetched.fetched_at,
                old=last, extract=extract, number=number or last.number, diff=diff, old_url=moved,
            )  # fmt: skip
        record.seen(self.store, page, fetched, extract, number=number)
        quiet = {"edited", "retitled"} if diff and diff.typographic else set()
        return _tracked(page, verdict, *(kind for kind in kinds if kind not in quiet))

    def _doubt(self, page: PageRow, last: VersionRow, extract: Extract, diff: Diff) -> Verdict | None:
        """Why a difference is not believed yet."""
        if self.doubts.is_everywhere(page, extract):
            return Verdict(Outcome.soft_404, "many pages suddenly say the same")
        shrunk = len(extract.text) < COLLAPSE * len(last.text)
        if shrunk and self.doubts.holds(page, left_of(last, extract)):
            return Verdict(Outcome.truncated, "most of its text is gone: asked again")
        # Some sites draw by lot where a link leads; what holds twice is true.
        if diff.of_links_only and self.doubts.holds(page, extract.links or ""):
            return Verdict(Outcome.ok, "a link leads elsewhere: asked again")
        return None

    def _is_drift(self, last: VersionRow, fetched: Fetched, diff: Diff) -> bool:
        """Whether the page stood still, and only our reading of it moved."""
        kept = self.store.capture(last.capture).body
        if kept is None:
            return False
        old, new = self.store.body(kept), fetched.body
        try:
            return is_ours(diff, old, new, fetched.final_url) or is_dress(
                diff, old, new, self.reader.template
            )
        except ExtractionError:
            return False

    def _drifted(
        self, page: PageRow, fetched: Fetched, verdict: Verdict, extract: Extract, number: int, diff: Diff
    ) -> Tracked:
        """A new version, as what the next one is compared with; and no change."""
        self._add_version(page, number, fetched, verdict, extract)
        record.drift(self.store, self.run, page, fetched.fetched_at, number, diff)
        record.seen(self.store, page, fetched, extract, number=number)
        return _tracked(page, verdict)

    def _unchanged(
        self, page: PageRow, fetched: Fetched, verdict: Verdict, extract: Extract | None = None
    ) -> Tracked:
        keep = self._keeping > 0 and verdict.outcome is Outcome.ok and bool(fetched.body)
        self._keeping -= keep
        record.hollow(self.store, self.run, page, fetched, extract)
        record.capture(self.store, self.run, page, fetched, verdict, keep=keep)
        record.seen(self.store, page, fetched, extract)
        return _tracked(page, verdict)

    def _missing(self, page: PageRow, fetched: Fetched, verdict: Verdict) -> Tracked:
        """Not found. Whether it is gone is settled at the end of the run."""
        record.capture(self.store, self.run, page, fetched, verdict)
        record.missing(self.store, self.run, page, fetched)
        return replace(_tracked(page, verdict), left=page.state in ("live", "missing"))

    def _trouble(self, page: PageRow, fetched: Fetched, verdict: Verdict) -> Tracked:
        """No sight of the page: noted, with the body as evidence, and nothing concluded from it."""
        record.capture(self.store, self.run, page, fetched, verdict, keep=bool(fetched.body))
        record.checked(self.store, page, fetched)
        away = verdict.outcome is Outcome.elsewhere
        leads_to = other_origin(fetched.final_url, self.site) if away else ""
        return replace(_tracked(page, verdict), leads_to=leads_to)

    def _add_version(
        self, page: PageRow, number: int, fetched: Fetched, verdict: Verdict, extract: Extract
    ) -> None:
        capture = record.capture(self.store, self.run, page, fetched, verdict, keep=True)
        record.version(self.store, page, number, capture, fetched, extract, self.reader.label)

    # ---- learning

    def _seen_twice(self, page: PageRow, fetched: Fetched) -> Tracked:
        """The second of two fetches made at once, to see what never stands still."""
        whole = fetched.status == OK and not fetched.error
        verdict = Verdict(Outcome.ok if whole else Outcome.failed, SECOND_LOOK)
        record.capture(self.store, self.run, page, fetched, verdict, keep=whole and bool(fetched.body))
        record.checked(self.store, page, fetched)
        if self.learner.saw(page.id):
            self._learn()
        return _tracked(page, verdict)

    def finish(self) -> None:
        """At the end of a run: read what still waits; learn anew where there is much more to learn from."""
        with self.store.writing():
            self._release()
            if self.learner.is_due():
                self._learn()

    # ---- a new design

    def _held(self, page: PageRow) -> Tracked:
        """The page shows another design than the known one, and waits."""
        tracked = Tracked(page.url, Outcome.ok, "another design: read when that is known", held=True)
        if self.redesign.is_known():
            self._release()
        return tracked

    def _release(self) -> None:
        """Learn the new design, where there is one, and read all that has waited for it."""
        pages, odd, seen = self.redesign.pages(), self.redesign.odd, self.redesign.seen
        seen_before, waited = self.redesign.first_looks(), self.redesign.released()
        if pages:
            for fetched in seen_before:
                page = self.archive.page(fetched.url)
                record.capture(
                    self.store, self.run, page, fetched, Verdict(Outcome.ok, SECOND_LOOK), keep=True
                )
            self._redesigned(pages, f"a new design: {odd} of {seen} pages looked at show it", waited)
        for fetched in waited:
            page = self.archive.page(fetched.url)
            self.late.append(self._recorded(page, fetched, *self._judged(page, fetched)))

    def _redesigned(self, pages: dict[str, list[bytes]], told: str, waited: Sequence[Fetched]) -> None:
        try:
            is_new = self.learner.learn_design(pages)
        except ExtractionError:
            return
        self.reader = Reader(self.site, self.learner.template)
        self._keeping = SAMPLE
        if not is_new:
            return
        since = max((self.archive.page(fetched.url).seen_at or "" for fetched in waited), default="")
        record.redesign(self.store, self.site, self.run, waited[0].fetched_at, since or None, told)
        self.late.append(Tracked(self.site.url, Outcome.ok, told, ("template",), held=True))

    def _learn(self) -> None:
        """Learn the site's boilerplate, and read the latest versions of its pages with that in mind."""
        self.archive.batch = BATCH
        if self.learner.learn():
            self.reader = Reader(self.site, self.learner.template)
            for version in self.store.latest_versions(self.site.name):
                self.reread(version)

    # ---- moving

    def _moved(self, page: PageRow, fetched: Fetched, verdict: Verdict, extract: Extract) -> Tracked:
        """Another address answered: the same page renamed, or another page in its place."""
        last = self.store.last_version(page.id)
        there = self.store.find(self.site.name, key(fetched.final_url, self.site))
        if last is None:
            return self._seen(self._renamed(page, fetched.final_url), fetched, verdict, extract)
        if there and there.id != page.id and there.version is not None:
            return self._missing(
                page, fetched, Verdict(Outcome.gone, f"it leads to another page, {there.url}")
            )
        if page.listed_url is None and similarity(self._reread(last).text, extract.text) < SAME_PAGE:
            self.archive.note([Listed(fetched.final_url, "links")])
            return self._missing(
                page, fetched, Verdict(Outcome.gone, f"it leads to another text, {fetched.final_url}")
            )
        return self._compared_after_move(page, fetched.final_url, fetched, verdict, extract)

    def _compared_after_move(
        self, page: PageRow, url: str, fetched: Fetched, verdict: Verdict, extract: Extract
    ) -> Tracked:
        last = self.store.last_version(page.id)
        assert last is not None
        return self._compared(self._renamed(page, url), fetched, verdict, extract, last, moved=page.url)

    def _missing_twin(self, page: PageRow, extract: Extract) -> PageRow | None:
        """A page with the same title and text that is no longer found where it was."""
        twins = self.store.twins(page, extract.digest, ["missing"])
        return twins[0] if twins else None

    def _renamed(self, page: PageRow, url: str) -> PageRow:
        """The page under the address `url`; where two pages turn out to be one, that with versions stays."""
        url = canonical(url, self.site)
        there = self.store.find(self.site.name, key(url, self.site))
        if there and there.id != page.id:
            if there.version is not None and page.version is not None:
                return page
            page, other = (there, page) if there.version is not None else (page, there)
            self.store.absorb(other.id, page.id)
        self.store.add_address(self.site.name, key(url, self.site), page.id)
        return self.store.update_page(page.id, {"url": url, "listed_url": None})

    # ---- deciding

    def _reread(self, last: VersionRow) -> VersionRow:
        """The last version as today's rules read it, so that only the site can make a difference."""
        return last if last.extractor == self.reader.label else self.reread(last)

    def reread(self, version: VersionRow) -> VersionRow:
        """The version, read again from its stored body; as it was where that can't be read any more."""
        try:
            return keep(self.store, self.reader, version, read_again(self.store, self.reader, version))
        except ExtractionError:
            return version


def _kinds(page: PageRow, diff: Diff | None, moved: str) -> list[str]:
    """What a sight of the page announces, given how it differs and where it was before."""
    if page.state == "gone":
        return ["returned"]
    kinds = ["moved"] if moved else []
    if diff:
        kinds.append(diff.kind)
    return kinds


def _tracked(page: PageRow, verdict: Verdict, *changes: str, baseline: bool = False) -> Tracked:
    return Tracked(page.url, verdict.outcome, verdict.reason, tuple(changes), baseline)
