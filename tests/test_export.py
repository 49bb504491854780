"""Exports: a document a page, a version or a paragraph; the same again for the same question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.local_site import article
from tests.tracked import HOME, SITE, Story, story_after
from variorum.crawler.backfill.captures import Backfill
from variorum.crawler.extraction.extract import Extract
from variorum.crawler.fetch_result import DiscoveredUrl
from variorum.storage.errors import Malformed, NotFound
from variorum.storage.export import FIELDS, UNITS, Document, Unit, cursor, documents
from variorum.storage.seals import last_of_version, seal

BRIDGE, MILL = "The old bridge was closed in March.", "The mill turns again since the flood."
NEW_BRIDGE = "The old bridge was opened in April."
OLD_BRIDGE = "The bridge is being built."
LETTER = "نامه‌ای که هرگز نرسید، و پاسخی که نیامد."


def both_seen(story: Story) -> None:
    """The bridge and the mill are read once."""
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE))
        run.sees("/mill/", article("The mill", MILL))


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site with a bridge and a mill, read once."""
    with story_after(both_seen, tmp_path / "variorum.db") as story:
        yield story


def exported(story: Story, unit: Unit = "page", **options: Any) -> list[Document]:
    return list(documents(story.reader, unit, **options))


def now(story: Story) -> str:
    return str(cursor(story.reader))


def imported(
    story: Story, path: str = "/bridge/", at: str = "2020-01-01T00:00:00Z", text: str = OLD_BRIDGE
) -> None:
    """A text of a page comes to light."""
    Backfill(story.store, SITE, "dump:old.txt").add_text(
        HOME + path, at, Extract("The bridge", text, "article")
    )


def where_is(story: Story, title: str) -> str:
    """The path at which the page with this title is now."""
    [page] = [page for page in story.store.pages(SITE.name) if page.title == title]
    return page.url.removeprefix(HOME)


def paths(found: list[Document]) -> list[str]:
    return [document["url"].removeprefix(HOME) for document in found]


def edit(story: Story) -> None:
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", NEW_BRIDGE))


def remove(story: Story, path: str) -> None:
    for _ in range(2):
        with story.run() as run:
            run.misses(path)


def test_a_document_has_what_a_reader_needs_and_an_id_that_stays(story: Story) -> None:
    (bridge, _) = exported(story)
    page, (version,) = story.page("/bridge/"), story.versions("/bridge/")
    assert bridge == {
        "id": f"riverside:{page.id}",
        "url": f"{HOME}/bridge/",
        "site": "riverside",
        "kind": "article",
        "title": "The bridge",
        "text": BRIDGE,
        "language": "en",
        "author": None,
        "authors": [],
        "published": None,
        "published_by": None,
        "modified": None,
        "modified_by": None,
        "version": 1,
        "captured_at": version.captured_at,
        "digest": version.digest,
        "words": 7,
        "extractor": version.extractor,
        "template": 0,
        "chain": bridge_seal(story),
        "seen_at": page.seen_at,
    }
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE), at="/news/bridge/")
    assert next(document["id"] for document in exported(story)) == bridge["id"]


def bridge_seal(story: Story) -> str:
    seal = last_of_version(story.store.db.conn, story.versions("/bridge/")[0].id)
    assert seal is not None
    return seal.head


def test_a_document_says_by_whom_its_dates_are_and_who_wrote_it(story: Story) -> None:
    dated = '<meta property="article:modified_time" content="2026-02-01T10:00:00Z">'
    written = """<script type="application/ld+json">{"@type": "NewsArticle", "author":
        [{"name": "Ada Byron"}, {"name": "مریم احمدی"}], "datePublished": "2026-01-05T10:00:00Z"}</script>"""
    days = {"published": "2026-01-01T08:00:00Z", "modified": "2026-01-02T08:00:00Z"}
    listed = DiscoveredUrl(f"{HOME}/listed/", "feed", **days)
    with story.run() as run:
        run.lists("feed", listed)
        run.sees("/listed/", article("A listed page", MILL).replace("<head>", f"<head>{dated}{written}"))
        run.sees("/marked/", article("A marked page", MILL).replace("<head>", f"<head>{dated}{written}"))
        run.sees("/news/2026/01/09/found/", article("A page found", MILL))
    texts = [
        (one["published"][:10], one["published_by"], one["modified_by"], one["authors"])
        for one in exported(story)[2:]
    ]
    both = ["Ada Byron", "مریم احمدی"]
    assert texts == [
        ("2026-01-01", "listed", "listed", both),
        ("2026-01-05", "marked", "marked", both),
        ("2026-01-09", "found", None, []),
    ]


def test_each_page_is_exported_once_in_its_latest_version(story: Story) -> None:
    edit(story)
    assert [(one["version"], one["text"]) for one in exported(story)] == [(2, NEW_BRIDGE), (1, MILL)]


def test_a_page_that_is_gone_is_left_out_and_one_that_returned_is_back(story: Story) -> None:
    remove(story, "/bridge/")
    assert paths(exported(story)) == ["/mill/"]
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE))
    assert paths(exported(story)) == ["/bridge/", "/mill/"]


def test_a_page_missed_once_is_still_exported(story: Story) -> None:
    with story.run() as run:
        run.misses("/bridge/")
    assert paths(exported(story)) == ["/bridge/", "/mill/"]


def test_one_site_can_be_asked_for_alone(story: Story) -> None:
    assert exported(story, site="elsewhere") == []
    assert len(exported(story, site="riverside")) == 2


def test_nothing_is_new_since_a_cursor_taken_after_the_last_change(story: Story) -> None:
    edit(story)
    assert exported(story, since=now(story)) == []


def test_since_a_cursor_there_are_new_and_edited_pages_and_tombstones_of_gone_ones(story: Story) -> None:
    before = now(story)
    edit(story)
    remove(story, "/mill/")
    with story.run() as run:
        run.sees("/letter/", article("نامه", LETTER, lang="fa"))
    mill = story.page("/mill/")
    found = exported(story, since=before)
    assert paths(found) == ["/bridge/", "/mill/", "/letter/"]
    assert [one.get("text") for one in found] == [NEW_BRIDGE, None, LETTER]
    assert found[1] == {
        "id": f"riverside:{mill.id}",
        "url": f"{HOME}/mill/",
        "site": "riverside",
        "gone": True,
    }


def test_exports_since_each_cursor_add_up_to_the_whole(story: Story) -> None:
    held: dict[str, Document] = {}
    at = None
    for happens in ("nothing", "edit", "removal"):
        if happens == "edit":
            edit(story)
        elif happens == "removal":
            remove(story, "/mill/")
        held |= {document["id"]: document for document in exported(story, since=at)}
        at = now(story)
    assert [one for one in held.values() if not one.get("gone")] == exported(story)


def test_a_page_that_moved_is_told_again_under_its_id(story: Story) -> None:
    before = now(story)
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE), at="/news/bridge/")
    (moved,) = exported(story, since=before)
    assert (moved["url"], moved["id"]) == (
        f"{HOME}/news/bridge/",
        f"riverside:{story.page('/news/bridge/').id}",
    )


def test_a_page_that_was_gone_before_the_first_export_leaves_no_tombstone(story: Story) -> None:
    remove(story, "/mill/")
    assert paths(exported(story)) == ["/bridge/"]


def test_the_archive_can_be_read_as_it_stood_at_a_moment(story: Story) -> None:
    before = story.later(minutes=1)
    edit(story)
    between = story.later(minutes=1)
    remove(story, "/bridge/")
    assert [one["text"] for one in exported(story, as_of=before)] == [BRIDGE, MILL]
    assert [one["text"] for one in exported(story, as_of=between)] == [NEW_BRIDGE, MILL]
    assert [one["text"] for one in exported(story)] == [MILL]
    assert exported(story, as_of="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize("since", ["", "12", "1.x", "-1.2", "2026-03-01", "1.2.3", "².²", "1.2.3.4.5.6"])
def test_a_cursor_that_was_never_given_is_refused_in_words(story: Story, since: str) -> None:
    with pytest.raises(Malformed, match=r"is no cursor: use the one that the last export printed"):
        exported(story, since=since)


def test_a_cursor_of_another_database_is_refused(story: Story) -> None:
    with pytest.raises(NotFound, match="is the cursor of another database"):
        exported(story, since="900.1.1.1.1")


@pytest.mark.parametrize("parts", [2, 4])
def test_since_a_cursor_of_an_older_version_all_comes_again_with_the_fields_that_it_lacked(
    story: Story, parts: int
) -> None:
    older = ".".join(now(story).split(".")[:parts])
    edit(story)
    assert exported(story, since=older) == exported(story)


def prune(story: Story) -> None:
    """Retention takes the mill's body away."""
    [version] = story.versions("/mill/")
    with story.store.writing():
        story.store.db.conn.execute("UPDATE capture_rows SET body = NULL WHERE id = ?", [version.capture])
        seal(story.store.db.conn, version.id, pruned=True)


def test_a_version_that_is_sealed_anew_is_told_again(story: Story) -> None:
    before = now(story)
    prune(story)
    assert paths(exported(story, since=before)) == ["/mill/"]


# ---- what was stored anew


def test_a_text_that_is_read_anew_is_told_again(story: Story) -> None:
    before = now(story)
    [version] = story.versions("/bridge/")
    story.store.reread_version(version.id, {"text": "It was closed.", "digest": "new"})
    assert [one["text"] for one in exported(story, since=before)] == ["It was closed."]
    assert exported(story, since=now(story)) == []


def test_a_reading_that_comes_out_the_same_is_no_news(story: Story) -> None:
    before = now(story)
    [version] = story.versions("/bridge/")
    story.store.reread_version(version.id, {"text": version.text, "title": version.title})
    assert exported(story, since=before) == []


def test_an_address_that_is_only_spelled_anew_is_told_again(story: Story) -> None:
    before = now(story)
    story.store.update_page(story.page("/mill/").id, {"url": f"{HOME}/Mill/"})
    assert paths(exported(story, since=before)) == ["/Mill/"]


def test_an_older_text_that_is_imported_gives_all_versions_their_new_names(story: Story) -> None:
    before = now(story)
    imported(story)
    page = f"riverside:{story.page('/bridge/').id}"
    assert [(one["id"], one["text"]) for one in exported(story, "version", since=before)] == [
        (f"{page}@1", OLD_BRIDGE),
        (f"{page}@2", BRIDGE),
    ]


# ---- units


def test_a_version_is_a_document_also_of_a_page_that_is_gone(story: Story) -> None:
    edit(story)
    remove(story, "/bridge/")
    page = f"riverside:{story.page('/bridge/').id}"
    found = [one for one in exported(story, "version") if one["page"] == page]
    assert [(one["id"], one["text"], one["present"]) for one in found] == [
        (f"{page}@1", BRIDGE, False),
        (f"{page}@2", NEW_BRIDGE, False),
    ]


def test_a_paragraph_is_a_document_with_its_place_and_digest(story: Story) -> None:
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE, "Nobody knows why."))
    page = f"riverside:{story.page('/bridge/').id}"
    found = [one for one in exported(story, "paragraph") if one["page"] == page]
    assert [(one["id"], one["position"], one["text"], one["words"]) for one in found] == [
        (f"{page}#1", 1, BRIDGE, 7),
        (f"{page}#2", 2, "Nobody knows why.", 3),
    ]
    assert found[0]["digest"] == hashlib.sha256(BRIDGE.encode()).hexdigest()


@pytest.mark.parametrize("unit", UNITS)
def test_a_document_has_the_fields_that_are_written_down_and_in_their_order(story: Story, unit: Unit) -> None:
    for document in exported(story, unit):
        assert list(document) == [field.name for field in FIELDS[unit] if field.name != "gone"]


# ---- as of a moment


def test_at_a_moment_each_page_has_the_address_that_it_had_then(story: Story) -> None:
    before = story.later(minutes=1)
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE), at="/news/bridge/")
    between = story.later(minutes=1)
    with story.run() as run:
        run.sees("/news/bridge/", article("The bridge", BRIDGE), at="/archive/bridge/")
    urls = [paths(exported(story, as_of=at))[0] for at in (before, between, story.later(minutes=1))]
    assert urls == ["/bridge/", "/news/bridge/", "/archive/bridge/"]


@pytest.mark.parametrize("unit", UNITS)
def test_at_a_moment_a_page_is_there_or_gone_as_it_was_then(story: Story, unit: Unit) -> None:
    moments = [story.later(minutes=1)]
    remove(story, "/bridge/")
    moments.append(story.later(minutes=1))
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", NEW_BRIDGE))
    moments.append(story.later(minutes=1))

    def standing(at: str) -> set[str]:
        return {one["text"] for one in exported(story, unit, as_of=at) if one.get("present", True)}

    found = [standing(at) for at in moments]
    then = {BRIDGE, NEW_BRIDGE} if unit == "version" else {NEW_BRIDGE}
    assert found == [{BRIDGE, MILL}, {MILL}, {MILL, *then}]
    assert {one["seen_at"] <= moments[0] for one in exported(story, unit, as_of=moments[0])} == {True}


def test_at_a_moment_before_the_watch_there_is_what_was_imported(story: Story) -> None:
    imported(story)
    assert [one["text"] for one in exported(story, as_of="2020-06-01T00:00:00Z")] == [OLD_BRIDGE]


# ---- increments add up

EVENTS = ("edit", "same", "remove", "return", "move", "reread", "import", "letter", "prune")


def happen(story: Story, event: str, number: int) -> None:
    """Something happens to the site, or to what is stored of it."""
    where = where_is(story, "The bridge")
    match event:
        case "edit":
            with story.run() as run:
                run.sees(where, article("The bridge", BRIDGE, *(f"News {n}." for n in range(number % 3))))
        case "same":
            with story.run() as run:
                run.sees("/mill/", article("The mill", MILL))
        case "remove":
            remove(story, where)
        case "return":
            with story.run() as run:
                run.sees(where, article("The bridge", BRIDGE))
        case "move":
            with story.run() as run:
                run.sees(where, article("The bridge", BRIDGE), at=f"/moved-{number}/")
        case "reread":
            [*_, version] = story.versions(where)
            story.store.reread_version(version.id, {"text": f"Read anew, {number}.", "digest": f"{number}"})
        case "import":
            imported(story, where, f"2021-01-{number + 1:02}T00:00:00Z", f"It was closed {number} times.")
        case "prune":
            prune(story)
        case "letter":
            with story.run() as run:
                run.sees(f"/letter-{number}/", article(f"Letter {number}", LETTER, f"{number}", lang="fa"))


def put_together(held: dict[str, Document], increment: list[Document]) -> None:
    """What a user does with an increment: forget what is gone, keep what is new in place of the old."""
    for document in increment:
        if document.get("gone"):
            for one in [
                key for key in held if key == document["id"] or held[key].get("page") == document["id"]
            ]:
                del held[one]
        else:
            held[document["id"]] = document


def lasting(found: Iterable[Document]) -> list[Document]:
    """Without what moves with each look at a page."""
    return sorted(
        ({key: value for key, value in one.items() if key != "seen_at"} for one in found),
        key=lambda one: str(one["id"]),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.tuples(st.sampled_from(EVENTS), st.booleans()), max_size=8))
def test_increments_add_up_to_the_whole_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, bool]]
) -> None:
    with story_after(both_seen, tmp_path_factory.mktemp("increments") / "variorum.db") as story:
        held: dict[Unit, dict[str, Document]] = {unit: {} for unit in UNITS}
        for unit in UNITS:
            put_together(held[unit], exported(story, unit))
        at = now(story)
        for number, (event, exports) in enumerate([*events, ("same", True)]):
            happen(story, event, number)
            if exports:
                for unit in UNITS:
                    put_together(held[unit], exported(story, unit, since=at))
                at = now(story)
        for unit in UNITS:
            assert lasting(held[unit].values()) == lasting(exported(story, unit)), unit
