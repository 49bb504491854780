"""How fast documents are handed out, beside the least that any export must do: `python -m benchmarks.export`.

    python -m benchmarks.export                # 100,000 versions: some minutes, 700 MB in a temporary folder
    python -m benchmarks.export 10000

A store of made-up pages (benchmarks/made_store.py) is exported in each format and unit. The least is to read
the same rows with the standard library alone and to write each as a line of JSON, with no order, no
tombstones and nothing whole or not at all; it is measured before each export. Times depend on the machine;
what tells is the last column, how many times as long an export takes for a document. At the end a hundredth
of the pages is edited, and what is new since the cursor is exported beside all of it again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.made_store import VERSIONS, WORDS, add_version, fill, writers
from variorum.crawler.export.export import ExportRequest, export_to
from variorum.storage.reader import Reader
from variorum.storage.store import Store

LEAST = """
    SELECT pages.url, pages.site, versions.*, version_text(versions.id) AS text,
           version_links(versions.id) AS links
    FROM versions JOIN pages ON pages.id = versions.page
    WHERE versions.number = pages.version
"""
EXPORTS = {
    "jsonl": ExportRequest("jsonl"),
    "jsonl.zst": ExportRequest("jsonl"),
    "csv": ExportRequest("csv"),
    "parquet": ExportRequest("parquet"),
    "markdown": ExportRequest("markdown"),
    "text": ExportRequest("text"),
    "jsonl, versions": ExportRequest("jsonl", "version"),
    "jsonl, paragraphs": ExportRequest("jsonl", "paragraph"),
    "jsonl, passages": ExportRequest("jsonl", "passage"),
    "jsonl, as of a day": ExportRequest("jsonl", as_of="2026-03-02T12:00:00Z"),
    "jsonl, one site": ExportRequest("jsonl", site="east"),
    "jsonl, outline": ExportRequest("jsonl", outline=True),
    "warc": ExportRequest("warc"),
}


def main() -> None:
    """Fill a store, export it in each way, print a line for each."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "variorum.db"
        with closing(Store.open(path)) as store:
            fill(store, wanted, *writers())
            print(f"{wanted:,} versions of {wanted // VERSIONS:,} pages, {path.stat().st_size >> 20} MB")
            print(f"{'':22}{'documents':>11}{'a second':>11}{'times the least':>17}")
            with closing(Reader.open(path)) as reader:
                for kind, request in EXPORTS.items():
                    out = folder / f"out.{kind.partition(',')[0]}"
                    _, least = _timed(lambda: _least(path, folder / "least.jsonl"))
                    count, each = _timed(lambda out=out, request=request: export_to(out, reader, request)[0])  # type: ignore[misc]
                    print(f"{kind:22}{count:11,}{1 / each:11,.0f}{each / least:17.1f}", flush=True)
                _increments(store, reader, folder)


def _timed(export: Callable[[], int]) -> tuple[int, float]:
    """How many documents an export hands out, and the seconds that it takes for each."""
    began = time.perf_counter()
    count = export()
    return count, (time.perf_counter() - began) / max(count, 1)


def _least(path: Path, out: Path) -> int:
    with closing(Reader.open(path)) as reader, out.open("w", encoding="utf-8") as file:
        rows = reader.db.conn.execute(LEAST)
        names = [column[0] for column in rows.description]
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is how many there were
            file.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n")
        return count


def _increments(store: Store, reader: Reader, folder: Path) -> None:
    """Edit a hundredth of the pages; how long the news take, beside the whole."""
    _, cursor = export_to(folder / "all.jsonl", reader, ExportRequest("jsonl"))
    latin, _ = writers()
    pages = list(store.db.conn.execute("SELECT id, url FROM pages WHERE id % 100 = 1"))
    with store.writing():
        for page, url in pages:
            add_version(store, page, url, VERSIONS + 1, latin.writes(WORDS))
            store.update_page(page, {"version": VERSIONS + 1})
    began = time.perf_counter()
    whole, _ = export_to(folder / "all.jsonl", reader, ExportRequest("jsonl"))
    between = time.perf_counter()
    news, _ = export_to(folder / "new.jsonl", reader, ExportRequest("jsonl", since=cursor))
    ended = time.perf_counter()
    print(
        f"since a cursor: {news:,} of {whole:,} documents"
        f" in {(ended - between) / (between - began):.0%} of the time of all"
    )


if __name__ == "__main__":
    main()
