"""The third step: what a response means for its page, and why. Pure: what is known and what was read in.

The rules that hold here:

* Only an `ok` outcome makes a version. Anything else is a capture with its outcome and reason.
* A page is compared with its last version only, so A, B, A is two changes.
* The last version is known as today's rules read it: a new extractor or template is no change of the site.
* Where the page did not change and only our reading of it did, that is extraction drift, and no change.
* A page that answers "not found", by its status or in the site's own words, is `missing`; what becomes
  of it is settled at the end of the run (crawler/running/settle.py), when it is known how the site fared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from crawler.classification.outcome import Outcome, Verdict
from crawler.diffing.diff import Diff, compare, similarity
from crawler.extract import Extract, ExtractionError
from crawler.judging.witness import agree
from crawler.page.places import unnumbered
from crawler.tracking.drift import is_dress, is_ours
from crawler.tracking.identity import Identity
from crawler.tracking.knowledge import Known
from crawler.tracking.reading import Reading
from storage.rows import VersionRow

SAME_PAGE = 0.5
"""From this likeness on, what a redirect leads to is the page that was asked for, and not another one."""
COLLAPSE = 0.3
"""A text that has shrunk below this part of itself is fetched again before it is believed."""

SAME_TEXT = 3
"""So many pages may change into the same text in one run; more of them are one notice in their place."""


class Sight(StrEnum):
    """What the response shows of the page."""

    seen = "seen"
    rendering = "rendering"
    """The page, under another address than its own: nothing is concluded from it."""
    missing = "missing"
    none = "none"
    """Neither the page nor its absence: a block page, say."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be recorded of one fetch. Plain data: it can be printed and compared."""

    sight: Sight
    verdict: Verdict
    """The outcome and, in one line, why."""
    identity: Identity
    extract: Extract | None = None
    number: int | None = None
    """Of the new version, where there is one."""
    kinds: tuple[str, ...] = ()
    """The changes to be recorded."""
    diff: Diff | None = None
    """How the new version differs from the last one."""
    is_drift: bool = False
    """The new version is no change of the site: only our reading of the page differs."""
    baseline: bool = False
    """The first sight of a page that was there before the site was watched."""
    keeps_body: bool = False
    confirm: str | None = None
    """What this look showed, where another look of the same run has to confirm it."""
    named: str | None = None
    """The address of another page that the response names as its main one."""
    discovered: str | None = None
    """A URL of another page that is to be fetched."""
    agrees: bool | None = None
    """Whether the text is the one that the site's API gives; None where that is not known."""

    @property
    def announced(self) -> tuple[str, ...]:
        """The changes that people are to hear of."""
        quiet = {"edited", "retitled"} if self.diff and self.diff.typographic else set()
        return tuple(kind for kind in self.kinds if kind not in quiet)


def decide(known: Known, reading: Reading) -> Decision:
    """What the response means for its page."""
    if known.is_rendering:
        verdict = Verdict(Outcome.ok, f"another rendering of {known.identity.page.url}")
        return Decision(Sight.rendering, verdict, known.identity)
    return replace(_decided(known, reading), named=known.named)


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
    if known.shown_before != extract.text:
        return replace(_trouble(known, reading.verdict), confirm=extract.text)
    verdict = Verdict(Outcome.ok, "its end is missing, the second time as the first")
    return _seen(known, replace(reading, verdict=verdict), extract)


def _moved(known: Known, reading: Reading, extract: Extract) -> Decision:
    """Another address answered: the same page renamed, or another page in its place."""
    url = reading.fetched.final_url
    if known.asked.version is None or known.last is None:
        return _seen(known, reading, extract)
    if known.elsewhere:
        return _missing(known, Verdict(Outcome.gone, f"it leads to another page, {known.elsewhere.url}"))
    if known.asked.listed_url is None and similarity(known.last.text, extract.text) < SAME_PAGE:
        left = _missing(known, Verdict(Outcome.gone, f"it leads to another text, {url}"))
        return replace(left, discovered=url)
    return _compared(known, reading, extract)


def _compared(known: Known, reading: Reading, extract: Extract) -> Decision:
    """The page against its last version."""
    assert known.last
    diff = compare(known.last, extract)
    is_drift = diff is not None and (_is_common(known, diff) or _is_drift(known, reading, diff))
    if diff and not is_drift and (doubt := _doubted(known, extract, diff)):
        return doubt
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
        keeps_body=diff is not None,
        agrees=_agrees(known, extract),
    )


def _unchanged(known: Known, reading: Reading) -> Decision:
    extract = reading.extract
    return Decision(Sight.seen, reading.verdict, known.identity, extract, agrees=_agrees(known, extract))


def _missing(known: Known, verdict: Verdict) -> Decision:
    """Not found. Whether it is gone is settled at the end of the run."""
    return Decision(Sight.missing, verdict, Identity(known.asked))


def _trouble(known: Known, verdict: Verdict) -> Decision:
    """No sight of the page: its body is kept as evidence, and nothing is concluded from it."""
    return Decision(Sight.none, verdict, Identity(known.asked), keeps_body=True)


# ---- parts of a comparison


def _doubted(known: Known, extract: Extract, diff: Diff) -> Decision | None:
    """What to do where a difference is not believed yet; None where it is."""
    assert known.last
    if known.shown_elsewhere >= SAME_TEXT:
        return _trouble(known, Verdict(Outcome.soft_404, "many pages suddenly say the same"))
    if len(extract.text) < COLLAPSE * len(known.last.text):
        shown = _left_of(known.last, extract)
        verdict = Verdict(Outcome.truncated, "most of its text is gone: asked again")
    elif diff.of_links_only:  # some sites draw by lot where a link leads; what holds twice is true
        shown = extract.links or ""
        verdict = Verdict(Outcome.ok, "a link leads elsewhere: asked again")
    else:
        return None
    if known.shown_before == shown:
        return None
    return replace(_trouble(known, verdict), confirm=shown)


def _left_of(last: VersionRow, extract: Extract) -> str:
    """What is left of a version in a text that has shrunk; all of the text where nothing is.

    What else it says may be a counter, and another at every look.
    """
    known = set(last.text.split("\n"))
    return "\n".join(block for block in extract.blocks if block in known) or extract.text


def _is_common(known: Known, diff: Diff) -> bool:
    """Whether all that differs stands on other pages alike, of a site whose frame is not known yet."""
    if diff.title or diff.links or not known.common:
        return False
    return all(unnumbered(block) in known.common for hunk in diff.hunks for block in hunk.old or hunk.new)


def _is_drift(known: Known, reading: Reading, diff: Diff) -> bool:
    """Whether the page did not change, and only our reading of it did."""
    old, new, url = known.last_body, reading.fetched.body, reading.fetched.final_url
    if old is None:
        return False
    try:
        return is_ours(diff, old, new, url) or is_dress(diff, old, new, known.template)
    except ExtractionError:
        return False


def _kinds(identity: Identity, diff: Diff | None) -> tuple[str, ...]:
    """The changes that a sight of the page makes, given how it differs and where it was before."""
    if identity.page.state == "gone":
        return ("returned",)
    moved = ("moved",) if identity.moved_from else ()
    return (*moved, diff.kind) if diff else moved


def _agrees(known: Known, extract: Extract | None) -> bool | None:
    """Whether the page says what the site's API says of it."""
    page, text = known.identity.page, extract or known.last
    if not page.witness or page.kind == "listing" or text is None:
        return None
    return agree(page.witness, text.text)
