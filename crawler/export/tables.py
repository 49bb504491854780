"""Writes documents as JSON Lines, CSV or Parquet."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from gzip import GzipFile
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO

from variorum.crawler.errors import Misuse
from variorum.crawler.extras import install_command
from variorum.crawler.output.terminal import UNSAFE
from variorum.storage.export import Document, Field

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters at the start of a cell that make it a formula in a spreadsheet, unless a quote precedes them."""
ROWS, CHARS = 1000, 16 << 20
"""The maximum number of rows, and of characters, in a row group of a Parquet file."""


def json_line(document: Document) -> str:
    """A document as a line of JSON, without characters that control a terminal or end a line."""
    text = json.dumps(document, ensure_ascii=False)
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def write_jsonl(documents: Iterable[Document], file: BinaryIO) -> None:
    """Write each document as one line of JSON."""
    for document in documents:
        file.write(json_line(document).encode())


def write_csv(documents: Iterable[Document], file: BinaryIO, fields: Sequence[Field]) -> None:
    """Write a row for each document under a header row; RFC 4180, UTF-8, and no cell is a formula."""
    names = [field.name for field in fields]
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    try:
        rows = csv.writer(text)
        rows.writerow(names)
        for document in documents:
            whole = {"gone": False, **document}
            rows.writerow([_cell(whole.get(name)) for name in names])
    finally:
        text.detach()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "\n".join(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value.replace("\0", "")
    return str(value).lower() if isinstance(value, bool) else value


def write_parquet(documents: Iterable[Document], file: BinaryIO, fields: Sequence[Field]) -> None:
    """Write a row for each document, in groups of a size that fits into memory. Raises Misuse without
    pyarrow."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise Misuse(f"Parquet needs an extra: {install_command('parquet')}") from error
    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "strings": pa.list_(pa.string()),
    }
    schema = pa.schema([(field.name, types[field.type]) for field in fields])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(documents):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _groups(documents: Iterable[Document]) -> Iterator[list[Document]]:
    group: list[Document] = []
    size = 0
    for document in documents:
        group.append({"gone": False, **document})
        size += len(document.get("text") or "")
        if len(group) >= ROWS or size >= CHARS:
            yield group
            group, size = [], 0
    if group:
        yield group


def packed(file: BinaryIO, path: Path) -> AbstractContextManager[Any]:
    """The file, compressed with zstd if its name ends in `.zst`, or with gzip if in `.gz`."""
    match path.suffix.lower():
        case ".zst":
            return zstd.ZstdFile(file, "wb")
        case ".gz":
            return GzipFile("", "wb", fileobj=file, mtime=0)
    return nullcontext(file)
