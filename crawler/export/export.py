"""Runs an export: writes the requested documents to a file with a data card, or to standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from variorum.crawler.diffing.tokens import words
from variorum.crawler.errors import Misuse
from variorum.crawler.export.atomic_write import whole_file, whole_folder
from variorum.crawler.export.data_card import ExportTally, card, card_path
from variorum.crawler.export.document_outline import OUTLINE, outlined
from variorum.crawler.export.markdown import write_markdown
from variorum.crawler.export.passage_places import PLACE, placed
from variorum.crawler.export.plain_text import write_text
from variorum.crawler.export.tables import packed, write_csv, write_jsonl, write_parquet
from variorum.crawler.output.progress import counted
from variorum.storage import bodies, export
from variorum.storage.export import PARTS, Document, Field, Unit, page_of
from variorum.storage.reader import Reader
from variorum.storage.search.near_duplicates import copies, group_of
from variorum.storage.site_filter import SiteFilter

FORMATS = ("jsonl", "csv", "markdown", "text", "parquet", "warc")
FOLDERS = {"markdown": write_markdown, "text": write_text}
"""The formats that are a folder with a file for each document."""
TO_A_STREAM = ("jsonl", "csv")
ENDINGS = ("jsonl", "csv", "parquet", "warc")
"""The formats that are a file whose name ends so."""
GROUP = Field("family", "integer", "pages of one number have the same text, or nearly")
CAPTURE = (
    Field("url", "string", "the address that answered"),
    Field("fetched_at", "string", "UTC"),
    Field("status", "integer", "HTTP status"),
)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The options of an export: its format, unit, site and time."""

    format: str = "jsonl"
    unit: Unit = "page"
    site: SiteFilter = None
    since: str | None = None
    as_of: str | None = None
    outline: bool = False
    groups: bool = False
    one_per_group: bool = False

    def check(self, path: Path | None) -> None:
        """Check the options; raises Misuse for a combination that is not supported."""
        if path is None and self.format not in TO_A_STREAM:
            raise Misuse(f"--format {self.format} needs a name to write to: -o")
        if self.format in FOLDERS and self.unit in PARTS:
            raise Misuse(
                f"--format {self.format} writes a file for a page or a version;"
                f" for a {self.unit}, use jsonl, csv or parquet"
            )
        if self.outline and self.unit in PARTS:
            raise Misuse(f"--outline applies to a whole page or version, not to a {self.unit}")
        if self.format == "warc" and (self.unit != "page" or self.outline or self.groups):
            raise Misuse(
                "a WARC file has captures as they were received: --unit, --outline and --families don't apply"
            )

        if self.one_per_group and (self.format == "warc" or self.since or self.as_of):
            raise Misuse(
                "--one-per-family applies to the current texts:"
                " don't combine it with --since, --as-of or warc"
            )

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return the fields that each document of this export has."""
        if self.format == "warc":
            return CAPTURE
        more = (
            *(PLACE if self.unit == "passage" else ()),
            *(OUTLINE if self.outline else ()),
            *((GROUP,) if self.groups else ()),
        )
        of_unit = export.FIELDS[self.unit]
        return (*of_unit[:-1], *more, of_unit[-1])


def format_of(path: Path | None) -> str:
    """Return the format that the name of a file ends with, as in `all.csv.zst`; else JSON Lines."""
    name = path.name.lower().removesuffix(".zst").removesuffix(".gz") if path else ""
    ending = name.rpartition(".")[2]
    return ending if ending in ENDINGS else "jsonl"


def export_to(path: Path | None, reader: Reader, request: ExportRequest) -> tuple[int, str]:
    """Write the export; return the number of documents (with tombstones), and the cursor for the next one.

    Raises Misuse and StoreError; then the file, or folder, is as it was before.
    """
    request.check(path)
    tally = ExportTally()
    with reader.held():
        cursor = str(export.cursor(reader))
        documents = counted(tally.through(documents_of(reader, request)), "documents")
        if path is None:
            _write(documents, sys.stdout.buffer, Path(), reader, request)
            sys.stdout.flush()
        elif request.format in FOLDERS:
            with whole_folder(path) as folder:
                FOLDERS[request.format](documents, folder)
        else:
            with whole_file(path) as file:
                _write(documents, file, path, reader, request)
    if path:
        options = {
            "format": request.format,
            "unit": request.unit,
            "since": request.since,
            "as_of": request.as_of,
        }
        with whole_file(card_path(path)) as file:
            about = card(tally, path, request.fields, options, cursor)
            file.write(json.dumps(about, ensure_ascii=False, indent=2).encode() + b"\n")
    return tally.documents + tally.gone, cursor


def documents_of(reader: Reader, request: ExportRequest) -> Iterator[Document]:
    """Yield the documents of an export one by one; raises StoreError for a bad cursor."""
    chosen: dict[str, Any] = {"site": request.site, "since": request.since, "as_of": request.as_of}
    if request.format == "warc":
        return export.captures(reader, **chosen)
    found = export.documents(reader, request.unit, **chosen)
    if request.unit in PARTS:
        found = _with_words(found)
    if request.unit == "passage":
        found = placed(found, reader)
    if request.outline:
        found = outlined(found, reader)
    if request.groups:
        found = _with_groups(found, group_of(reader))
    if request.one_per_group:
        left_out = copies(reader, site=request.site)
        found = (document for document in found if page_of(document) not in left_out)
    return found


def _with_words(documents: Iterator[Document]) -> Iterator[Document]:
    for document in documents:
        yield document if document.get("gone") else document | {"words": len(words(document["text"]))}


def _with_groups(documents: Iterator[Document], groups: dict[int, int]) -> Iterator[Document]:
    for document in documents:
        yield document if document.get("gone") else document | {"family": groups.get(page_of(document))}


def _write(
    documents: Iterator[Document], file: BinaryIO, path: Path, reader: Reader, request: ExportRequest
) -> None:
    match request.format:
        case "jsonl":
            with packed(file, path) as out:
                write_jsonl(documents, out)
        case "csv":
            with packed(file, path) as out:
                write_csv(documents, out, request.fields)
        case "parquet":
            write_parquet(documents, file, request.fields)
        case "warc":
            from variorum.crawler.export.warc import write_warc  # noqa: PLC0415 - a tenth of a second

            write_warc(documents, file, path.name, lambda digest: bodies.get(reader.db.conn, digest))
