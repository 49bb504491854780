"""Remembers fetches that a second fetch of the same run has to confirm."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from variorum.crawler.tracking.decision import Decision
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading
from variorum.crawler.tracking.run_frontier import RunFrontier


class Confirmations:
    """The fetches of one run that await confirmation, and the texts into which pages have changed."""

    def __init__(self, frontier: RunFrontier) -> None:
        self._frontier = frontier
        self._shown: dict[int, str] = {}  # by page
        self._became: defaultdict[str, set[int]] = defaultdict(set)  # the pages that changed into a text

    def known(self, known: Known, reading: Reading) -> Known:
        """What is known of a page, completed with what this run has seen of it and of others."""
        others = self._became[reading.extract.digest] - {known.identity.page.id} if reading.extract else ()
        return replace(known, shown_before=self._shown.get(known.requested.id), shown_elsewhere=len(others))

    def remember(self, known: Known, reading: Reading, decision: Decision) -> None:
        """Keep what a fetch showed; request the page again, once, where that needs confirmation."""
        if reading.extract and known.last and known.last.digest != reading.extract.digest:
            self._became[reading.extract.digest].add(known.identity.page.id)
        if decision.confirm is not None:
            if known.requested.id not in self._shown:
                self._frontier.request_again(known.requested)
            self._shown[known.requested.id] = decision.confirm
