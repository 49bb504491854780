"""The third step of tracking: decides what a response means for its page, and why. Pure.

The rules that hold here:

* Only an `ok` outcome makes a version. Anything else is a capture with its outcome and reason.
* A page is compared with its last version only, so A, B, A is two changes.
* The last version is known as today's rules read it: a new extractor or template is no change of the site.
* Where the page did not change and only our reading of it did, that is extraction drift, and no change.
* A text that loses most of itself, or was cut, is a suspect until a later run shows it, too.
* A page that answers "not found", by its status or in the site's own words, is `missing`; what becomes
  of it is settled at the end of the run (crawler/tracking/finalize.py), when it is known how the site fared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from variorum.crawler.classification.outcome import Outcome, Verdict
from variorum.crawler.diffing.diff import Diff, compare, similarity
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.html.dom_paths import unnumbered
from variorum.crawler.extraction.source_text import agree
from variorum.crawler.tracking.drift import is_headline, is_of_redesign, is_ours, is_theme_placeholder
from variorum.crawler.tracking.identity import Identity
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading
from variorum.crawler.tracking.suspicion import (
    MANY_WITH_TEXT,
    Suspicion,
    alternation,
    has_stayed,
    is_confirmed,
    is_other_edition,
    suspicion,
)

SAME_PAGE = 0.5
"""The similarity from which the target of a redirect counts as the requested page."""


class Sight(StrEnum):
    """What the response shows of its page."""

    seen = "seen"
    rendering = "rendering"
    """The page, at another address than its own: nothing is concluded from it."""
    missing = "missing"
    none = "none"
    """Neither the page nor its absence, for example a block page."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be recorded of one fetch. Plain data: it can be printed and compared."""

    sight: Sight
    verdict: Verdict
    """The outcome and, in one line, why."""
    identity: Identity
    extract: Extract | None = None
    number: int | None = None
    """The number of the new version, if there is one."""
    kinds: tuple[str, ...] = ()
    """The changes to be recorded."""
    diff: Diff | None = None
    """How the new version differs from the last one."""
    is_drift: bool = False
    """The new version is no change of the site: only our reading of the page differs."""
    baseline: bool = False
    """The first version of a page that existed before the site was watched."""
    keeps_body: bool = False
    confirm: str | None = None
    """What this fetch showed, if a second fetch of the same run has to confirm it."""
    named: str | None = None
    """The address of another page that the response names as its main one."""
    suspicion: Suspicion | None = None
    """The suspect text that waits for a later run to confirm it."""
    closes: Literal["confirmed", "dismissed"] | None = None
    """What becomes of the page's open suspect."""
    keeps_version: bool = False
    """Of two alternating editions, the page shows the latest version."""
    discovered: str | None = None
    """The URL of another page that is to be fetched."""
    agrees: bool | None = None
    """Whether the text agrees with the site's API; None if unknown."""

    @property
    def announced(self) -> tuple[str, ...]:
        """The kinds of the changes that are reported: all but typographic edits."""
        quiet = {"edited", "retitled"} if self.diff and self.diff.typographic else set()
        return tuple(kind for kind in self.kinds if kind not in quiet)


def decide(known: Known, reading: Reading) -> Decision:
    """The decision on a response: what is recorded of its page."""
    if known.is_rendering:
        verdict = Verdict(Outcome.ok, f"another rendering of {known.identity.page.url}")
        return Decision(Sight.rendering, verdict, known.identity)
    return replace(_closing(known, _decided(known, reading)), named=known.named)


def _decided(known: Known, reading: Reading) -> Decision:
    match reading.verdict.outcome:
        case Outcome.ok if reading.extract:
            return _seen(known, reading, reading.extract)
        case Outcome.truncated if reading.extract:
            return _truncated(known, reading, reading.extract)
        case Outcome.moved if reading.extract:
            return _moved(known, reading, reading.extract)
        case Outcome.ok | Outcome.not_modified:
            return _unchanged(known, reading)
        case Outcome.gone | Outcome.soft_404:
            return _missing(known, reading.verdict)
    return _trouble(known, reading.verdict)


# ---- what the response shows


def _seen(known: Known, reading: Reading, extract: Extract) -> Decision:
    """The page answered with a text of its own."""
    if known.last:
        return _compared(known, reading, extract)
    if extract.kind == "listing" and not known.keeps_listings:
        return _unchanged(known, reading)
    return Decision(
        Sight.seen,
        reading.verdict,
        known.identity,
        extract,
        number=1,
        kinds=("new",) if known.is_new else (),
        baseline=not known.is_new,
        keeps_body=True,
        discovered=None if known.has_main else known.named,
        agrees=_agrees(known, extract),
    )


def _truncated(known: Known, reading: Reading, extract: Extract) -> Decision:
    """The response was cut: what is left of it is a suspect, unless nothing of the text is missing."""
    diff = compare(known.last, extract) if known.last else None
    is_whole = known.last is not None and diff is None
    if not is_whole and not is_confirmed(known, extract):
        apart = _suspected(known, Suspicion("cut", reading.verdict.reason, extract, diff))
        return replace(apart, verdict=reading.verdict, confirm=extract.text)  # fetched again: it may be whole
    reason = "its end is missing, and nothing of its text" if is_whole else "its end is missing, again"
    return _seen(known, replace(reading, verdict=Verdict(Outcome.ok, reason)), extract)


def _moved(known: Known, reading: Reading, extract: Extract) -> Decision:
    """Another address answered: the same page renamed, or another page in its place."""
    url = reading.fetched.final_url
    if known.requested.version is None or known.last is None:
        return _seen(known, reading, extract)
    if known.elsewhere:
        other = f"the address leads to another page, {known.elsewhere.url}"
        return _missing(known, Verdict(Outcome.gone, other))
    if known.requested.listed_url is None and similarity(known.last.text, extract.text) < SAME_PAGE:
        left = _missing(known, Verdict(Outcome.gone, f"the address leads to another text, {url}"))
        return replace(left, discovered=url)
    return _compared(known, reading, extract)


def _compared(known: Known, reading: Reading, extract: Extract) -> Decision:
    """Compare the page with its last version."""
    assert known.last
    diff = compare(known.last, extract)
    is_drift = diff is not None and (_is_common(known, diff) or _is_drift(known, reading, diff))
    if diff and not is_drift and (apart := _kept_apart(known, reading, extract, diff)):
        return apart
    kinds = () if is_drift else _kinds(known.identity, diff)
    if not (diff or kinds):
        return _unchanged(known, reading)
    return Decision(
        Sight.seen,
        reading.verdict,
        known.identity,
        extract,
        number=known.last.number + 1 if diff else None,
        kinds=kinds,
        diff=diff,
        is_drift=is_drift,
        suspicion=alternation(known, diff) if diff and not is_drift else None,
        keeps_body=diff is not None,
        agrees=_agrees(known, extract),
    )


def _unchanged(known: Known, reading: Reading) -> Decision:
    extract = reading.extract
    return Decision(Sight.seen, reading.verdict, known.identity, extract, agrees=_agrees(known, extract))


def _missing(known: Known, verdict: Verdict) -> Decision:
    """The page is not found; the end of the run decides whether it is gone."""
    return Decision(Sight.missing, verdict, Identity(known.requested))


def _trouble(known: Known, verdict: Verdict) -> Decision:
    """Nothing is learned of the page: its body is stored as evidence, and nothing is concluded from it."""
    return Decision(Sight.none, verdict, Identity(known.requested), keeps_body=True)


# ---- parts of a comparison


def _kept_apart(known: Known, reading: Reading, extract: Extract, diff: Diff) -> Decision | None:
    """The decision if a difference is not trusted yet; None if it is."""
    if is_other_edition(known, extract):
        assert known.suspect
        if has_stayed(known, known.suspect.times):
            return None
        return _suspected(known, Suspicion("alternating", known.suspect.why, extract, diff))
    if diff.of_links_only:  # some sites link at random; what two fetches show is true
        shown = extract.links or ""
        verdict = Verdict(Outcome.ok, "a link leads elsewhere: fetched again to confirm")
        return replace(_trouble(known, verdict), confirm=shown) if known.shown_before != shown else None
    found = suspicion(known, reading, extract, diff)
    many = known.shown_elsewhere >= MANY_WITH_TEXT
    if many and found is None:
        found = Suspicion("loss", "many pages suddenly have the same text", extract, diff)
    if found is None or is_confirmed(known, extract):
        return None
    decision = _suspected(known, found)
    notice = Verdict(Outcome.soft_404, "many pages suddenly have the same text")
    return replace(decision, verdict=notice) if many else decision


def _suspected(known: Known, found: Suspicion) -> Decision:
    """Keep the text as a suspect until a later run shows it, too."""
    verdict = Verdict(Outcome.suspect, found.why)
    return replace(_trouble(known, verdict), suspicion=found)


def _closing(known: Known, decision: Decision) -> Decision:
    """The decision, with what becomes of the suspect that the page had."""
    suspect = known.suspect
    if suspect is None or decision.sight is Sight.none:
        return decision
    if suspect.kind == "alternating":
        if (
            decision.sight is Sight.seen
            and not decision.number
            and not has_stayed(known, suspect.runs_unchanged)
        ):
            return replace(decision, keeps_version=True)
        holds = decision.extract is not None and decision.extract.digest == suspect.digest
    else:
        differs = decision.number is not None and not decision.is_drift
        holds = bool(differs and decision.extract and is_confirmed(known, decision.extract))
    return replace(decision, closes="confirmed" if holds else "dismissed")


def _is_common(known: Known, diff: Diff) -> bool:
    """Whether everything that differs is on other pages, too, of a site whose boilerplate is not known
    yet."""
    if diff.title or diff.links or not known.common:
        return False
    return all(unnumbered(block) in known.common for hunk in diff.hunks for block in hunk.old or hunk.new)


def _is_drift(known: Known, reading: Reading, diff: Diff) -> bool:
    """Whether only our extraction differs, and the page did not change."""
    if reading.extract and is_headline(diff, reading.extract.title):
        return True
    if known.last_capture is None:
        return False
    old, new, url = known.last_capture.body, reading.fetched.body, reading.fetched.final_url
    try:
        return (
            is_ours(diff, old, new, url)
            or is_theme_placeholder(diff, old, new, known.template)
            or is_of_redesign(diff, old, new, url, known.template)
        )
    except ExtractionError:
        return False


def _kinds(identity: Identity, diff: Diff | None) -> tuple[str, ...]:
    """The changes that a fetch shows, given how the page differs and where it was before."""
    if identity.page.state == "gone":
        return ("returned",)
    moved = ("moved",) if identity.moved_from else ()
    return (*moved, diff.kind) if diff else moved


def _agrees(known: Known, extract: Extract | None) -> bool | None:
    """Whether the page has the text that the site's API gives for it; None if unknown."""
    page, text = known.identity.page, extract or known.last
    if not page.source_text_digest or page.kind == "listing" or text is None:
        return None
    return agree(page.source_text_digest, text.text)
