"""Reads a body with today's rules of its site, and names those rules."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from variorum.crawler.config.site import Site
from variorum.crawler.dates import sound_date
from variorum.crawler.extraction.boilerplate.path_scores import PathScores
from variorum.crawler.extraction.boilerplate.template import EMPTY, Template, cut_alike
from variorum.crawler.extraction.documents import extract_file
from variorum.crawler.extraction.extract import (
    EXTRACTOR,
    Extract,
    ExtractionError,
    ExtractionRules,
    evidence,
    rules_at,
)
from variorum.crawler.extraction.html.article_parts import split
from variorum.crawler.extraction.known_page import KnownPage, known_page
from variorum.crawler.extraction.media_type import HTML, media_type
from variorum.crawler.extraction.together import (
    Together,
    kept_extract,
    kept_open,
    read_together,
    shown,
    shows_the_same,
)
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.time_limit import TookTooLong, time_limit

SECONDS = 20.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a capture, with its type and encoding."""

    body: bytes
    url: str
    captured_at: str
    encoding: str | None = None
    content_type: str | None = None


def body_of(fetched: FetchResult) -> Body:
    """The body of a response, which is not stored yet."""
    kind = fetched.headers.get("content-type")
    return Body(fetched.body, fetched.final_url, fetched.fetched_at, fetched.encoding, kind)


HEADING = re.compile("/h[1-3]")
"""In a block path: the block is of a heading."""


@dataclass(frozen=True, slots=True)
class KnownText:
    """What a page of a known design shows at the places where its site's pages have their text."""

    headings: list[str]
    """Its title, and all headings of the page."""
    blocks: list[str]


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads the pages of one site."""

    site: Site
    template: Template = EMPTY

    @property
    def label(self) -> str:
        """Names everything that decides a text: the extractor, the site's rules, its template.

        Two readings of one body under one label are equal; under different labels they may differ, and that
        difference is ours, not the site's.
        """
        rules = hashlib.sha256(repr((self.site.select, self.site.remove)).encode()).hexdigest()[:8]
        return f"{EXTRACTOR}; rules {rules}; template {self.template.name}"

    def read(
        self,
        body: bytes,
        url: str,
        *,
        encoding: str | None,
        captured_at: str,
        content_type: str | None = None,
    ) -> Extract:
        """The extraction of a captured body. Raises ExtractionError, also if it takes too long."""
        try:
            with time_limit(SECONDS):
                if (kind := media_type(content_type or "", body)) not in HTML:
                    return extract_file(body, url, kind)
                parts = [self._read_part(part, url, encoding, captured_at) for part in split(body)]
        except TookTooLong as error:
            raise ExtractionError(
                f"{url}: reading it took over {error}; name its text with `select`"
            ) from error
        links = [part.links for part in parts if part.links is not None]
        whole = replace(
            parts[0],
            text="\n".join(part.text for part in parts),
            links="\n".join(filter(None, links)) if links else None,
        )
        return self._soundly_dated(whole, captured_at)

    def read_together(self, old: Body, new: Body) -> Together | None:
        """Two captures of one page read with the same scores of block paths.

        None if that shows nothing new: no block was added or removed, or both have their text marked, or one
        can't be read.
        """
        try:
            with time_limit(SECONDS):
                found = self._together(old, new)
        except (ExtractionError, TookTooLong):
            return None
        if found is None:
            return None
        return Together(
            self._soundly_dated(found.old, old.captured_at),
            self._soundly_dated(found.new, new.captured_at),
        )

    def shows_the_same(self, old: Body, new: Body) -> bool:
        """Whether two captures show the same title, blocks and links; False if one can't be read."""
        try:
            with time_limit(SECONDS):
                before, after = (
                    shown(one.body, one.url, one.encoding, self._rules(one.captured_at)) for one in (old, new)
                )
        except (ExtractionError, TookTooLong):
            return False
        return before == after

    def _together(self, old: Body, new: Body) -> Together | None:
        rules = [self._rules(one.captured_at) for one in (old, new)]
        if any(rule.select for rule in rules) or any(len(split(one.body)) > 1 for one in (old, new)):
            return None
        if any(media_type(one.content_type or "", one.body) not in HTML for one in (old, new)):
            return None
        now, _ = kept_open(new.body, new.url, new.encoding, rules[1])
        if (
            now.judged
            and not now.is_known
            and shows_the_same(shown(old.body, old.url, old.encoding, rules[0]), now)
        ):
            return None
        before, _ = kept_open(old.body, old.url, old.encoding, rules[0])
        if now.is_known and before.is_known:
            every = zip((old, new), rules, strict=True)
            return Together(*(kept_extract(one.body, one.url, one.encoding, rule) for one, rule in every))
        return read_together(before, now)

    def _soundly_dated(self, extract: Extract, captured_at: str) -> Extract:
        """The same, with times in UTC by the site's clock, and without those after the capture."""
        published = sound_date(extract.published, self.site.zone, seen_at=captured_at)
        modified = sound_date(extract.modified, self.site.zone, seen_at=captured_at)
        by = extract.published_by if published else None
        return replace(extract, published=published, published_by=by, modified=modified)

    def reads_as(self, other: PageReader, one: Body) -> bool:
        """Whether a capture has the same text by another template of the site, without reading it."""
        if self.site != other.site or media_type(one.content_type or "", one.body) not in HTML:
            return self.site == other.site
        parts = split(one.body)
        return all(cut_alike(part, one.url, one.encoding, self.template, other.template) for part in parts)

    def read_fetched(self, fetched: FetchResult) -> Extract:
        """The extraction of a fetched body. Raises ExtractionError."""
        return self.read(
            fetched.body,
            fetched.final_url,
            encoding=fetched.encoding,
            captured_at=fetched.fetched_at,
            content_type=fetched.headers.get("content-type"),
        )

    def content_digest(self, fetched: FetchResult) -> str | None:
        """Names what a page of a known design shows: its title, text, links and dates.

        None for any other page. `shows` recognises by it a page that has not changed, also where the template
        is another one: it shows the same by both.
        """
        return self._of_known_page(body_of(fetched), lambda page: page.digest)

    def known_text(self, fetched: FetchResult) -> KnownText | None:
        """The text of a page of a known design, by its block paths; None for any other page."""
        return self._of_known_page(body_of(fetched), _known_text)

    def shows(self, fetched: FetchResult, before: str | Body) -> bool:
        """Whether a page of a known design shows what it did before: by the digest of that, or its body."""
        if isinstance(before, Body):
            before = self._of_known_page(before, lambda page: page.digest) or ""
        return bool(before) and bool(self._of_known_page(body_of(fetched), lambda page: page.shows(before)))

    def _of_known_page(self, one: Body, told: Callable[[KnownPage], T]) -> T | None:
        """What a page tells by its block paths; None where they are not known, or it can't be read."""
        rules = self._rules(one.captured_at)
        if self.template.known is None or rules.select or len(split(one.body)) > 1:
            return None
        if media_type(one.content_type or "", one.body) not in HTML:
            return None
        try:
            with time_limit(SECONDS):
                return told(known_page(one.body, one.url, one.encoding, rules.for_known_pages))
        except (ExtractionError, TookTooLong):
            return None

    def path_scores(self, fetched: FetchResult) -> PathScores:
        """What a page that was just read tells of its block paths; nothing where they told its text."""
        parts = split(fetched.body)
        if len(parts) > 1 or media_type(fetched.headers.get("content-type", ""), fetched.body) not in HTML:
            return PathScores()
        rules = self._rules(fetched.fetched_at)
        return evidence(*kept_open(parts[0], fetched.final_url, fetched.encoding, rules))

    def _read_part(self, body: bytes, url: str, encoding: str | None, captured_at: str) -> Extract:
        return kept_extract(body, url, encoding, self._rules(captured_at))

    def _rules(self, captured_at: str) -> ExtractionRules:
        """The rules for the text of a page that was captured then."""
        day = date.fromisoformat(captured_at[:10])
        select, remove = rules_at(self.site.select, day), rules_at(self.site.remove, day)
        return ExtractionRules(remove, select, self.template)


def _known_text(page: KnownPage) -> KnownText | None:
    if page.labelled is None:
        return None
    headings = [block.text for block, _ in page.labelled if HEADING.search(block.path)]
    return KnownText([page.title, *headings], [block.text for block, is_text in page.labelled if is_text])
