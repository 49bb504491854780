"""How fast the index answers, beside a scan of the same texts with LIKE: `python -m benchmarks.search`.

    python -m benchmarks.search                # 100,000 versions: some minutes, 700 MB in a temporary folder
    python -m benchmarks.search 10000

A store of made-up pages (benchmarks/made_store.py) is filled. Each kind of question is asked of the index and
then, once, of every text in turn. Times depend on the machine; what tells is the last column, how many times
faster the index is.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.made_store import Writer, fill, writers
from variorum.storage.reader import Reader
from variorum.storage.search.full_text import SearchFilters, find
from variorum.storage.store import Store

TEXTS = "SELECT version_text(id) AS text FROM versions WHERE id % 997 = 1"


def queries(latin: Writer, persian: Writer, reader: Reader) -> Iterator[tuple[str, list[str], str | None]]:
    """Kinds of questions: a name, some of the kind, and the site they are about."""
    texts = [row["text"].split() for row in reader.rows(TEXTS, {})]
    yield "a rare word", latin.words[5000:5010], None
    yield "a word of every tenth page", latin.words[60:70], None
    yield "the most frequent word", latin.words[:2], None
    yield "a phrase", [f'"{" ".join(text[20:23])}"' for text in texts[:10]], None
    yield "a Persian word", persian.words[500:510], None
    yield "a word of one site", latin.words[60:70], "east"


def scan(reader: Reader, typed: str, site: str | None) -> None:
    sql = (
        "SELECT count(*) FROM versions JOIN pages ON pages.id = versions.page"
        " WHERE (:site IS NULL OR site = :site)"
        " AND (version_text(versions.id) LIKE :like OR versions.title LIKE :like)"
    )
    next(reader.rows(sql, {"site": site, "like": f"%{typed.strip(chr(34))}%"}))


def seconds(ask: Callable[[str], object], questions: list[str]) -> float:
    """Of one question, on average."""
    began = time.perf_counter()
    for question in questions:
        ask(question)
    return (time.perf_counter() - began) / len(questions)


def main() -> None:
    versions = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    latin, persian = writers()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "variorum.db"
        with contextlib.closing(Store.open(path)) as store:
            fill(store, versions, latin, persian)
        print(f"{versions} versions, {path.stat().st_size >> 20} MB")
        print(f"{'':28}{'questions/s':>12}{'LIKE/s':>10}{'times faster':>14}")
        with contextlib.closing(Reader.open(path)) as reader:
            for kind, questions, site in queries(latin, persian, reader):
                index = seconds(
                    lambda typed, site=site: find(reader, typed, SearchFilters(site=site)), questions
                )  # type: ignore[misc]
                like = seconds(lambda typed, site=site: scan(reader, typed, site), questions[:1])  # type: ignore[misc]
                print(f"{kind:28}{1 / index:12.1f}{1 / like:10.2f}{like / index:14.0f}")


if __name__ == "__main__":
    main()
