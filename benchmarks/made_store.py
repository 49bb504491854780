"""A store of made-up pages, filled as a crawl fills it: three versions a page, one page in four Persian.

Each version has its body, so that it can be exported as a capture too.
"""

from __future__ import annotations

import hashlib
import random
from itertools import accumulate

from variorum.crawler.output.progress import counted
from variorum.storage.store import Store

WORDS, VERSIONS, SITES = 400, 3, ("north", "south", "east", "west")
LATIN, PERSIAN = "abdegiklmnoprstuv", "ابتدرزسشفقکگلمنوهی"
AT_ONCE = 200
"""Pages in one transaction."""
HOUR = "2026-03-{:02}T10:00:00Z"


class Writer:
    """Writes texts in which, as in speech, few words are frequent and most are rare."""

    def __init__(self, letters: str, size: int, rng: random.Random) -> None:
        self.rng = rng
        self.words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(size)]
        self.often = list(accumulate(1 / (rank + 3) for rank in range(size)))

    def writes(self, count: int) -> list[str]:
        return self.rng.choices(self.words, cum_weights=self.often, k=count)


def writers() -> tuple[Writer, Writer]:
    """One who writes Latin letters, and one who writes Persian; the same each time."""
    rng = random.Random(1)
    return Writer(LATIN, 30_000, rng), Writer(PERSIAN, 20_000, rng)


def fill(store: Store, versions: int, latin: Writer, persian: Writer) -> None:
    """Put so many versions into the store."""
    for site in SITES:
        store.enrol(site, f"https://{site}.example/")
    pages = versions // VERSIONS
    begins = range(0, pages, AT_ONCE)
    for begin in counted(begins, "batches of pages", len(begins)):
        with store.writing():
            for page in range(begin, min(begin + AT_ONCE, pages)):
                _add_page(store, SITES[page % 7 % 4], page, latin if page % 4 else persian)


def _add_page(store: Store, site: str, number: int, writer: Writer) -> None:
    url, text = f"https://{site}.example/{number}", writer.writes(WORDS)
    state = {"state": "live", "kind": "article", "version": VERSIONS, "seen_at": HOUR.format(VERSIONS)}
    page = store.add_page({"site": site, "url": url, "found_at": HOUR.format(1), "found_by": "links"}, url).id
    for version in range(1, VERSIONS + 1):
        add_version(store, page, url, version, text)
        text[writer.rng.randrange(WORDS)] = writer.writes(1)[0]
    store.update_page(page, state)


def add_version(store: Store, page: int, url: str, number: int, words: list[str]) -> None:
    """One more version of a page, with its capture and body."""
    title, text, at = " ".join(words[:6]), " ".join(words), HOUR.format(number)
    body = f"<!doctype html><title>{title}</title><main><h1>{title}</h1><p>{text}</p></main>".encode()
    fetch = {"page": page, "fetched_at": at, "url": url, "status": 200, "outcome": "ok", "reason": ""}
    fetch |= {"content_type": "text/html; charset=utf-8", "encoding": "utf-8"}
    fetch["digest"] = hashlib.sha256(body).hexdigest()
    capture = store.add_capture(fetch, store.pack(body, page))
    values = {"page": page, "number": number, "capture": capture, "captured_at": at, "words": WORDS}
    digest = hashlib.sha256(f"{title}\n\n{text}".encode()).hexdigest()
    titled = {"title": title, "text": text, "digest": digest, "language": "en", "extractor": "made up"}
    store.add_version(values | titled)
