"""Inserts one imported capture into the history of its page. Callers hold the transaction."""

from __future__ import annotations

from dataclasses import asdict, replace

from variorum.crawler.backfill.placement import Earlier, Inserted, Seen, VersionSpan, index_at, place
from variorum.crawler.classification.outcome import Verdict
from variorum.crawler.diffing.diff import Diff, compare
from variorum.crawler.extraction.extract import Extract, ExtractionError
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.times import iso, now
from variorum.crawler.tracking import records, reextraction
from variorum.crawler.tracking.drift import is_ours
from variorum.crawler.tracking.new_pages import publication, published_between
from variorum.crawler.tracking.records import Capture, Change, Version
from variorum.storage.bodies import digest_of
from variorum.storage.history import Sighting
from variorum.storage.rows import PageRow, Values, VersionRow
from variorum.storage.store import Store


class Insertion:
    """Inserts a capture of a page, extracted as `extract` by the reader named `label`."""

    def __init__(
        self,
        store: Store,
        reader: PageReader,
        page: PageRow,
        fetched: FetchResult,
        extract: Extract,
        label: str,
    ) -> None:
        self.store, self.reader, self.page = store, reader, page
        self.fetched, self.extract, self.label = fetched, extract, label
        self.at = fetched.fetched_at
        self.changes = 0
        """The number of changes found."""

    def run(self, verdict: Verdict, origin: str) -> str:
        """Insert the capture; return `version` if it became a version, else `seen`."""
        versions = self._versions()
        spans = _spans(versions, self.store.sights(self.page.id), self.extract.links)
        found = place(spans, self.at, _content_key(self.extract.digest, self.extract.links))
        kept = not isinstance(found, Seen) and self.label == self.reader.label
        capture = records.add_capture(
            self.store,
            Capture(
                page=self.page,
                fetched=self.fetched,
                verdict=verdict,
                body=self.store.pack(self.fetched.body, self.page.id) if kept else None,
                origin=origin,
            ),
        )
        match found:
            case Seen(index):
                self.store.extend_forward(versions[index], self.at)
            case Earlier(index):
                # A text alone can't be read again: the version keeps the bytes that it has.
                bytes_too = self.label == self.reader.label
                self.store.extend_back(
                    versions[index], capture if bytes_too else versions[index].capture, self.at
                )
            case Inserted(index, splits):
                self._insert(capture, index, versions[index - 1] if splits else None)
        self._was_there()
        self._keep_page()
        return "version" if isinstance(found, Inserted) else "seen"

    # ---- versions

    def _versions(self) -> list[VersionRow]:
        """Return the page's versions, with the neighbours of the capture extracted again by today's rules."""
        versions = self.store.versions_of(self.page.id)
        index = index_at([version.captured_at for version in versions], self.at)
        for near in range(max(0, index - 1), min(len(versions), index + 1)):
            versions[near] = self._reread(versions[near])
        return versions

    def _reread(self, version: VersionRow) -> VersionRow:
        if version.extractor == self.reader.label:
            return version
        try:
            extract = reextraction.reextract(self.store, self.reader, version)
        except ExtractionError:
            return version
        return reextraction.keep(self.store, self.reader, version, extract)

    def _insert(self, capture: int, index: int, split: VersionRow | None) -> None:
        """Insert a version at this index; `split` is the version before it, if that was seen again later."""
        number = index + 1
        again = self._first_sight() if split else None
        self.store.make_room(self.page.id, number, 2 if again else 1)
        page = replace(self.page, modified=None)  # as its sources date it now, and not then
        records.add_version(
            self.store,
            Version(
                page=page,
                number=number,
                capture=capture,
                fetched=self.fetched,
                extract=self.extract,
                label=self.label,
            ),
        )
        if split and again:
            values = asdict(split) | {"number": number + 1, "capture": again.capture, "captured_at": again.at}
            del values["id"]
            self.store.add_version(values)
            self.store.repeat_version(split, number + 1, again, self.at)
        self._record_changes(index, leap=split is None)

    def _first_sight(self) -> Sighting:
        """Return when the page was first seen after the capture."""
        return next(sight for sight in self.store.sights(self.page.id) if sight.at > self.at)

    def _body(self, version: VersionRow) -> bytes | None:
        kept = self.store.capture(version.capture).body
        return self.store.body(kept) if kept else None

    # ---- changes

    def _record_changes(self, index: int, *, leap: bool) -> None:
        """Record the changes to the version at this index and from it to the next, as found now."""
        versions = self.store.versions_of(self.page.id)
        spans = _spans(versions, self.store.sights(self.page.id))
        for old in (index - 1, index):
            if old >= 0 and old + 1 < len(versions):
                self._compare(versions[old], versions[old + 1], seen_old=spans[old].last)
        if index == 0 and self._is_new():
            page = self._as_of(None)
            self._add(Change(page=page, kind="new", seen_new=self.at, extract=self.extract, number=1))
        elif leap and index + 1 < len(versions):
            self.store.forget_leap(self.page.id, index, index + 2)

    def _compare(self, old: VersionRow, new: VersionRow, seen_old: str) -> None:
        diff = compare(old, new)
        if diff and self._is_drift(old, new, diff):
            records.add_drift(self.store, self.page, new.captured_at, new.number, diff)
        elif diff:
            page = self._as_of(seen_old)
            extract = _extract(new)
            self._add(
                Change(
                    page=page,
                    kind=diff.kind,
                    seen_new=new.captured_at,
                    old=old,
                    extract=extract,
                    number=new.number,
                    diff=diff,
                )
            )

    def _is_drift(self, old: VersionRow, new: VersionRow, diff: Diff) -> bool:
        """Whether the difference is extraction drift: the text differs, and the page did not change."""
        old_body, new_body = self._body(old), self._body(new)
        try:
            return bool(old_body and new_body and is_ours(diff, old_body, new_body, self.page.url))
        except ExtractionError:
            return False

    def _as_of(self, seen_at: str | None) -> PageRow:
        """The page as if it had last been seen at that time; without the dates that its sources give now."""
        return replace(self.page, seen_at=seen_at, modified=None)

    def _add(self, change: Change) -> None:
        records.add_change(self.store, replace(change, found_at=iso(now()), backfilled=True))
        self.changes += 1

    def _is_new(self) -> bool:
        """Whether the page was published after the first run of its site."""
        since = self.store.site(self.page.site).watched_since
        published = publication(self.page, self.extract)
        if not since or not published or self.page.version is not None:
            return False
        return published_between(published, since, self.at)

    def _was_there(self) -> None:
        """If the page counted as gone at that time, record that it had returned."""
        left = self.store.left_at(self.page.id, self.at)
        if left is None:
            return
        back, missed = (
            self.store.return_after(self.page.id, self.at),
            self.store.missed(self.page.id, self.at),
        )
        if back and not (missed and missed < back[1]):
            self.store.happened_by(back[0], self.at)
            return
        versions = self.store.versions_of(self.page.id)
        last = versions[index_at([version.captured_at for version in versions], self.at) - 1]
        returned = Change(
            page=self._as_of(left),
            kind="returned",
            seen_new=self.at,
            old=last,
            extract=self.extract,
            number=last.number,
        )
        self._add(returned)
        if missed:
            gone = replace(
                returned, page=self._as_of(self.at), kind="gone", seen_new=missed, page_removed=True
            )
            self._add(gone)

    # ---- the page

    def _keep_page(self) -> None:
        """Update the page's row: its latest version, and when it was last seen."""
        page, last = self.store.page(self.page.id), self.store.last_version(self.page.id)
        assert last is not None
        values: Values = {}
        if page.version != last.number:
            values = {
                "version": last.number,
                "title": last.title,
                "text_digest": last.digest,
                "language": last.language,
                "kind": page.kind or self.extract.kind,
                **records.published(page, self.extract),
                "changed_at": self.at if page.version else page.changed_at,
            }
        if self.at > (page.seen_at or ""):
            values |= self._seen(page)
        if values:
            self.store.update_page(page.id, values)

    def _seen(self, page: PageRow) -> Values:
        """The columns of a page that was never seen later than now."""
        values: Values = {
            "seen_at": self.at,
            "body_digest": digest_of(self.fetched.body),
            "etag": None,
            "last_modified": None,
        }
        if page.state in ("missing", "gone") and self.at > (page.checked_at or ""):
            values |= {"state": "live", "missing_since": None, "missing_run": None}
        return values


def _content_key(digest: str, links: str | None) -> str:
    """Return the text digest and the links in one string; equal ones mean the same version."""
    return f"{digest} {sorted((links or '').splitlines())}"


def _spans(versions: list[VersionRow], sights: list[Sighting], links: str | None = None) -> list[VersionSpan]:
    """The captures between which each version lasted; a version with unknown links is taken to have these."""
    ends = [version.captured_at for version in versions[1:]] + ["~"]  # after every time
    return [
        VersionSpan(
            _content_key(version.digest, links if version.links is None or links is None else version.links),
            version.captured_at,
            max((s.at for s in sights if version.captured_at <= s.at < end), default=version.captured_at),
        )
        for version, end in zip(versions, ends, strict=False)  # of no versions there is one end
    ]


def _extract(version: VersionRow) -> Extract:
    """Return a stored version as an `Extract`, as it was read when it was stored."""
    return Extract(version.title, version.text, "article", modified=version.modified)
