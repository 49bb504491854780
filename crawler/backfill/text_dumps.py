"""Imports text dumps: stores each article as a version of its page, at the time of the dump.

An article without an address is stored in the known page with its title and text. If there is none, it gets
an address of its own scheme (storage/unplaced.py), until a later import finds its page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.backfill.dump_agreement import read_beside
from variorum.crawler.backfill.dumps.article import Article, Split
from variorum.crawler.backfill.dumps.file_name import captured_at, is_home
from variorum.crawler.backfill.dumps.split import split_all
from variorum.crawler.backfill.page_matching import KnownTexts
from variorum.crawler.config.site import Site
from variorum.crawler.errors import Misuse
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.metadata.headline import language
from variorum.crawler.times import iso, now
from variorum.crawler.tracking import records
from variorum.crawler.tracking.template_learning import known as known_template
from variorum.crawler.urls.canonical import key
from variorum.storage.rows import PageRow, Values, VersionRow
from variorum.storage.store import Store
from variorum.storage.text_index.folding import folded
from variorum.storage.unplaced import EXCERPT, SCHEME, Candidate, Unplaced

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One text dump: its file, and the time at which it was made."""

    name: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of importing one dump, in counts."""

    file: DumpFile
    split: Split
    counts: Counter[str] = field(default_factory=Counter)
    """`articles`, `excerpts`, `headlines`; `matched`, `unplaced`, `absorbed`; the words of `Backfill`."""
    changes: int = 0

    @property
    def is_older(self) -> bool:
        """Whether the dump has a date later than the time at which it was said to be made."""
        return self.split.latest is not None and self.split.latest.isoformat() > self.file.at[:10]


def read_dumps(paths: tuple[Path, ...], moments: tuple[str, ...]) -> list[DumpFile]:
    """Read the dumps in these files, dated by one time for all of them or by one for each.

    Raises Misuse if the time of a dump is unknown or in the future, or if a dump is no text.
    """
    if len(moments) not in (0, 1, len(paths)):
        raise Misuse(
            f"--captured-at is given {len(moments)} times for {len(paths)} files: "
            "give it once for all, or once for each in their order"
        )
    given = moments * len(paths) if len(moments) == 1 else moments
    return [_read(path, at) for path, at in zip_longest(paths, given)]


def _read(path: Path, given: str | None) -> DumpFile:
    at = given or captured_at(path.name)
    if at is None:
        raise Misuse(
            f"{path}: its name has no date such as 2018-02 or 2018-02-07: "
            "give --captured-at, like --captured-at 2018-02-07"
        )
    if at > iso(now()):
        raise Misuse(f"{path}: {at} is in the future: give --captured-at, the time at which it was made")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misuse(f"{path}: it is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise Misuse(f"{path}: it can't be read: {error.strerror}") from error
    return DumpFile(path.name, text, at)


def import_dumps(store: Store, site: Site, files: Sequence[DumpFile]) -> Iterator[Report]:
    """Import the dumps one after the other, each in one transaction; return a report for each."""
    backfill = Backfill(store, site, "")
    splits = split_all(
        [file.text for file in files],
        template={
            piece.text for design in known_template(store, site.name).designs for piece in design.pieces
        },
        titles=KnownTexts(store, site.name).titles(),
        is_own=backfill.is_wanted,
    )
    for file, split in zip(files, splits, strict=True):
        with store.writing():
            report = _Import(store, site, file, split).run()
        yield report


class _Import:
    """The import of one dump. Callers of `run` hold the transaction."""

    def __init__(self, store: Store, site: Site, file: DumpFile, split: Split) -> None:
        self.store, self.site, self.file, self.split = store, site, file, split
        self.unplaced = Unplaced(store.db)
        self.backfill = Backfill(store, site, f"{SCHEME}{file.name}")
        self.known = KnownTexts(store, site.name)
        self.counts: Counter[str] = Counter()

    def run(self) -> Report:
        """Import the dump and return its report."""
        self._absorb()
        for article in sorted(self.split.articles, key=lambda one: one.is_excerpt):  # whole ones first
            self.counts["excerpts" if article.is_excerpt else "articles"] += 1
            self._take(article)
        if self.split.headlines and (path := self._listing()):
            self._list(path)
        counts = self.backfill.counts()
        changes = counts.pop("changes", 0)
        return Report(self.file, self.split, self.counts + Counter(counts), changes)

    # ---- articles

    def _take(self, article: Article) -> None:
        extract = _extract(article)
        if article.url:
            self._take_at(article.url, article, extract)
            return
        found = self.known.find(extract.title, extract.text, extract.published)
        if found is None:
            self._add(self._page(extract), article, extract)
            self.counts["unplaced"] += 1
            return
        self.counts["unplaced" if found.is_unplaced else "matched"] += 1
        self._add_to(found, article, extract)

    def _take_at(self, url: str, article: Article, extract: Extract) -> None:
        """Store an article whose address is in the dump."""
        page = self.store.find(self.site.name, key(url, self.site))
        self.counts["matched"] += page is not None
        if article.is_excerpt:
            self.counts["known" if page else "left out"] += 1
        elif page:
            self._add(page, article, extract)
        else:
            self.backfill.add_text(url, self.file.at, extract)

    def _add_to(self, found: Candidate, article: Article, extract: Extract) -> None:
        if article.is_excerpt:
            self.counts["known"] += 1  # the page says as much, or more
            return
        page = self.store.page(found.page)
        if found.is_excerpt:
            self._complete(page, found, extract)
        self._add(page, article, extract)

    def _add(self, page: PageRow, article: Article, extract: Extract) -> None:
        read = read_beside(self.store, page.id, self.file.at, extract)
        what = EXCERPT.partition(" ")[0] if article.is_excerpt else "text"
        self.backfill.add_text_of(page, self.file.at, extract, read=read, what=what)
        self.known.learn(page.id)

    def _complete(self, page: PageRow, found: Candidate, extract: Extract) -> None:
        """Replace a stored excerpt by the full text of the article."""
        read = records.reading(extract, f"text of {self.backfill.origin}")
        self.store.reread_version(found.version, read | {"captured_at": self.file.at})
        self.store.update_page(page.id, {"title": extract.title, "text_digest": extract.digest})

    def _page(self, extract: Extract) -> PageRow:
        """Return the page of an article without an address, created if needed under a `dump:` address."""
        name = re.sub(r"\W+", "-", folded(extract.title))[:LONGEST_NAME].strip("-") or extract.digest[:8]
        url = f"{SCHEME}{self.site.name}/{extract.published or 'undated'}/{name}"
        if self.store.find(self.site.name, url):  # of another article with that title
            url = f"{url}-{extract.digest[:8]}"
        return self._made(url, "article")

    def _made(self, url: str, kind: str) -> PageRow:
        if page := self.store.find(self.site.name, url):
            return page
        values: Values = {
            "site": self.site.name,
            "url": url,
            "kind": kind,
            "state": "unplaced",
            "found_at": self.file.at,
            "found_by": "import",
        }
        return self.store.add_page(values, url)

    # ---- listings

    def _listing(self) -> str | None:
        """The path of the page, if the dump shows a list of articles and names its address."""
        if self.split.url and self.split.is_list:
            return urlsplit(self.split.url).path or "/"
        return "/" if is_home(self.file.name) else None

    def _list(self, path: str) -> None:
        """Store the headlines under an address of our own: extracted from HTML, they would differ."""
        text = "\n".join(self.split.headlines)
        title = urlsplit(self.site.url).hostname or self.site.name
        page = self._made(f"{SCHEME}{self.site.name}{path}", "listing")
        extract = Extract(title, text, "listing", language=language(text, None))
        self.backfill.add_text_of(page, self.file.at, extract)
        self.counts["headlines"] += len(self.split.headlines)

    # ---- what has turned out to be a known page

    def _absorb(self) -> None:
        """Merge pages without an address into the pages that they turn out to be."""
        for page in self.unplaced.pages(self.site.name):
            last = self.store.last_version(page.id)
            if last is None:
                continue
            found = self.known.find(last.title, last.text, last.published, placed=True)
            if found is None:
                continue
            into = self.store.page(found.page)
            for at, origin, version in self.unplaced.sights(page.id):
                if not version.extractor.startswith(EXCERPT):
                    self._hand_over(into, at, origin, version)
            self.unplaced.absorb(page.id, into.id)
            self.known.learn(page.id)
            self.known.learn(into.id)
            self.counts["absorbed"] += 1

    def _hand_over(self, into: PageRow, at: str, origin: str, version: VersionRow) -> None:
        extract = Extract(
            version.title,
            version.text,
            "article",
            version.author,
            version.published,
            language=version.language,
        )
        read = read_beside(self.store, into.id, at, extract)
        Backfill(self.store, self.site, origin).add_text_of(self.store.page(into.id), at, extract, read=read)


def _extract(article: Article) -> Extract:
    return Extract(
        title=article.title,
        text=article.text,
        kind="article",
        author=article.author,
        published=article.published.isoformat() if article.published else None,
        published_by="dump" if article.published else None,
        language=language(article.text, None),
    )
