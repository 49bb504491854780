"""The base class of a site's sources: requests within a share of the budget, failures, and their report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import msgspec
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from variorum.crawler.config.site import Site
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.crawler.frontier import Frontier
from variorum.crawler.urls.canonical import in_scope
from variorum.spiders.fetching.failures import RetryLater, ShareSpent, error_of
from variorum.spiders.sources.request_shares import SHARE, Share

logger = logging.getLogger(__name__)

OK = 200
NOT_OFFERED = frozenset({401, 403, 404, 410})
"""Statuses with which a site says that it has no such source, though its theme names one."""
PARTS = 4
"""Each kind of source gets one in this number of the requests that are left for the day."""
LEAST_REQUESTS = 10
MOST_TROUBLES = 5  # in one message
SHOWN = 200  # characters of an address, in such a message

Parse = Callable[..., Iterator[Request] | None]


class NotOffered(ValueError):
    """The site answers that it does not have this source."""


class SourceReader:
    """One kind of source, read in one run. Subclasses send the requests and report what is listed."""

    kind: ClassVar[str]

    def __init__(self, frontier: Frontier, site: Site, *, relied_on: bool = False) -> None:
        self.frontier = frontier
        self.broken = False
        self.troubles: list[str] = []
        """What the operator should know; everything, if the site's file names the source."""
        self.sample: frozenset[str] = frozenset()
        """Keys of some pages that a list names, used to check whether they exist."""
        self._site = site
        self._anywhere = msgspec.structs.replace(site, scope=(), exclude=())
        self._relied_on = relied_on
        self._requested: set[str] = set()
        self._has_spent = False
        self._share = Share(max(LEAST_REQUESTS, frontier.requests_left() // PARTS))

    def request_once(self, address: str, parse: Parse, **context: Any) -> Iterator[Request]:
        """Yield a request of this source, unless it was made already or the source has used up its share."""
        if address in self._requested:
            return
        if len(self._requested) >= self._share.most:
            self._spent(address)
            return
        self._requested.add(address)
        state = self.frontier.source_state(address)
        yield Request(
            address,
            self._watched(parse),
            errback=self.failed,
            dont_filter=True,
            meta={"validators": (state.etag, state.last_modified), SHARE: self._share},
            cb_kwargs=context,
            priority=10,
        )

    def failed(self, failure: Failure) -> Iterator[Request]:
        """Handle a request that failed: the source is not relied on in this run."""
        error, detail = error_of(failure)
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, ShareSpent):
            self._spent(request.url)
        else:
            self.give_up(request.url, f"{error}: {detail}", report=not isinstance(failure.value, RetryLater))
        yield from ()

    def _watched(self, parse: Parse) -> Parse:
        """The callback; if it raises, the source is no longer relied on, wherever the error is logged."""

        def parsed(response: Response, **context: Any) -> Iterator[Request]:
            try:
                yield from parse(response, **context) or ()
            except Exception:
                self.broken = True
                raise

        return parsed

    def _spent(self, address: str) -> None:
        if not self._has_spent:
            self._has_spent = True
            self.give_up(
                address,
                f"the {self.kind} source has made {self._share.most} requests, its share of what is left for "
                "the day, and makes no more; raise `budget` in the site's file to have all of it read",
                report=True,
            )

    def give_up(self, address: str, why: str, *, report: bool = False) -> None:
        """Record that this source can't be relied on in this run; with `report`, report it in any case."""
        self.broken = True
        logger.info("%s %s can't be relied on: %s", self.kind, address, why)
        if report or self._relied_on:
            self.troubles.append(f"{address} can't be relied on: {why}")

    def refuse(self, address: str, error: ValueError) -> None:
        """Record that a response can't be read as this source; NotOffered alone is not reported."""
        self.give_up(address, str(error), report=not isinstance(error, NotOffered))

    def finish(self) -> bool:
        """Report the source's troubles after its last request; return whether it listed the whole site."""
        is_enumerated = self.is_enumerated()
        self.frontier.report_source(self.kind, self._in_words())
        return is_enumerated

    def _in_words(self) -> str:
        """The troubles as one message; empty if there are none."""
        more = len(self.troubles) - MOST_TROUBLES
        words = [*self.troubles[:MOST_TROUBLES], *([f"and {more} more"] if more > 0 else [])]
        if words and not self._relied_on:
            words.append("if it is not needed, name those that are under `discover` in the site's file")
        return "; ".join(words)

    def is_enumerated(self) -> bool:
        """Whether the source has listed the whole site; if so, that is stored."""
        raise NotImplementedError

    def are_elsewhere(self, listed: Sequence[DiscoveredUrl]) -> str:
        """The message if no entry is on the site's hosts; empty if one is."""
        if not listed or any(in_scope(one.url, self._anywhere) for one in listed):
            return ""
        return f"none of its {len(listed)} addresses is on this site; the first is {listed[0].url[:SHOWN]}"


def body_of(response: Response) -> bytes:
    """Return the body of a response with status 200.

    Raises NotOffered for 401, 403, 404 and 410, ValueError for any other status.
    """
    if response.status in NOT_OFFERED:
        raise NotOffered(f"it answers {response.status}")
    if response.status != OK:
        raise ValueError(f"it answers {response.status}")
    return response.body
