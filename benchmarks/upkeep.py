"""What the upkeep of a large store costs, beside one of a tenth of its size: `python -m benchmarks.upkeep`.

    .venv/bin/python -m benchmarks.upkeep            # 100,000 versions: some minutes, 300 MB
    .venv/bin/python -m benchmarks.upkeep 10000

Each version has its raw page. Every command runs as a user runs it, in a process of its own. Times depend on
the machine; what tells is the third column, how many times SQLite's own check of the same file it takes, and
the last: memory should not grow with the store.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from variorum.storage.bodies import digest_of
from variorum.storage.store import Store

PER_PAGE = 20
"""Versions of one page."""
WORDS = 120
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
RUN = """
import resource, sys
from variorum.crawler.cli.__main__ import main
try:
    main(sys.argv[1:])
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, file=sys.stderr)
"""
COMMANDS = (
    ("verify",),
    ("backup", "copy.db"),
    ("evidence", "1", "-o", "evidence"),
    ("prune", "--captures", "30d", "--bodies", "30d", "--dry-run"),
    ("prune", "--captures", "30d", "--bodies", "30d"),
    ("verify", "--json"),
)


def fill(store: Store, versions: int) -> None:
    """Pages with versions that differ by a word, each looked at three times."""
    rng = random.Random(1)
    words = ["".join(rng.choices("abdegiklmnoprstuv", k=rng.randint(2, 9))) for _ in range(20_000)]
    store.enrol("made-up", "https://made-up.example/")
    for page in range(versions // PER_PAGE):
        with store.writing():
            add_page(store, page, rng, words)


def add_page(store: Store, number: int, rng: random.Random, words: list[str]) -> None:
    url = f"https://made-up.example/{number}"
    known = {"site": "made-up", "url": url, "found_at": moment(0), "found_by": "links", "state": "live"}
    page = store.add_page({**known, "version": PER_PAGE}, url).id
    text_words = rng.choices(words, k=WORDS)
    for version in range(1, PER_PAGE + 1):
        text_words[rng.randrange(WORDS)] = rng.choice(words)
        text, at = " ".join(text_words), moment(version * 3)
        body = f"<!doctype html><title>{text_words[0]}</title><p>{text}</p>".encode()
        fetch = {"page": page, "url": url, "status": 200, "outcome": "ok", "reason": "", "length": len(body)}
        fetch |= {"digest": digest_of(body)}
        capture = store.add_capture({**fetch, "fetched_at": at}, store.pack(body, page))
        for look in (1, 2):
            store.add_capture({**fetch, "fetched_at": moment(version * 3 + look)})
        values = {"page": page, "number": version, "capture": capture, "captured_at": at, "words": WORDS}
        digest = digest_of(f"{text_words[0]}\n\n{text}".encode())
        store.add_version(
            {**values, "title": text_words[0], "text": text, "digest": digest, "extractor": "made up"}
        )
        if version > 1:
            change = {"site": "made-up", "page": page, "kind": "edited", "url": url, "version": version}
            change |= {"old_version": version - 1, "seen_old": moment(version * 3 - 1), "seen_new": at}
            store.add_change({**change, "found_at": at})


def moment(day: int) -> str:
    return (BEGAN + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")


def measured(root: Path, words: tuple[str, ...]) -> tuple[float, int]:
    """Seconds, and megabytes at the most, of one command."""
    began = time.perf_counter()
    command = [sys.executable, "-c", RUN, "-C", str(root), *words]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, int(done.stderr.rpartition("peak ")[2])


def checked(path: Path) -> float:
    """Seconds of SQLite's own check."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return time.perf_counter() - began


def measure(root: Path, versions: int) -> list[tuple[float, int]]:
    (root / "variorum.toml").touch()
    with closing(Store.open(root / "variorum.db")) as store:
        fill(store, versions)
    own = checked(root / "variorum.db")
    size = (root / "variorum.db").stat().st_size >> 20
    print(f"{versions} versions, {size} MB; SQLite's own check {own:.1f} s", file=sys.stderr)
    return [(own, 0), *(measured(root, words) for words in COMMANDS)]


def main() -> None:
    versions = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with TemporaryDirectory() as small, TemporaryDirectory() as large:
        (_, *few), (own, *many) = measure(Path(small), versions // 10), measure(Path(large), versions)
    print(f"{'':58}{'s':>8}{'checks':>8}{'MB':>6}{'MB, a tenth':>13}")
    for words, (seconds, most), (_, less) in zip(COMMANDS, many, few, strict=True):
        print(f"{' '.join(words):58}{seconds:8.1f}{seconds / own[0]:8.1f}{most:6}{less:13}")


if __name__ == "__main__":
    main()
