"""What travels between the hub and the workers: plain data, as MessagePack compressed with zstd. Pure.

The fetches of a run and what the spider tells its frontier travel in numbered batches. The hub answers each
one: what it has recorded, which pages are to be read, and what the spider asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from variorum.crawler.classification.outcome import Context, Verdict
from variorum.crawler.config.site import Site
from variorum.crawler.extraction.boilerplate.path_scores import PathScores
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import DiscoveredUrl, FetchResult
from variorum.crawler.frontier import PageRequest, SourceState
from variorum.crawler.runtime.run_record import Traffic
from variorum.storage.compression import compress, decompress

LEVEL = 3
"""The level of compression: most of what travels is stored, and compressed better, soon after."""


Name = Annotated[
    str,
    msgspec.Meta(max_length=200, pattern="^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"),
]
"""Without characters that control a terminal: it is printed and logged."""


class Presence(msgspec.Struct, frozen=True):
    """A worker says that it is there. In JSON, as the two that follow."""

    name: Name
    queues: Annotated[Sequence[Name], msgspec.Meta(max_length=100)]
    version: Name


class Wanted(msgspec.Struct, frozen=True):
    """A worker asks to begin a run."""

    site: str
    worker: Name


class Closed(msgspec.Struct, frozen=True):
    """A worker has ended a run."""

    failed: bool
    reason: str
    event: dict[str, Any] = {}
    """The last event of the run; empty if it broke down."""


class CrawlAsked(msgspec.Struct, frozen=True):
    """Somebody asks for a run of a site now."""

    site: str
    full: bool


class Fetched(msgspec.Struct, frozen=True, tag=True):
    """One fetch of the run."""

    number: int
    fetched: FetchResult


class Discovered(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.add_discovered`."""

    urls: Sequence[DiscoveredUrl]


class NotFoundSeen(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.save_not_found`."""

    fetched: FetchResult


class SourceRead(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.save_source`."""

    kind: str
    address: str
    state: SourceState


class Enumerated(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.mark_enumerated`."""

    kind: str


class SourceReport(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.report_source`."""

    kind: str
    message: str


class Broke(msgspec.Struct, frozen=True, tag=True):
    """An exception of ours at the worker."""

    words: str
    whole: bool
    """Whether the run as a whole depends on what broke."""
    unseen: bool = False
    """Whether it hid what a page would have led to."""


Call = Fetched | Discovered | NotFoundSeen | SourceRead | Enumerated | SourceReport | Broke


class Read(msgspec.Struct, frozen=True):
    """The reading of a page; without a verdict if the hub has to read it, to see what is wrong."""

    number: int
    verdict: Verdict | None = None
    extract: Extract | None = None
    content_digest: str | None = None
    path_scores: PathScores = PathScores()
    costs_too_much: str = ""


class NextPages(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.next_requests`."""


class SourceAt(msgspec.Struct, frozen=True, tag=True):
    """The arguments of the method `Frontier.source_state`."""

    address: str


class End(msgspec.Struct, frozen=True, tag=True):
    """The run has ended; the answer has its report."""

    reason: str


class Batch(msgspec.Struct, frozen=True):
    """What a worker sends at a time."""

    traffic: Traffic
    calls: Sequence[Call] = ()
    readings: Sequence[Read] = ()
    again: Sequence[Read] = ()
    """Readings of pages that were recorded before."""
    question: NextPages | SourceAt | End | None = None


class ToRead(msgspec.Struct, frozen=True):
    """A fetch that the worker is to read."""

    number: int
    context: Context
    label: str
    """The label of the reader to read it with."""


class ReadAgain(msgspec.Struct, frozen=True):
    """A page that was recorded before, and is to be read by another reader."""

    number: int
    fetched: FetchResult
    context: Context
    label: str


class Answer(msgspec.Struct, frozen=True):
    """What the hub answers to a batch."""

    recorded: Sequence[int] = ()
    to_read: Sequence[ToRead] = ()
    reader: PageReader | None = None
    """The reader of the pages to read, where it is another one than before."""
    again: Sequence[ReadAgain] = ()
    stop: str = ""
    """Why the run should fetch no more; empty if it should go on."""
    pages: Sequence[PageRequest] = ()
    source: SourceState | None = None
    report: dict[str, Any] | None = None


class Begun(msgspec.Struct, frozen=True, tag=True):
    """A run that the hub has begun for a worker."""

    site: Site
    user_agent: str
    max_run_seconds: int
    max_memory_mb: int
    started: str
    budget: int
    not_found_probe: str | None
    id: str = ""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A run that can't begin now."""

    trouble: str


def pack(value: object) -> bytes:
    """The bytes that `unpack` makes an equal object of."""
    return compress(msgspec.msgpack.encode(value), LEVEL)


def unpack(data: bytes, kind: Any) -> Any:
    """The object of that type. Raises msgspec.ValidationError or variorum.storage.compression.BROKEN."""
    return msgspec.msgpack.decode(decompress(data), type=kind)
