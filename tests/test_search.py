"""Searching all versions: what is found, what became of it, and that what is typed is never syntax."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import CSI, HOSTILE, OVERRIDE, in_terminal, objects, variorum, workspace
from tests.local_site import article
from tests.tracked import HOME, Story, story_after, story_at
from variorum.storage.migrations import migrations
from variorum.storage.reader import Reader
from variorum.storage.search.full_text import Hit, SearchFilters, find
from variorum.storage.search.query import Query, parse, snippet
from variorum.storage.text_index.folding import folded

ZWNJ = "\u200c"
BRIDGE = "The bridge over the river was built by masons from the hills above the town."
CAMP = "A camp for the masons stood on the bank, and nobody lives there today."
PERSIAN = f"مردم می{ZWNJ}خواهند كتاب{ZWNJ}های کاربری را در سال ۱۳۹۹ ببینند، پیش از آن که زمستان برسد."
ARABIC = "هذا كِتَابٌ قديم عن المدينة وأحوال أهلها في القرن الماضي، وفيه أخبار كثيرة."
ALBANIAN = "Në Tiranë u hap një çështje e re për banorët e qytetit, thanë gazetarët dje."


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with story_at(tmp_path / "variorum.db") as one:
        yield one


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[Story]:
    """A bridge whose camp was edited out, a lost page, and pages in three more languages."""
    with story_after(towns_seen, tmp_path / "variorum.db") as one:
        yield one


def towns_seen(story: Story) -> None:
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE, CAMP))
        run.sees("/fa/", article("خانه", PERSIAN, lang="fa"))
        run.sees("/ar/", article("كتاب", ARABIC, lang="ar"))
        run.sees("/sq/", article("Lajme", ALBANIAN, lang="sq"))
        run.sees("/lost/", article("An umbrella", "An umbrella was found in the market on Monday morning."))
    with story.run() as run:
        run.sees("/bridge/", article("The bridge", BRIDGE))
        run.misses("/lost/")
    with story.run() as run:
        run.misses("/lost/")


def paths(hits: list[Hit]) -> list[str]:
    return [hit.url.removeprefix(HOME) for hit in hits]


def found(story: Story, typed: str, **chosen: object) -> list[str]:
    return paths(find(story.reader, typed, SearchFilters(**chosen)))  # type: ignore[arg-type]


# ---- what is found


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("كاربري", "/fa/"),
        ("کاربری", "/fa/"),
        (f"می{ZWNJ}خواهند", "/fa/"),
        ("میخواهند", "/fa/"),
        ("می خواهند", "/fa/"),
        ("مي خواهند", "/fa/"),
        (f"کتاب{ZWNJ}های", "/fa/"),
        ("کتاب های", "/fa/"),
        ("1399", "/fa/"),
        ("١٣٩٩", "/fa/"),
        ("۱۳۹۹", "/fa/"),
        ("کتاب قدیم", "/ar/"),
        ("كِتَابٌ قديم", "/ar/"),
        ("واحوال اهلها", "/ar/"),
        ("tirane", "/sq/"),
        ("TIRANË ÇËSHTJE", "/sq/"),
        ("ceshtje banoret", "/sq/"),
    ],
)
def test_a_word_is_found_however_it_is_typed(typed: str, path: str, towns: Story) -> None:
    assert found(towns, typed) == [path]


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("river bridge", True),
        ("bridge umbrella", False),
        ('"over the river"', True),
        ('"river over the"', False),
        ("«over the river»", True),
        ("“over the river”", True),
        ("maso*", True),
        ("maso", False),
        ('"built by mas"*', True),
        ("bridge -umbrella", True),
        ("bridge -hills", False),
        ('bridge -"by masons"', False),
        ('bridge -"masons by"', True),
    ],
)
def test_words_phrases_beginnings_and_what_must_not_occur(typed: str, finds: bool, towns: Story) -> None:
    assert found(towns, typed) == (["/bridge/"] if finds else [])


def test_a_word_in_the_title_counts_for_more_than_one_in_the_text(story: Story) -> None:
    with story.run() as run:
        run.sees(
            "/a/", article("The mill", "A ferry crosses the river here, and then there is the ferry house.")
        )
        run.sees(
            "/b/", article("The ferry", "It crosses the river here, and then there is the house of a miller.")
        )
    assert found(story, "ferry") == ["/b/", "/a/"]


def test_a_page_is_one_hit_the_newest_version_that_has_the_words(story: Story) -> None:
    for word in ("first", "second", "third"):
        with story.run() as run:
            run.sees("/a/", article("A page", BRIDGE, f"This is the {word} version of what it says."))
    (hit,) = find(story.reader, "bridge")
    assert (hit.version, hit.present, hit.removed) == (3, True, False)
    (hit,) = find(story.reader, "second")
    assert (hit.version, hit.present, hit.removed) == (2, False, True)


def test_site_language_time_and_number_choose(towns: Story) -> None:
    assert found(towns, "کتاب", language="fa") == []
    assert found(towns, "کتاب*", language="fa") == ["/fa/"]
    assert found(towns, "bridge", site="elsewhere") == []
    [first, second] = towns.versions("/bridge/")
    assert found(towns, "bridge", until="2026-01-01T00:00:00Z") == []
    (hit,) = find(towns.reader, "bridge", SearchFilters(until=first.captured_at))
    assert (hit.version, hit.present) == (1, True)
    assert found(towns, "camp", since=second.captured_at) == []
    assert len(find(towns.reader, "the", limit=1)) == 1


# ---- what became of it


def test_words_that_were_edited_out_are_found_with_the_change_that_removed_them(towns: Story) -> None:
    (hit,) = find(towns.reader, "camp bank")
    (edit,) = [change for change in towns.changes() if change.kind == "edited"]
    assert (hit.version, hit.present, hit.removed, hit.change) == (1, False, True, edit.id)
    assert (hit.last_seen, hit.removed_at) == (edit.seen_old, edit.seen_new)


def test_the_words_of_a_page_that_is_gone_were_removed_with_it(towns: Story) -> None:
    (hit,) = find(towns.reader, "umbrella")
    (leaving,) = [change for change in towns.changes() if change.kind == "gone"]
    assert (hit.present, hit.removed, hit.change) == (False, True, leaving.id)
    assert (hit.last_seen, hit.removed_at) == (leaving.seen_old, leaving.seen_new)


def test_removed_and_present_divide_what_is_found(towns: Story) -> None:
    assert found(towns, "the", removed=True) == ["/lost/"]
    assert found(towns, "the", removed=False) == ["/bridge/"]
    assert found(towns, "masons stood", removed=True) == ["/bridge/"]
    assert found(towns, "masons stood", removed=False) == []


def test_a_title_that_was_changed_is_found_as_removed(story: Story) -> None:
    for title in ("The wooden bridge", "The old bridge"):
        with story.run() as run:
            run.sees("/a/", article(title, BRIDGE))
    (hit,) = find(story.reader, "wooden")
    assert (hit.removed, hit.title) == (True, "The wooden bridge")


def test_words_that_came_back_are_present(story: Story) -> None:
    for text in ([BRIDGE, CAMP], [BRIDGE], [BRIDGE, CAMP]):
        with story.run() as run:
            run.sees("/a/", article("The bridge", *text))
    (hit,) = find(story.reader, "camp")
    assert (hit.version, hit.present, hit.removed) == (3, True, False)


def test_what_only_our_own_reading_took_away_is_no_removal(story: Story) -> None:
    menu = "Subscribe to our newsletter today."
    with story.run() as run:
        run.sees("/a/", article("The bridge", BRIDGE, menu))
    with story.run() as run:
        run.sees("/a/", article("The bridge", BRIDGE, menu, CAMP))
    latest = story.versions("/a/")[-1]
    story.store.reread_version(latest.id, {"text": f"{BRIDGE}\n{CAMP}", "extractor": "newer rules"})
    (hit,) = find(story.reader, "newsletter")
    assert (hit.version, hit.present, hit.removed, hit.change) == (1, False, False, None)


def test_a_version_that_is_read_anew_is_found_by_its_new_words_only(story: Story) -> None:
    with story.run() as run:
        run.sees("/a/", article("The bridge", BRIDGE))
    version = story.versions("/a/")[0]
    story.store.reread_version(version.id, {"title": "A ferry", "text": "It crosses here."})
    assert [found(story, word) for word in ("bridge", "masons", "ferry", "crosses")] == [
        [],
        [],
        ["/a/"],
        ["/a/"],
    ]
    story.store.db.conn.execute("INSERT INTO versions_fts(versions_fts) VALUES ('integrity-check')")


def test_a_version_and_its_words_are_stored_together_or_not_at_all(story: Story) -> None:
    with story.run() as run:
        run.sees("/a/", article("The bridge", BRIDGE))
    row = next(story.reader.rows("SELECT * FROM versions", {}))
    with pytest.raises(ZeroDivisionError), story.store.writing():
        story.store.add_version({**row, "id": None, "number": 2, "text": "An umbrella."})
        raise ZeroDivisionError
    assert found(story, "umbrella") == []


def test_versions_of_an_older_database_are_found_once_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "variorum.db"
    with story_at(path) as story, story.run() as run:
        run.sees("/fa/", article("خانه", PERSIAN, lang="fa"))
    with contextlib.closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("DROP TABLE versions_fts")
        conn.execute("DROP TABLE sketches")
        conn.execute("DROP TABLE versions_fts_edits")
        conn.execute(
            "DELETE FROM _sqlite_migrations WHERE name IN ('search_and_sketches', 'edits_in_the_index')"
        )
    with contextlib.closing(Reader.open(path)) as reader:
        assert migrations.pending(reader.db) == []
        assert paths(find(reader, "كاربري")) == ["/fa/"]


# ---- what is typed


@given(st.text() | st.text(alphabet='ab"*-():^+{}« »“”\\\u200cمی', max_size=20))
def test_nothing_that_is_typed_is_syntax(typed: str) -> None:
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE t USING fts5(title, text, content = '', tokenize = 'ascii')")
    if query := parse(typed):
        assert conn.execute("SELECT rowid FROM t WHERE t MATCH ?", [str(query)]).fetchall() == []
    conn.close()


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("AND", ["/bridge/"]),
        ("bridge OR umbrella", []),
        ("NEAR(bridge river)", []),
        ("title:bridge", []),
        ("^river", ["/bridge/"]),
        ("{river}: x", []),
    ],
)
def test_what_is_syntax_elsewhere_are_words_here(typed: str, finds: list[str], towns: Story) -> None:
    assert found(towns, typed) == finds


@given(st.text(alphabet="ab \n.é\u200cمیکك", max_size=60), st.text(alphabet='abé میکك*"', max_size=6))
def test_text_is_found_by_the_index_where_it_is_marked_in_a_snippet(text: str, typed: str) -> None:
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE t USING fts5(title, text, content = '', tokenize = 'ascii')")
    conn.execute("INSERT INTO t(rowid, title, text) VALUES (1, '', ?)", [folded(text)])
    query = parse(typed)
    hits = conn.execute("SELECT rowid FROM t WHERE t MATCH ?", [str(query)]).fetchall() if query else []
    conn.close()
    marked = [any(sought for _, sought in snippet(Query((term,)), text)) for term in query.terms]
    assert bool(hits) == (bool(marked) and all(marked))


# ---- snippets


def test_a_snippet_shows_the_text_as_it_stands_around_what_was_looked_for() -> None:
    text = f"{'Nothing of interest here. ' * 20}\n{PERSIAN}\n{'And so on. ' * 40}"
    pieces = snippet(parse("می خواهند کاربري"), text)
    assert [piece for piece, sought in pieces if sought] == [f"می{ZWNJ}خواهند", "کاربری"]
    whole = "".join(piece for piece, _ in pieces)
    assert whole.startswith("… ")
    assert whole.endswith(" …")
    assert whole.strip("… ") in " ".join(text.split())


def test_a_snippet_is_where_most_of_the_words_are() -> None:
    text = f"A camp. {'Nothing here. ' * 60} The camp by the river. {'Nothing here. ' * 60}"
    assert "camp by the river" in "".join(piece for piece, _ in snippet(parse("river camp"), text))


def test_a_snippet_of_a_text_without_spaces_is_bounded() -> None:
    assert len("".join(piece for piece, _ in snippet(parse("x*"), "x" * 100_000))) < 1000
    assert snippet(parse("x"), "") == ()


# ---- the command


@pytest.fixture
def root(towns: Story, tmp_path: Path) -> Path:
    """The same as a workspace."""
    with towns.run() as run:
        run.sees(
            "/hostile/",
            article(HOSTILE, f"Words of {OVERRIDE}ill{CSI}31m will stand here, and [bold]more[/bold]."),
        )
    return workspace(tmp_path, riverside=f'url = "{HOME}/"\n')


def test_the_command_prints_an_object_a_hit(root: Path) -> None:
    (hit,) = objects("-C", root, "search", "camp", "nobody")
    assert list(hit) == [
        *("page", "url", "site", "title", "language", "version", "captured_at", "present", "removed"),
        *("last_seen", "removed_at", "change", "snippet"),
    ]
    assert (hit["removed"], hit["url"]) == (True, f"{HOME}/bridge/")
    assert "A **camp** for the masons stood on the bank, and **nobody** lives" in hit["snippet"]
    shown = variorum("-C", root, "show", hit["change"]).stdout
    assert f"[-{CAMP}-]" in shown


def test_the_command_tells_people_what_became_of_the_words(root: Path) -> None:
    result = variorum("-C", root, "search", "camp")
    assert "; removed between 2026-03-01" in result.stdout
    assert result.stderr == "1 page.\n"
    assert variorum("-C", root, "search", "camp", "--present").stdout == ""
    assert objects("-C", root, "search", "the", "--removed", "--limit", 1, "--site", "riverside") != []
    assert "\x1b[1mcamp\x1b[0m" in in_terminal("-C", root, "search", "camp")


def test_a_search_without_a_hit_names_the_words_that_occur_nowhere(root: Path) -> None:
    both = variorum("-C", root, "search", "camp", "مدرسة")
    assert both.stderr == "0 pages. All words must occur in the same text. In no stored text: مدرسة.\n"
    assert variorum("-C", root, "search", "zeppelin").stderr == "0 pages. In no stored text: zeppelin.\n"
    apart = variorum("-C", root, "search", "camp", "umbrella").stderr
    assert apart == "0 pages. All words must occur in the same text.\n"


@pytest.mark.parametrize("typed", ["!?", '""', "-- -camp", "*"])
def test_a_search_for_nothing_is_misuse(typed: str, root: Path) -> None:
    result = variorum("-C", root, "search", *typed.split())
    assert (result.exit_code, "no word to search for" in result.stderr) == (2, True)
    assert variorum("-C", root, "search").exit_code == 2
    assert variorum("-C", root, "search", "x", "--site", "nobody").exit_code == 2


def test_hostile_text_cannot_command_the_terminal(root: Path) -> None:
    for words in (["search", "ill"], ["search", "ill", "--json"]):
        output = variorum("-C", root, *words).stdout
        assert "[bold]more[/bold]" in output
        assert CSI not in output
        assert OVERRIDE not in output
    assert "[bold]more[/bold]" in in_terminal("-C", root, "search", "ill")
