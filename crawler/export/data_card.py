"""The data card of an export: a file beside it that describes its contents."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from variorum.crawler import __version__
from variorum.crawler.export.atomic_write import MARK
from variorum.crawler.times import iso, now
from variorum.storage.export import Document, Field

LICENCE = (
    "The texts belong to their authors and sites, whose terms hold for any use of them;"
    " Variorum adds no rights of its own and takes none away."
)
DATES = ("published", "captured_at", "fetched_at")


class ExportTally:
    """Counts documents, sites, languages and dates while an export is written."""

    def __init__(self) -> None:
        self.documents = self.gone = 0
        self.sites: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.extractors: Counter[str] = Counter()
        self.spans: dict[str, list[str]] = {}

    def through(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield the documents unchanged, and count them."""
        for document in documents:
            if document.get("gone"):
                self.gone += 1
            else:
                self._count(document)
            yield document

    def _count(self, document: Document) -> None:
        self.documents += 1
        for name, counter in (
            ("site", self.sites),
            ("language", self.languages),
            ("extractor", self.extractors),
        ):
            if document.get(name):
                counter[document[name]] += 1
        for name in DATES:
            if date := document.get(name):
                span = self.spans.setdefault(name, [date, date])
                span[:] = min(span[0], date), max(span[1], date)


def card(
    tally: ExportTally, path: Path, fields: Sequence[Field], options: dict[str, Any], cursor: str
) -> Document:
    """Return the data card of the export at `path`."""
    return {
        "made_by": f"variorum {__version__}",
        "made_at": iso(now()),
        **options,
        "cursor": cursor,
        "documents": tally.documents,
        "gone": tally.gone,
        "sites": dict(tally.sites),
        "languages": dict(tally.languages),
        "extractors": dict(tally.extractors),
        "dates": {name: {"from": first, "to": last} for name, (first, last) in tally.spans.items()},
        "licence": LICENCE,
        "fields": [{"name": field.name, "type": field.type, "means": field.means} for field in fields],
        "files": [_file(file, path) for file in _files(path)],
    }


def card_path(path: Path) -> Path:
    """Return the path of the data card of an export."""
    return path.with_name(f"{path.name}.card.json")


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and file.name != MARK)


def _file(file: Path, path: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    name = file.relative_to(path.parent).as_posix()
    return {"name": name, "bytes": file.stat().st_size, "sha256": digest}
