"""The four steps of a fetch: a decision needs no database, and no other site waits while a page is read."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.local_site import article
from tests.tracked import HOME, Story, story_at
from variorum.crawler.classification.outcome import Outcome, Verdict
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.fetch_result import FetchResult
from variorum.crawler.tracking import decision as deciding
from variorum.crawler.tracking import template_learning
from variorum.crawler.tracking import tracker as tracking
from variorum.crawler.tracking.decision import Sight, decide
from variorum.crawler.tracking.identity import Identity
from variorum.crawler.tracking.knowledge import Known
from variorum.crawler.tracking.reading import Reading
from variorum.crawler.tracking.recording import Outdated
from variorum.storage.rows import PageRow, VersionRow
from variorum.storage.store import Store

QUAY = ("The quay at Ormhead is closed to carts.", "Boats land at the old slip below the chapel.")
MENDED = ("The quay at Ormhead is open to carts.", QUAY[1])


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as story:
        yield story


def row(kind: type[Any], **values: Any) -> Any:
    """A stored row in which every column that is not named is empty."""
    return kind(**{field.name: None for field in fields(kind)} | values)


def reading(text: str, outcome: Outcome = Outcome.ok) -> Reading:
    fetched = FetchResult(f"{HOME}/quay/", f"{HOME}/quay/", "2026-03-02T06:00:00Z", 200)
    extract = Extract("The quay", text, "article") if outcome is Outcome.ok else None
    return Reading(fetched, Verdict(outcome, "as the test has it"), extract)


def known(text: str | None) -> Known:
    page: PageRow = row(PageRow, id=1, url=f"{HOME}/quay/", state="live", version=text and 1)
    last: VersionRow = row(VersionRow, id=1, page=1, number=1, title="The quay", text=text)
    return Known(page, Identity(page), last=last if text else None)


# ---- decide


def test_an_edit_is_decided_without_a_database_and_says_what_it_is() -> None:
    decision = decide(known("\n".join(QUAY)), reading("\n".join(MENDED)))
    assert (decision.sight, decision.number, decision.kinds) == (Sight.seen, 2, ("edited",))
    assert decision.verdict.reason == "as the test has it"
    assert "edited" in repr(decision)


def test_a_text_that_stands_is_decided_to_be_a_sight_and_no_version() -> None:
    decision = decide(known("\n".join(QUAY)), reading("\n".join(QUAY)))
    assert (decision.sight, decision.number, decision.kinds) == (Sight.seen, None, ())


@pytest.mark.parametrize(
    ("outcome", "sight"),
    [
        (Outcome.gone, Sight.missing),
        (Outcome.soft_404, Sight.missing),
        (Outcome.blocked, Sight.none),
        (Outcome.not_modified, Sight.seen),
    ],
)
def test_an_answer_without_a_text_never_makes_a_version(outcome: Outcome, sight: Sight) -> None:
    decision = decide(known("\n".join(QUAY)), reading("", outcome))
    assert (decision.sight, decision.number, decision.kinds) == (sight, None, ())


# ---- apply


def interrupted(
    monkeypatch: pytest.MonkeyPatch, story: Story, write: Callable[[Store], None], times: int
) -> None:
    """Another process writes between the time at which a page was loaded and the time it is recorded."""
    relate, left = tracking.relate, [times]

    def slow(*args: Any) -> Known:
        loaded = relate(*args)
        if left[0]:
            left[0] -= 1
            with contextlib.closing(Store.open(Path(story.path))) as other:
                write(other)
        return loaded

    monkeypatch.setattr(tracking, "relate", slow)


def test_what_another_process_has_written_meanwhile_is_loaded_again_before_anything_is_recorded(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with story.run() as run:
        run.sees("/quay/", article("The quay", *QUAY))
    page = story.page("/quay/").id
    interrupted(
        monkeypatch, story, lambda other: other.update_page(page, {"source_id": "post:7"}) and None, 1
    )
    with story.run() as run:
        assert run.sees("/quay/", article("The quay", *MENDED)).changes == ("edited",)
    assert story.page("/quay/").source_id == "post:7"
    assert len(story.versions("/quay/")) == 2


def test_a_page_that_another_process_writes_to_all_the_time_costs_that_fetch_and_stores_nothing(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with story.run() as run:
        run.sees("/quay/", article("The quay", *QUAY))
    page, refs = story.page("/quay/").id, iter(range(100))
    interrupted(
        monkeypatch,
        story,
        lambda other: other.update_page(page, {"source_id": f"post:{next(refs)}"}) and None,
        100,
    )
    with story.run() as run, pytest.raises(Outdated, match=f"{HOME}/quay/"):
        run.sees("/quay/", article("The quay", *MENDED))
    assert len(story.versions("/quay/")) == 1


# ---- the write lock


def test_while_another_process_writes_for_long_a_page_is_read_and_decided_and_recorded_afterwards(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    with story.run() as run:
        run.sees("/quay/", article("The quay", *QUAY))
    holds, decided = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with contextlib.closing(sqlite3.connect(story.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            holds.set()
            assert decided.wait(60)  # else this page could not be decided while the lock was held
            other.execute("COMMIT")

    work = tracking.decide
    monkeypatch.setattr(tracking, "decide", lambda *args: (decided.set(), work(*args))[1])
    with story.run() as run, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(write_slowly)
        assert holds.wait(60)
        assert run.sees("/quay/", article("The quay", *MENDED)).changes == ("edited",)
        slow.result()


def test_another_site_can_write_while_pages_are_read_compared_and_learned_from(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = set()

    def unlocked(place: Any, name: str) -> None:
        work = getattr(place, name)

        def watched(*args: Any, **more: Any) -> Any:
            done.add(name)
            with contextlib.closing(sqlite3.connect(story.path, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")  # fails at once where this process holds the lock
                other.rollback()
            return work(*args, **more)

        monkeypatch.setattr(place, name, watched)

    unlocked(PageReader, "read")
    for name in ("decide", "read", "relate"):
        unlocked(tracking, name)
    unlocked(deciding, "compare")
    unlocked(deciding, "is_ours")
    unlocked(template_learning, "learn")
    pages = {f"/boat-{n}/": ("One boat of many.", f"The boat {n} came in.", QUAY[n % 2]) for n in range(12)}
    for word in ("calm", "rough"):
        with story.run() as run:
            for path, text in pages.items():
                run.sees(path, article(f"Boat {path}", *text, f"The sea was {word}."))
            for path in run.requested_again():
                run.sees(path, article(f"Boat {path}", *pages[path], f"The sea was {word}."))
    assert story.news() == [("edited", path) for path in pages]
    assert done == {"read", "decide", "relate", "compare", "is_ours", "learn"}
