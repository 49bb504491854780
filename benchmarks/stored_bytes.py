"""What a page and a new version of it take in the store: `python -m benchmarks.stored_bytes`.

    .venv/bin/python -m benchmarks.stored_bytes          # made-up pages of real size, of one design
    .venv/bin/python -m benchmarks.stored_bytes FILE     # real captures, like those of benchmarks.captures

Nothing is crawled or extracted: pages, texts and bodies are stored as a crawl stores them, with all that
belongs to a version (words to search in, seals, indexes), and counted by table. Of real captures, whose texts
are not known here, only the bodies are counted. Reading is timed, as CPU, over a long history of one page.
"""

from __future__ import annotations

import json
import lzma
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crawl import design
from benchmarks.crawl.articles import Article, article, edited
from variorum.storage import texts
from variorum.storage.bodies import digest_of
from variorum.storage.compression import compress, zstd
from variorum.storage.dictionaries import SAMPLES, choose
from variorum.storage.store import Store

PAGES, EDITED, LONG = 400, 20, 60
"""Pages; one in so many is edited; versions of one page, to read them again."""
SITE = "https://ormhead.example"
AT = "2026-03-01T06:00:00Z"
TRAINED = 112_640
"""Bytes of a dictionary by zstd's trainer: its own default."""
SHOWN = 8
"""Tables and indexes that are shown by themselves."""


def text_of(shown: Article) -> str:
    """The text that a crawl would store."""
    parts = [line for part in shown.sections for line in (part.heading, *part.paragraphs) if line]
    return "\n".join(parts)


class Writer:
    """Stores pages as a crawl does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        store.enrol("ormhead", f"{SITE}/")
        self.run = store.begin_run("ormhead", AT)

    def page(self, path: str) -> int:
        url = f"{SITE}{path}"
        found = {"site": "ormhead", "url": url, "found_at": AT, "found_by": "sitemap", "found_run": self.run}
        with self.store.writing():
            page = self.store.add_page({**found, "state": "live"}, url).id
            self.store.list_page(page, "sitemap", self.run)
        return page

    def capture(self, page: int, path: str, body: bytes, *, kept: bool) -> int:
        fetch = {"page": page, "run": self.run, "fetched_at": AT, "url": f"{SITE}{path}", "status": 200}
        fetch |= {"outcome": "ok", "reason": f"HTTP 200, {len(body)} bytes", "encoding": "utf-8"}
        fetch |= {"content_type": "text/html; charset=utf-8", "digest": digest_of(body), "length": len(body)}
        return self.store.add_capture(fetch, self.store.pack(body, page) if kept else None)

    def version(self, page: int, number: int, shown: Article, body: bytes) -> None:
        text = text_of(shown)
        capture = self.capture(page, shown.path, body, kept=True)
        values = {"page": page, "number": number, "capture": capture, "captured_at": AT, "title": shown.title}
        values |= {"text": text, "digest": digest_of(f"{shown.title}\n\n{text}".encode()), "links": ""}
        values |= {"words": len(text.split()), "author": shown.author, "published": shown.date}
        self.store.add_version({**values, "language": "en", "extractor": "made up"})
        seen = {"version": number, "seen_at": AT, "checked_at": AT, "title": shown.title, "kind": "article"}
        self.store.update_page(page, seen)


def tables(store: Store) -> dict[str, int]:
    """The bytes of each table and index."""
    store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return dict(store.db.conn.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))


def told(what: str, before: dict[str, int], after: dict[str, int], count: int) -> None:
    """Prints the growth of each table, divided by `count`."""
    grown = {name: (size - before.get(name, 0)) / count for name, size in after.items()}
    print(f"{what}: {sum(grown.values()):,.0f} bytes each")
    for name, size in sorted(grown.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"    {name:32} {size:10,.0f}")


def made_up(store: Store) -> None:
    """First sights, new versions, and reading, of made-up pages."""
    writer, empty = Writer(store), tables(store)
    pages = {}
    for number in range(PAGES):
        shown = article(number)
        with store.writing():
            pages[number] = writer.page(shown.path)
            writer.version(pages[number], 1, shown, design.page(shown, PAGES, noise=1))
    first = tables(store)
    told(f"first sight of a page, of {PAGES}", empty, first, PAGES)
    for number in range(0, PAGES, EDITED):
        shown = edited(article(number))
        writer.version(pages[number], 2, shown, design.page(shown, PAGES, noise=2))
    second = tables(store)
    told("a new version with its body", first, second, PAGES // EDITED)
    for number in range(PAGES):
        if number % EDITED:
            shown = article(number)
            writer.capture(pages[number], shown.path, design.page(shown, PAGES, noise=2), kept=False)
    told("a look at a page that has not changed", second, tables(store), PAGES - PAGES // EDITED)
    reading(store, writer, pages[1])


def reading(store: Store, writer: Writer, page: int) -> None:
    """Prints how long the slowest body and text of a long history take to read."""
    shown = article(1)
    for number in range(2, LONG):
        shown = edited(shown) if number % 2 else article(1)
        writer.version(page, number, shown, design.page(shown, PAGES, noise=number))
    slowest = {"body": 0.0, "text": 0.0}
    for version in store.versions_of(page):
        digest = store.capture(version.capture).body or ""
        began = time.process_time()
        store.body(digest)
        between = time.process_time()
        texts.get(store.db.conn, version.id)
        slowest["body"] = max(slowest["body"], between - began)
        slowest["text"] = max(slowest["text"], time.process_time() - between)
    for what, seconds in slowest.items():
        print(f"the slowest {what} of {LONG} versions: {1000 * seconds:.1f} ms")


def captures(path: Path) -> Iterator[tuple[str, str | None, bytes]]:
    """Name of the page, version and body of each capture of a file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if "html" in record:
                yield record["seq"], record.get("v"), record["html"].encode()


def real(store: Store, path: Path) -> None:
    """The bodies of real captures: of each page the first one, and each that differs in its text."""
    writer, sizes = Writer(store), defaultdict(list)
    pages: dict[str, int] = {}
    last: dict[str, str | None] = {}
    firsts: dict[str, list[bytes]] = defaultdict(list)
    for name, version, body in captures(path):
        if name in pages and version == last[name]:
            continue
        kind, last[name] = "a new version" if name in pages else "first sight", version
        if name not in pages:
            pages[name] = writer.page(f"/{name}")
            firsts[name.split("/")[0]].append(body)
        sizes[kind].append((len(body), len(store.pack(body, pages[name]).data)))
        writer.capture(pages[name], f"/{name}", body, kept=True)
    for kind, found in sizes.items():
        raw, packed = (sum(some) / len(found) for some in zip(*found, strict=True))
        print(f"{kind}: {len(found)} bodies of {raw:,.0f} bytes, {packed:,.0f} stored")
    for service, bodies in firsts.items():
        if len(bodies) >= 2 * SAMPLES:
            dictionaries(service, bodies)


def dictionaries(service: str, bodies: list[bytes]) -> None:
    """Prints what half of the pages of a service take with a dictionary of the other half, of two makings."""
    samples, others = bodies[: len(bodies) // 2], bodies[len(bodies) // 2 :]
    chosen, trained = choose(samples), zstd.train_dict(samples * 4, TRAINED)
    assert chosen
    taken = [
        sum(map(len, map(compress, others))),
        sum(len(zstd.compress(body, level=9, zstd_dict=trained)) for body in others),
        sum(len(chosen.compress(body)) for body in others),
    ]
    alone, by_trainer, by_page = (size / len(others) for size in taken)
    print(f"{service}: alone {alone:,.0f}, trained {by_trainer:,.0f}, a page as dictionary {by_page:,.0f}")


def main(path: str | None) -> None:
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "v.db")) as store:
        if path:
            real(store, Path(path))
        else:
            made_up(store)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
