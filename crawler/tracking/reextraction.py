"""Re-extracts stored bodies with today's rules. That never records a change of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.reader import Body, PageReader
from variorum.crawler.extraction.source_text import agree
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking import records
from variorum.storage.errors import NotFound
from variorum.storage.rows import Values, VersionRow
from variorum.storage.store import Store


@dataclass(frozen=True, slots=True)
class Reextraction:
    """One version with its stored extraction and a new one."""

    url: str
    version: VersionRow
    now: Extract | None
    """The new extraction; None if the body is not stored, or can't be read any more."""
    trouble: str = ""

    @property
    def differs(self) -> bool:
        """Whether title or text differ from the stored ones."""
        return self.now is not None and self.now.digest != self.version.digest

    @property
    def lost(self) -> list[str]:
        """The blocks that only the stored extraction has."""
        return _less(self.version.text, self.now.text) if self.now else []

    @property
    def gained(self) -> list[str]:
        """The blocks that only the new extraction has."""
        return _less(self.now.text, self.version.text) if self.now else []


def reextract(store: Store, reader: PageReader, version: VersionRow) -> Extract:
    """The text that today's rules extract from a version's body. Raises ExtractionError if there is none."""
    return reader.read_fetched(fetch_of(store, version))


def fetch_of(store: Store, version: VersionRow) -> FetchResult:
    """The stored response of a version, as far as reading depends on it. Raises ExtractionError."""
    capture = store.capture(version.capture)
    if capture.body is None:
        raise ExtractionError(f"{capture.url}: its body is not kept")
    try:
        body = store.body(capture.body)
    except NotFound as error:
        raise ExtractionError(str(error)) from error
    headers = {"content-type": capture.content_type} if capture.content_type else {}
    return FetchResult(
        capture.url, capture.url, capture.fetched_at, HTTPStatus.OK, headers, body, capture.declared
    )


def keep(
    store: Store, reader: PageReader, version: VersionRow, extract: Extract, content_digest: str | None = None
) -> VersionRow:
    """The version after storing its new extraction; and what its capture shows, if its design is known."""
    with store.writing():
        page = store.page(version.page)
        if page.version == version.number:
            values: Values = {"title": extract.title, "text_digest": extract.digest}
            if extract.digest != page.text_digest or page.content_digest is None:
                values["content_digest"] = content_digest  # the old one names a text that is no longer stored
            if page.source_text_digest and page.agrees is not None:
                values["agrees"] = int(agree(page.source_text_digest, extract.text))
            store.update_page(page.id, values)
        return store.reread_version(version.id, records.reading(extract, reader.label))


def to_read_again(
    store: Store, reader: PageReader, before: PageReader, versions: Iterable[VersionRow]
) -> list[VersionRow]:
    """Those of the versions from which `reader` cuts other pieces; the others are stored as read by it.

    `before` is the reader of the template that was replaced.
    """
    alike, others = [], []
    for version in versions:
        if version.extractor == before.label and _reads_alike(store, reader, before, version):
            alike.append(version.id)
        elif version.extractor != reader.label:
            others.append(version)
    with store.writing():
        for number in alike:
            store.reread_version(number, {"extractor": reader.label})
    return others


def read_again(store: Store, reader: PageReader, versions: Iterable[VersionRow]) -> None:
    """Bring versions to the text that `reader` extracts. One whose body can't be read stays."""
    for version in versions:
        with suppress(ExtractionError):
            fetched = fetch_of(store, version)
            keep(store, reader, version, reader.read_fetched(fetched), reader.content_digest(fetched))


def _reads_alike(store: Store, reader: PageReader, before: PageReader, version: VersionRow) -> bool:
    capture = store.capture(version.capture)
    if capture.body is None:
        return False
    body = Body(
        store.body(capture.body), capture.url, capture.fetched_at, capture.declared, capture.content_type
    )
    return reader.reads_as(before, body)


def reextract_site(store: Store, reader: PageReader, *, dry: bool) -> Iterator[Reextraction]:
    """Each version of the site that was read by other rules, read again; stored, unless `dry`."""
    for page in store.pages(reader.site.name):
        for version in store.versions_of(page.id):
            if version.extractor == reader.label:
                continue
            try:
                extract = reextract(store, reader, version)
            except ExtractionError as error:
                yield Reextraction(page.url, version, None, str(error))
                continue
            if not dry:
                keep(store, reader, version, extract)
            yield Reextraction(page.url, version, extract)


def _less(text: str, other: str) -> list[str]:
    left = Counter(text.split("\n")) - Counter(other.split("\n"))
    return [block for block in left.elements() if block]
