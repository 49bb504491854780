"""How fast the index answers, beside a scan of the same texts with LIKE.

    .venv/bin/python benchmarks/search.py                 # 100,000 versions: some minutes, 600 MB
    .venv/bin/python benchmarks/search.py --versions 10000

A store of made-up pages is filled as a crawl fills it: three versions a page, one page in four Persian. Each
kind of question is asked of the index and then, once, of every text in turn. Times depend on the machine;
what tells is the last column, how many times faster the index is.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from storage.reader import Reader
from storage.search import find
from storage.store import Store

AT = "2026-03-01T10:00:00Z"
WORDS, VERSIONS, SITES = 400, 3, ("north", "south", "east", "west")
LATIN, PERSIAN = "abdegiklmnoprstuv", "ابتدرزسشفقکگلمنوهی"


class Writer:
    """Writes texts in which, as in speech, few words are frequent and most are rare."""

    def __init__(self, letters: str, size: int, rng: random.Random) -> None:
        self.rng = rng
        self.words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(size)]
        self.often = list(accumulate(1 / (rank + 3) for rank in range(size)))

    def writes(self, count: int) -> list[str]:
        return self.rng.choices(self.words, cum_weights=self.often, k=count)


def fill(store: Store, versions: int, latin: Writer, persian: Writer) -> None:
    for site in SITES:
        store.enrol(site, f"https://{site}.example/")
    for page in range(versions // VERSIONS):
        if page % 200 == 0:
            print(f"\r{page * VERSIONS} versions", end="", file=sys.stderr)
        writer = latin if page % 4 else persian
        with store.writing():
            add_page(store, SITES[page % 7 % 4], page, writer)
    print(file=sys.stderr)


def add_page(store: Store, site: str, number: int, writer: Writer) -> None:
    url, text = f"https://{site}.example/{number}", writer.writes(WORDS)
    known = {
        "site": site,
        "url": url,
        "found_at": AT,
        "found_by": "links",
        "state": "live",
        "version": VERSIONS,
    }
    page = store.add_page(known, url).id
    fetch = {"page": page, "fetched_at": AT, "url": url, "status": 200, "outcome": "ok", "reason": ""}
    for version in range(1, VERSIONS + 1):
        capture = store.add_capture(fetch, None, None)
        values = {"page": page, "number": version, "capture": capture, "captured_at": AT, "words": WORDS}
        titled = {"title": " ".join(text[:6]), "text": " ".join(text), "digest": "", "extractor": "made up"}
        store.add_version(values | titled)
        text[writer.rng.randrange(WORDS)] = writer.writes(1)[0]


def asked(latin: Writer, persian: Writer, reader: Reader) -> Iterator[tuple[str, list[str], str | None]]:
    """Kinds of questions: a name, some of the kind, and the site they are about."""
    texts = [row["text"].split() for row in reader.rows("SELECT text FROM versions WHERE id % 997 = 1", {})]
    yield "a rare word", latin.words[5000:5010], None
    yield "a word of every tenth page", latin.words[60:70], None
    yield "the most frequent word", latin.words[:2], None
    yield "a phrase", [f'"{" ".join(text[20:23])}"' for text in texts[:10]], None
    yield "a Persian word", persian.words[500:510], None
    yield "a word of one site", latin.words[60:70], "east"


def scan(reader: Reader, typed: str, site: str | None) -> None:
    sql = (
        "SELECT count(*) FROM versions JOIN pages ON pages.id = versions.page"
        " WHERE (:site IS NULL OR site = :site) AND (text LIKE :like OR versions.title LIKE :like)"
    )
    next(reader.rows(sql, {"site": site, "like": f"%{typed.strip(chr(34))}%"}))


def seconds(ask: Callable[[str], object], questions: list[str]) -> float:
    """Of one question, on average."""
    began = time.perf_counter()
    for question in questions:
        ask(question)
    return (time.perf_counter() - began) / len(questions)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--versions", type=int, default=100_000)
    versions = parser.parse_args().versions
    rng = random.Random(1)
    latin, persian = Writer(LATIN, 30_000, rng), Writer(PERSIAN, 20_000, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "variorum.db"
        with contextlib.closing(Store.open(path)) as store:
            fill(store, versions, latin, persian)
        print(f"{versions} versions, {path.stat().st_size >> 20} MB")
        print(f"{'':28}{'questions/s':>12}{'LIKE/s':>10}{'times faster':>14}")
        with contextlib.closing(Reader.open(path)) as reader:
            for kind, questions, site in asked(latin, persian, reader):
                index = seconds(lambda typed, site=site: find(reader, typed, site=site), questions)  # type: ignore[misc]
                like = seconds(lambda typed, site=site: scan(reader, typed, site), questions[:1])  # type: ignore[misc]
                print(f"{kind:28}{1 / index:12.1f}{1 / like:10.2f}{like / index:14.0f}")


if __name__ == "__main__":
    main()
