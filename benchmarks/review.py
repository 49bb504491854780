"""How long each page of the review takes, over 100,000 changes and over ten: `python -m benchmarks.review`.

A page asks along indexes, so the two should be nearly alike; the last column is how many times slower the
full store is. What counts a whole site, in an index, or weighs every version that has a common word, grows
with what there is to count. `python -m benchmarks.review 20000` is for the impatient.
"""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from starlette.testclient import TestClient

from variorum.crawler.diffing.diff import TitledText, compare
from variorum.crawler.tracking.records import hunks_json
from variorum.review.app import make_app
from variorum.storage.store import Store
from variorum.storage.text_index.similar_edits import similar_edit

SITES = ("harbour", "mountain", "river", "village")
LANGUAGES = ("en", "fa", "ar", "sq")
A_DAY = 400
"""Changes of one day."""
PER_PAGE = 5
"""Changes of one page."""
ROUNDS = 7
PAGES = {
    "list": "/",
    "list, far down": "/?after={middle}",
    "list, all": "/?reviewed=all",
    "list, a site": "/?site=river&reviewed=all",
    "list, a rare kind": "/?kind=gone&reviewed=all",
    "list, a language": "/?language=sq",
    "list, heavy ones": "/?weight=0.9",
    "list, since": "/?since=2026-01-01",
    "list, important": "/?reviewed=important",
    "list, a rare word": "/?words=lighthouse&reviewed=all",
    "list, a common word": "/?words=paragraph&reviewed=all",
    "list as JSON": "/changes.json",
    "change": "/change/{middle}",
    "change, inline": "/change/{middle}?view=inline",
    "versions": "/page/1/1..2",
    "page through time": "/page/1",
    "since when": "/page/1/since",
    "sites": "/sites",
    "site": "/site/river?until=2026-06-01",
    "search, a rare word": "/search?words=lighthouse",
    "search, removed": "/search?words=lighthouse&fate=removed",
    "search, a common word": "/search?words=paragraph",
    "search, on a page": "/search?words=paragraph&page=1",
    "feed": "/feed.atom",
    "feed of a rare kind": "/feed.atom?kind=gone",
    "feed of a site": "/feed.json?site=river",
}


def main() -> None:
    """Fill two stores and ask both for each page."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with TemporaryDirectory() as folder:
        full, small = Path(folder) / "full.db", Path(folder) / "small.db"
        started = time.perf_counter()
        fill(full, wanted)
        fill(small, 10)
        print(f"filled in {time.perf_counter() - started:.0f} s, {full.stat().st_size >> 20} MB")
        print(f"{'page':22}{'10 changes':>14}{f'{wanted:,}':>14}{'ratio':>8}")
        with closing(TestClient(app(full))) as many, closing(TestClient(app(small))) as few:
            for name, address in PAGES.items():
                slow, fast = took(many, address, wanted // 2), took(few, address, 5)
                print(f"{name:22}{fast * 1000:11.1f} ms{slow * 1000:11.1f} ms{slow / fast:8.1f}")


def app(path: Path):  # type: ignore[no-untyped-def]
    """The review page over a database."""
    return make_app(path, hosts=["testserver"], password=None)


def took(client: TestClient, address: str, middle: int) -> float:
    """Seconds that a page takes: the median."""
    return median(_once(client, address.format(middle=middle)) for _ in range(ROUNDS))


def _once(client: TestClient, address: str) -> float:
    started = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text)
    return time.perf_counter() - started


def fill(path: Path, count: int) -> None:
    """A store with so many changes: of every kind and weight, some days apart, two thirds of them judged."""
    with closing(Store.open(path)) as store:
        for site in SITES:
            store.enrol(site, f"https://{site}.example/")
        with store.writing():
            for number in range(count):
                _add(store, number, count)


def _add(store: Store, number: int, count: int) -> None:
    page, step = number // PER_PAGE + 1, number % PER_PAGE
    site = SITES[page % len(SITES)]
    at = datetime(2026, 6, 1, tzinfo=UTC) - timedelta(days=(count - number) // A_DAY)
    moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    url = f"https://{site}.example/{page}/"
    if step == 0:
        row = {"id": page, "site": site, "url": url, "state": "live", "found_at": moment, "found_by": "links"}
        store._insert("pages", {**row, "language": LANGUAGES[page % len(LANGUAGES)], "version": PER_PAGE + 1})
        _version(store, page, 1, moment, _text(page, 0))
    _version(store, page, step + 2, moment, _text(page, step + 1))
    diff = compare(TitledText("", _text(page, step)), TitledText("", _text(page, step + 1)))
    assert diff
    hunks = hunks_json(diff)
    kind = "gone" if number % 997 == 0 else "edited"
    values = {
        "site": site,
        "page": page,
        "kind": kind,
        "url": url,
        "title": f"Page {page}",
        "version": step + 2,
        "old_version": step + 1,
        "seen_old": moment,
        "seen_new": moment,
        "significance": number * 7919 % 1000 / 1000,
        "explanation": diff.explanation,
        "words_added": diff.words_added,
        "words_removed": diff.words_removed,
        "hunks": hunks,
        "similar_edit": similar_edit(kind, None, None, hunks),
        "found_at": moment,
        "verdict": None if number % 3 == 0 else "important" if number % 301 == 0 else "reviewed",
    }
    store.add_change(values)


def _version(store: Store, page: int, number: int, moment: str, text: str) -> None:
    capture = {"page": page, "fetched_at": moment, "url": "", "status": 200, "outcome": "ok", "reason": ""}
    row = store._insert("captures", capture)
    of = {"page": page, "number": number, "capture": row, "captured_at": moment, "title": f"Page {page}"}
    store.add_version({**of, "text": text, "digest": "", "words": 60, "language": "en", "extractor": "bench"})


def _text(page: int, step: int) -> str:
    lines = [f"Paragraph {line} of page {page}, which nobody ever edits." for line in range(8)]
    rare = " near the lighthouse" if page % 5000 == 0 else ""
    return "\n".join([*lines, f"It was seen {step} times{rare} by {page % 50 if step else page} people."])


if __name__ == "__main__":
    main()
