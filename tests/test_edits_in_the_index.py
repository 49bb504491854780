"""A version that differs little from the one before it is indexed by what differs, and found as if by all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.one_page import AT, History, of
from variorum.storage.maintenance.removal import SiteRemoval
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader
from variorum.storage.search.full_text import SearchFilters, find
from variorum.storage.search.matching import versions_with
from variorum.storage.search.query import Query, parse
from variorum.storage.text_index.edits import LONGEST, Edit, Folded, small_edit
from variorum.storage.text_index.folding import folded_words
from variorum.storage.unplaced import Unplaced

WORDS = ["ferry", "ferries", "harbour", "fog", "pilot", "quay", "مه", "بندر"]
LINE = " ".join(f"word{number}" for number in range(40))
TERMS = [word for word in WORDS if word != "ferries"] + ["word3", "ferr*", "word*", "gale"]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "variorum.db")
    with closing(made.store):
        yield made


def indexed_as_edits(history: History) -> set[int]:
    rows = history.store.db.conn.execute("SELECT version FROM sketches WHERE base IS NOT NULL")
    return {version for (version,) in rows}


def has(query: Query, title: str, text: str) -> bool:
    """Whether a version matches, by its words one after the other."""
    parts = [folded_words(title), folded_words(text)]
    return all(any(term.places(part) for part in parts) is not term.without for term in query.terms)


def found(history: History, typed: str) -> set[int]:
    matches = versions_with(history.store.db.conn, parse(typed))
    assert not matches.sure & matches.doubtful
    return {version for version in matches.sure | matches.doubtful if version in matches}


def expected(history: History, typed: str) -> set[int]:
    query = parse(typed)
    versions = history.store.versions_of(history.page)
    return {one.id for one in versions if has(query, one.title, one.text)}


# ---- as if by all of its words


def edited(rng: random.Random, lines: list[str]) -> list[str]:
    """The lines after one or two edits: words put in, taken out or exchanged, lines moved, added, removed."""
    lines = list(lines)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(lines))
        words = lines[at].split()
        place = rng.randrange(len(words) + 1)
        match rng.randrange(5):
            case 0:
                words.insert(place, rng.choice(WORDS))
            case 1:
                del words[place : place + rng.randint(1, 3)]
            case 2:
                words[place : place + 1] = [rng.choice(WORDS), rng.choice(WORDS)]
            case 3:
                lines.insert(rng.randrange(len(lines)), lines.pop(at))
                continue
            case 4:
                lines.insert(at, " ".join(rng.choices(WORDS, k=6)))
                continue
        lines[at] = " ".join(words)
    return lines


def queries(rng: random.Random, texts: list[str]) -> Iterator[str]:
    """Words, beginnings and phrases, some with other words and some without them."""
    yield from TERMS
    for text in texts:
        words = folded_words(text)
        for length in (2, 3, LONGEST, LONGEST + 1, 15):
            at = rng.randrange(len(words))
            phrase = f'"{" ".join(words[at : at + length])}"'
            yield phrase
            yield f"{phrase[:-2]}*"
            yield f"{phrase} {rng.choice(TERMS)}"
            yield f"-{phrase} {rng.choice(TERMS)}"
    for _ in range(20):
        one, other, third = rng.sample(TERMS, 3)
        yield from (f"{one} {other}", f"{one} -{other}", f"-{one} {other} {third}", f'"{one} {other}"')


@pytest.mark.parametrize("seed", range(20))
def test_each_version_is_found_by_the_words_that_it_has_and_no_other(seed: int, history: History) -> None:
    rng = random.Random(seed)
    lines, texts = [LINE, *(" ".join(rng.choices(WORDS, k=12)) for _ in range(6))], []
    for _ in range(6):
        texts.append("\n".join(lines))
        history.add(texts[-1], title=rng.choice(["Log", "Log", "Ferry log"]))
        lines = edited(rng, lines)
    again = rng.choice(history.store.versions_of(history.page))
    history.store.reread_version(again.id, of("\n".join(edited(rng, again.text.split("\n")))))
    assert indexed_as_edits(history)
    for typed in queries(rng, texts):
        assert found(history, typed) == expected(history, typed), typed


def test_a_word_that_an_edit_took_out_of_one_place_is_found_in_another(history: History) -> None:
    first = history.add(f"The pilot left the quay.\n{LINE}\nThe pilot left the fog.")
    second = history.add(f"{LINE}\nThe pilot left the fog.")
    assert indexed_as_edits(history) == {second}
    assert found(history, "pilot") == found(history, '"pilot left the"') == {first, second}
    assert found(history, '"pilot left the quay"') == {first}


def test_only_a_phrase_or_a_beginning_that_was_taken_out_somewhere_leaves_a_doubt(history: History) -> None:
    history.add(f"The pilot left the quay.\n{LINE}\nThe pilot left the fog.")
    second = history.add(f"{LINE}\nThe pilot left the fog.")

    def in_doubt(typed: str) -> set[int]:
        return {*versions_with(history.store.db.conn, parse(typed)).doubtful}

    assert in_doubt('"pilot left"') == in_doubt("qu* -gale") == in_doubt('pilot -"the pilot"') == {second}
    assert in_doubt("pilot") == in_doubt("pil*") == in_doubt('"left the fog"') == in_doubt("quay") == set()


def test_no_phrase_goes_from_one_place_of_an_edit_to_another(history: History) -> None:
    history.add(f"{LINE} ferry\n{LINE}\nquay {LINE}")
    history.add(f"{LINE} pilot\n{LINE}\nfog {LINE}")
    assert len(indexed_as_edits(history)) == 1
    assert found(history, '"pilot fog"') == set()


# ---- what is kept of an edit


def test_an_edit_of_a_word_keeps_the_words_around_it() -> None:
    old, new = (f"a b c d e f {word} g h i j k l".split() for word in ("ferry", "boat"))
    title, rest = ["log"], [LINE.split()]
    assert small_edit(Folded(title, [old, *rest]), Folded(title, [new, *rest])) == Edit(
        "", "b c d e f boat g h i j k", "b c d e f ferry g h i j k", "ferry"
    )


def test_a_text_that_is_mostly_other_words_is_indexed_in_full(history: History) -> None:
    history.add(f"{LINE}\nThe pilot left the quay.")
    history.add("A text of its own about the fog in the harbour, and no other.")
    assert indexed_as_edits(history) == set()


def test_texts_of_very_many_lines_are_indexed_in_full(history: History) -> None:
    lines = [f"line {number}" for number in range(2_001)]
    history.add("\n".join(lines))
    history.add("\n".join([*lines, "The pilot left the quay."]))
    assert indexed_as_edits(history) == set()


# ---- when a version changes or goes


def test_an_edit_is_indexed_in_full_once_the_version_before_it_is_read_anew(history: History) -> None:
    first = history.add(f"The pilot left the quay.\n{LINE}")
    second = history.add(f"The pilot left the quay.\n{LINE}\nThe fog came in.")
    third = history.add(f"The pilot left the quay.\n{LINE}\nThe fog came in. Then it left.")
    history.store.reread_version(first, of(LINE))
    assert indexed_as_edits(history) == {third}
    assert found(history, "pilot") == found(history, "fog -gale") == {second, third}
    for table in ("versions_fts", "versions_fts_edits"):
        history.store.db.conn.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
    with closing(Reader.open(history.path)) as reader:
        assert [one for one in verify(reader).faults if one.table == "versions_fts"] == []


def test_an_edit_of_a_version_that_is_not_indexed_is_named_by_verify(history: History) -> None:
    first = history.add(f"The pilot left the quay.\n{LINE}")
    second = history.add(f"The pilot left the quay.\n{LINE}\nThe fog came in.")
    history.store.db.conn.execute("DELETE FROM sketches WHERE version = ?", [first])
    history.store.db.conn.commit()
    with closing(Reader.open(history.path)) as reader:
        faults = [one for one in verify(reader).faults if one.table == "versions_fts"]
    assert [one.id for one in faults] == [first, second]


def test_a_site_with_edits_is_removed_from_the_index(history: History) -> None:
    history.add(f"The pilot left the quay.\n{LINE}")
    history.add(f"The pilot left the quay.\n{LINE}\nThe fog came in.")
    with closing(SiteRemoval.open(history.path)) as removal:
        removal.remove("ormhead", AT)
    for table in ("versions_fts", "versions_fts_edits"):
        left = history.store.db.conn.execute(f"SELECT count(*) FROM {table}_docsize").fetchone()
        assert left == (0,)
    assert found(history, "pilot") == found(history, "fog") == set()


def test_a_site_with_a_page_that_the_index_lacks_is_removed(history: History) -> None:
    history.add(f"The pilot left the quay.\n{LINE}")
    values = {"site": "ormhead", "url": "https://ormhead.example/b", "found_at": AT, "found_by": "seed"}
    other = history.store.add_page(values, "ormhead.example/b").id
    Unplaced(history.store.db).absorb(history.page, into=other)
    with closing(SiteRemoval.open(history.path)) as removal:
        removal.remove("ormhead", AT)
    assert history.store.db.conn.execute("SELECT count(*) FROM versions").fetchone() == (0,)


# ---- hits


def test_a_page_that_has_the_words_since_an_edit_is_a_hit(history: History) -> None:
    history.add(f"The pilot left the quay.\n{LINE}")
    history.add(f"The pilot left the quay.\n{LINE}\nThe fog came in.")
    history.add(f"{LINE}\nThe fog came in.")
    history.store.update_page(history.page, {"state": "live", "version": 3})
    with closing(Reader.open(history.path)) as reader:
        assert [(hit.version, hit.present) for hit in find(reader, "fog")] == [(3, True)]
        assert [(hit.version, hit.present) for hit in find(reader, "pilot")] == [(2, False)]
        in_page = SearchFilters(page=history.page)
        assert [hit.version for hit in find(reader, "pilot fog", in_page)] == [2]
        assert find(reader, "pilot gale", in_page) == []
        assert [hit.version for hit in find(reader, "quay*")] == [2]
