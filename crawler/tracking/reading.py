"""The second step of tracking: classifies a response and extracts its text. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from variorum.crawler.classification.outcome import READABLE, Context, Outcome, Verdict, judge
from variorum.crawler.extraction.boilerplate.path_scores import PathScores
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking.page_bounds import CostsTooMuch


@dataclass(frozen=True, slots=True)
class Reading:
    """One response with its outcome and, for a page, its text."""

    fetched: FetchResult
    verdict: Verdict
    extract: Extract | None = None
    """Its text; None if it shows no page, or was not read because it shows the page as it was."""
    content_digest: str | None = None
    """Of a page of a known design (variorum.crawler.extraction.reader.PageReader.content_digest)."""
    path_scores: PathScores = field(default_factory=PathScores)
    """What its block paths hold, if it was classified."""


@dataclass(frozen=True, slots=True)
class ReadingJob:
    """All that a reading depends on: any process that carries it out comes to the same result."""

    fetched: FetchResult
    reader: PageReader
    context: Context


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A reading that was carried out before its fetch is tracked."""

    job: ReadingJob
    result: Reading | CostsTooMuch

    def is_of(self, job: ReadingJob) -> bool:
        """Whether it is the result of this job, too."""
        same = job.fetched is self.job.fetched and job.reader is self.job.reader
        return same and job.context == self.job.context


def read(fetched: FetchResult, reader: PageReader, context: Context) -> Reading:
    """The response, classified and, where it shows a page, extracted. Never raises for a bad page."""
    verdict = judge(fetched, context, lambda: reader.known_text(fetched))
    if verdict.outcome not in READABLE or fetched.error:
        return Reading(fetched, verdict)
    try:
        extract = reader.read_fetched(fetched)
        return Reading(fetched, verdict, extract, reader.content_digest(fetched), reader.path_scores(fetched))
    except ExtractionError as error:
        cut = verdict.outcome is Outcome.truncated
        return Reading(fetched, verdict if cut else Verdict(Outcome.failed, str(error)))
