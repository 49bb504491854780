"""Families: copies are met, exact and near, and nothing else is; who had a text first."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.command import CSI, HOSTILE, OVERRIDE, objects, variorum, workspace
from variorum.storage.maintenance.verification import verify
from variorum.storage.reader import Reader
from variorum.storage.search.near_duplicates import copies, group_of, groups
from variorum.storage.store import Store
from variorum.storage.text_index.folding import folded_words
from variorum.storage.text_index.minhash import containment, estimate, meetings, minhash, shingles

AT = "2026-03-01T10:00:00Z"
ENGLISH = (
    "the a of river bridge town market council mason house winter spring letter old new every under without "
    "across built carried opened closed wrote answered promised remembered people children workers teachers "
    "road stone water garden school paper evening morning because although while before after never always"
)
PERSIAN = (
    "مردم شهر خانه کتاب رود پل بازار زمستان بهار نامه قدیم تازه هر زیر بدون ساخت آورد گشود بست نوشت گفت "
    "کودکان کارگران آموزگاران راه سنگ آب باغ مدرسه کاغذ شب بامداد زیرا اگر تا پیش پس هرگز همیشه در از به"
)

Words = Callable[..., str]


def writer(seed: int, vocabulary: str = ENGLISH) -> Words:
    """Writes so many sentences, other ones each time."""
    rng, known = random.Random(seed), vocabulary.split()
    return lambda sentences: " ".join(" ".join(rng.choices(known, k=12)) + "." for _ in range(sentences))


@dataclass
class Shelf:
    """A store into which pages are put by hand."""

    store: Store

    def put(self, url: str, text: str, site: str = "a", title: str = "A page", **dates: str) -> int:
        """The number of a new live page with this text; or a new version of the page there."""
        seen = dates.get("seen", AT)
        self.store.enrol(site, f"https://{site}.example/")
        page = self.store.find(site, url) or self.store.add_page(
            {"site": site, "url": f"https://{site}.example{url}", "found_at": seen, "found_by": "links"}, url
        )
        fetch = {"page": page.id, "fetched_at": seen, "url": page.url, "status": 200}
        capture = self.store.add_capture({**fetch, "outcome": "ok", "reason": ""})
        number = (page.version or 0) + 1
        values = {"page": page.id, "number": number, "capture": capture, "captured_at": seen, "title": title}
        words = len(text.split())
        self.store.add_version({**values, "text": text, "digest": "", "words": words, "extractor": "test"})
        state = {"state": "live", "version": number, "published": dates.get("published")}
        self.store.update_page(page.id, state)
        return page.id

    def groups(self, least: float = 0.8) -> list[list[str]]:
        """The paths of each family's pages, the first in front."""
        found = groups(Reader(self.store.db), least=least)
        return [[member.url.partition(".example")[2] for member in group.members] for group in found]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with contextlib.closing(Store.open(Path(":memory:"))) as store:
        yield Shelf(store)


# ---- what is a copy


@pytest.mark.parametrize("vocabulary", [ENGLISH, PERSIAN], ids=["English", "Persian"])
def test_a_copy_with_one_sentence_altered_is_met(shelf: Shelf, vocabulary: str) -> None:
    says = writer(1, vocabulary)
    start, end = says(10), says(10)
    shelf.put("/a", f"{start} {says(1)} {end}")
    shelf.put("/b", f"{start} {says(1)} {end}", site="b")
    shelf.put("/c", says(21), site="b")
    assert shelf.groups() == [["/a", "/b"]]


def test_a_copy_of_which_half_is_left_out_is_met_and_wholly_alike(shelf: Shelf) -> None:
    says = writer(2)
    half = says(10)
    shelf.put("/whole", f"{half} {says(10)}", published="2020-01-01")
    shelf.put("/half", half, published="2020-01-02")
    (group,) = groups(Reader(shelf.store.db))
    assert [(copy.member.url[-5:], copy.containment) for copy in group.copies] == [("/half", 1.0)]


def test_a_quotation_is_no_copy(shelf: Shelf) -> None:
    says = writer(3)
    quoted = says(5)
    shelf.put("/whole", f"{says(10)} {quoted} {says(10)}")
    shelf.put("/quotation", quoted)
    assert shelf.groups() == []


def test_a_translation_is_no_copy(shelf: Shelf) -> None:
    english, translated = writer(4)(20), dict(zip(ENGLISH.split(), PERSIAN.split() * 2, strict=False))
    shelf.put("/en", english)
    shelf.put("/fa", " ".join(translated[word] for word in folded_words(english)))
    assert shelf.groups() == []


def test_pages_that_share_only_their_boilerplate_are_no_family(shelf: Shelf) -> None:
    says = writer(5)
    boilerplate = says(8)
    for number in range(60):
        shelf.put(f"/{number}", f"{boilerplate} {says(12)}")
    assert shelf.groups() == []


def test_short_texts_are_a_family_only_where_every_word_and_the_title_are_the_same(shelf: Shelf) -> None:
    shelf.put("/a", "The photographs of the day, in the order in which they were taken.", title="Day one")
    shelf.put("/b", "The photographs of the day, in the order in which they were taken!", title="Day One")
    shelf.put("/c", "The photographs of the day, in the order in which they were taken.", title="Day two")
    shelf.put("/d", "The photographs of the day, in the order in which they were made.", title="Day one")
    shelf.put("/e", "", title="Day one")
    shelf.put("/f", "", title="Day one")
    assert shelf.groups() == [["/a", "/b"]]


def test_the_same_text_in_another_spelling_is_the_same(shelf: Shelf) -> None:
    text = writer(6, PERSIAN)(6)
    shelf.put("/a", text)
    shelf.put("/b", text.replace("ک", "ك").replace("ی", "ي").replace(".", "،"), site="b")
    (group,) = groups(Reader(shelf.store.db))
    assert group.first.digest == group.copies[0].member.digest


def test_a_collection_belongs_to_what_it_is_most_like_and_makes_no_family_of_its_parts(shelf: Shelf) -> None:
    says = writer(7)
    one, other, altered = says(19), says(20), says(1)
    shelf.put("/one", f"{one} {says(1)}", published="2020-01-01")
    shelf.put("/other", other, published="2020-01-02")
    shelf.put("/both", f"{one} {altered} {other}", published="2020-01-03")
    assert shelf.groups() == [["/other", "/both"]]


def test_a_copy_of_a_copy_is_of_the_family(shelf: Shelf) -> None:
    says = writer(8)
    sentences = [says(1) for _ in range(20)]
    for number in range(4):
        shelf.put(f"/{number}", " ".join(sentences), published=f"2020-01-0{number + 1}")
        sentences[5 * number] = says(1)
        sentences[5 * number + 2] = says(1)
    assert shelf.groups() == [["/0", "/1", "/2", "/3"]]
    (group,) = groups(Reader(shelf.store.db))
    assert [copy.containment > 0.8 for copy in group.copies] == [True, False, False]


def test_gone_pages_listings_and_earlier_versions_have_no_family(shelf: Shelf) -> None:
    text = writer(9)(20)
    for path in ("/a", "/gone", "/listing", "/edited"):
        page = shelf.put(path, text)
        if path == "/gone":
            shelf.store.update_page(page, {"state": "gone"})
        if path == "/listing":
            shelf.store.update_page(page, {"kind": "listing"})
    shelf.put("/edited", writer(10)(20))
    assert shelf.groups() == []


def test_a_version_that_is_read_anew_is_compared_as_it_is_read_now(shelf: Shelf) -> None:
    text = writer(11)(20)
    shelf.put("/a", text)
    shelf.put("/b", writer(12)(20))
    ((version,),) = shelf.store.db.conn.execute("SELECT max(id) FROM versions").fetchall()
    shelf.store.reread_version(version, {"text": text})
    assert shelf.groups() == [["/a", "/b"]]


# ---- how well


def test_of_five_hundred_pages_nearly_all_copies_are_met_and_nothing_else(shelf: Shelf) -> None:
    rng, says = random.Random(13), writer(13)
    boilerplate = says(3)
    copies = set()
    for number in range(400):
        sentences = [says(1) for _ in range(rng.randint(8, 40))]
        shelf.put(f"/{number}", " ".join([*sentences, boilerplate]), published="2020-01-01")
        if number % 4 == 0:
            shelf.put(f"/{number}/copy", " ".join([*altered(sentences, rng, says), boilerplate]), site="b")
            copies.add((f"/{number}", f"/{number}/copy"))
    found = [tuple(group) for group in shelf.groups()]
    assert len(copies & set(found)) >= 0.98 * len(copies)
    assert set(found) <= copies


def altered(sentences: list[str], rng: random.Random, says: Words) -> list[str]:
    """The sentences as another site takes them: with one altered in fifteen, one left out, or half."""
    match rng.randrange(4):
        case 0:
            return sentences
        case 1:
            return [says(1) if at % 15 == 7 else one for at, one in enumerate(sentences)]
        case 2:
            return sentences[: len(sentences) // 2 + 1]
        case _:
            return sentences[:3] + sentences[4:]


def test_an_estimate_by_sketches_is_near_the_likeness() -> None:
    rng, says = random.Random(14), writer(14)
    for _ in range(200):
        sentences = [says(1) for _ in range(rng.randint(4, 40))]
        kept = [one if rng.random() < 0.9 else says(1) for one in sentences]
        a, b = (shingles(folded_words(" ".join(text))) for text in (sentences, kept[: rng.randint(3, 40)]))
        if (exact := containment(a, b)) > 0.5:
            assert abs(estimate(minhash(a), minhash(b)) - exact) < 0.35


def test_many_copies_of_one_text_meet_without_each_being_held_against_each() -> None:
    says = writer(15)
    same = says(20)
    minhashes = [minhash(shingles(folded_words(f"{same} {says(1)}"))) for _ in range(200)]
    met = set(meetings(minhashes))
    assert {(0, at) for at in range(1, 200)} <= met
    assert len(met) < 2000


def test_the_sketches_of_a_store_with_another_hash_are_made_again(tmp_path: Path) -> None:
    says, path = writer(17), tmp_path / "variorum.db"
    text = says(20)
    with contextlib.closing(Store.open(path)) as store:
        for url, end in (("/first/", ""), ("/second/", says(1))):
            Shelf(store).put(url, f"{text} {end}")
        sketches = store.db.conn.execute("SELECT * FROM sketches").fetchall()
        store.db.conn.executescript(
            "UPDATE sketches SET sketch = randomblob(256);"
            " DELETE FROM _sqlite_migrations WHERE name = 'small_sketches'"
        )
        assert Shelf(store).groups() == []
    with contextlib.closing(Store.open(path)) as store:
        assert store.db.conn.execute("SELECT * FROM sketches").fetchall() == sketches
        assert Shelf(store).groups() == [["/first/", "/second/"]]


def test_a_store_in_which_a_text_is_damaged_is_migrated_and_verify_names_the_text(tmp_path: Path) -> None:
    says, path = writer(18), tmp_path / "variorum.db"
    with contextlib.closing(Store.open(path)) as store:
        for url in ("/first/", "/second/", "/third/"):
            Shelf(store).put(url, says(20))
        store.db.conn.executescript(
            "UPDATE versions SET text = x'28b52ffd00' WHERE id = 2;"
            " UPDATE sketches SET sketch = randomblob(256);"
            " DELETE FROM _sqlite_migrations WHERE name = 'small_sketches'"
        )
    with contextlib.closing(Reader.open(path)) as reader:
        lengths = reader.db.conn.execute("SELECT length(sketch) FROM sketches ORDER BY version").fetchall()
        assert lengths == [(128,), (0,), (128,)]
        assert any(fault.detail.startswith("its text can't be unpacked") for fault in verify(reader).faults)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(9)))
def test_the_order_in_which_pages_are_met_makes_no_difference(order: list[int]) -> None:
    says = writer(16)
    sentences = [says(1) for _ in range(10)]
    texts = [" ".join([*sentences[: 10 - n % 3], *(says(1) for _ in range(n % 4))]) for n in range(8)]
    texts.append(" ".join([*sentences, says(12)]))
    with contextlib.closing(Store.open(Path(":memory:"))) as store:
        shelf = Shelf(store)
        for n in order:
            shelf.put(f"/{n}", texts[n], site="ab"[n % 2], seen=f"2026-03-0{1 + n // 3}T10:00:00Z")
        assert sorted(shelf.groups()) == expected(texts)


def expected(texts: Iterable[str]) -> list[list[str]]:
    with contextlib.closing(Store.open(Path(":memory:"))) as store:
        shelf = Shelf(store)
        for n, text in zip(count(), texts):
            shelf.put(f"/{n}", text, site="ab"[n % 2], seen=f"2026-03-0{1 + n // 3}T10:00:00Z")
        return sorted(shelf.groups())


# ---- who had it first


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({"published": "2020-05-01"}, {"published": "2020-05-02"}, "published"),
        ({"published": "2020-05-01"}, {"seen": "2020-05-02T00:00:00Z"}, "published"),
        ({"seen": "2020-05-01T00:00:00Z"}, {"published": "2020-05-02"}, "first_seen"),
        (
            {"seen": "2020-05-01T00:00:00Z", "published": "2024-01-01"},
            {"published": "2020-05-02"},
            "first_seen",
        ),
    ],
)
def test_the_first_is_who_is_known_to_have_had_it_first(
    first: dict[str, str], second: dict[str, str], says: str, shelf: Shelf
) -> None:
    text = writer(17)(10)
    shelf.put("/second", text, **second)
    page = shelf.put("/first", text, site="b", **first)
    (group,) = groups(Reader(shelf.store.db))
    assert (group.first.page, group.first.dated_by) == (page, says)


def test_a_family_is_named_by_its_lowest_page_and_each_page_knows_its_own(shelf: Shelf) -> None:
    text, other = writer(18)(10), writer(19)(10)
    first, second = shelf.put("/1", text, published="2021-01-01"), shelf.put("/2", other)
    third, fourth = shelf.put("/3", text, published="2020-01-01"), shelf.put("/4", writer(20)(10))
    assert group_of(Reader(shelf.store.db)) == {first: first, third: first}
    shelf.put("/5", other)
    assert group_of(Reader(shelf.store.db)) == {first: first, third: first, second: second, 5: second}
    assert fourth not in group_of(Reader(shelf.store.db))


def test_an_address_that_two_sites_watch_is_no_copy_of_itself(shelf: Shelf) -> None:
    text = writer(22)(10)
    first = shelf.put("/1", text)
    again = shelf.put("/1", text, site="b")
    shelf.store.update_page(again, {"url": "https://a.example/1"})
    assert shelf.groups() == []
    shelf.put("/2", text)
    assert shelf.groups() == [["/1", "/2"]]
    assert copies(Reader(shelf.store.db)) == {again, 3}, "an export has the text once"
    assert first not in copies(Reader(shelf.store.db))


# ---- the command


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one family of three pages on two sites, and one within a site."""
    says = writer(21)
    blocks = [says(2) for _ in range(10)]
    with contextlib.closing(Store.open(tmp_path / "variorum.db")) as store:
        shelf = Shelf(store)
        shelf.put("/story", "\n".join(blocks), title="A story", published="2024-05-01")
        shelf.put(
            "/copy", "\n".join([*blocks[:4], *blocks[5:]]), site="b", title="A story", published="2024-06-01"
        )
        shelf.put("/again", "\n".join(blocks), title=HOSTILE, published="2024-07-01")
        notice = says(10)
        shelf.put("/notice", notice, site="b")
        shelf.put("/notice/2", f"{notice}\n{HOSTILE}", site="b", title="Notice")
    return workspace(tmp_path, a='url = "https://a.example/"\n', b='url = "https://b.example/"\n')


def test_the_command_prints_an_object_a_family(root: Path) -> None:
    story, notice = objects("-C", root, "duplicates")
    assert list(story) == ["family", "pages", "sites", "first", "first_by", "members"]
    assert [story[key] for key in list(story)[:5]] == [1, 3, ["a", "b"], 1, "published"]
    assert [list(member) for member in story["members"]] == [
        [
            "page",
            "url",
            "site",
            "title",
            "version",
            "published",
            "first_seen",
            "containment",
            "likeness",
            "words_added",
            "words_removed",
        ]
    ] * 3
    differs = [
        (one["url"], one["likeness"], one["words_added"], one["words_removed"]) for one in story["members"]
    ]
    assert differs == [
        ("https://a.example/story", 1.0, 0, 0),
        ("https://b.example/copy", differs[1][1], 0, 24),
        ("https://a.example/again", 1.0, 0, 0),
    ]
    assert 0.95 < differs[1][1] < 1
    assert (notice["sites"], notice["first_by"]) == (["b"], "first_seen")
    assert [one["family"] for one in objects("-C", root, "families", "--site", "a")] == [1]
    assert len(objects("-C", root, "families", "--least", "1")) == 2


def test_one_family_is_shown_with_the_words_that_copies_left_out(root: Path) -> None:
    shown = variorum("-C", root, "families", "--show", 1).stdout
    assert shown.count("[-") == 2  # the block left out, and the other title
    assert "b.example/copy\npublished 2024-06-01; 9" in shown
    (group,) = objects("-C", root, "families", "--show", 1)
    assert [hunk["op"] for hunk in group["members"][1]["hunks"]] == ["delete"]


def test_people_read_who_had_it_first_and_what_to_do_next(root: Path) -> None:
    result = variorum("-C", root, "duplicates")
    assert "  https://a.example/story  published 2024-05-01; first\n" in result.stdout
    assert "  https://a.example/again  published 2024-07-01; the same words\n" in result.stdout
    assert result.stderr == "Next: variorum duplicates --show 1\n"


def test_an_export_can_have_one_page_of_each_family(root: Path) -> None:
    def exported(*words: object) -> list[str]:
        lines = variorum("-C", root, "export", "--one-per-family", *words).stdout.splitlines()
        return [json.loads(line)["url"].removeprefix("https://") for line in lines]

    assert exported() == ["a.example/story", "b.example/notice"]
    assert exported("--site", "b") == ["b.example/copy", "b.example/notice"]
    assert exported("--unit", "version") == ["a.example/story", "b.example/notice"]
    assert variorum("-C", root, "export", "--one-per-family", "--as-of", "2026-03-02").exit_code == 2


def test_a_family_that_is_none_and_a_site_that_is_none_are_told_so(root: Path) -> None:
    result = variorum("-C", root, "families", "--show", 99)
    assert (result.exit_code, "there is no group 99" in result.stderr) == (1, True)
    assert variorum("-C", root, "families", "--site", "nobody").exit_code == 2
    assert variorum("-C", root, "families", "--least", "0").exit_code == 2


def test_hostile_titles_and_texts_cannot_command_the_terminal(root: Path) -> None:
    for words in ([], ["--show", 1], ["--show", 4], ["--json"]):
        output = variorum("-C", root, "families", *words).stdout
        assert output
        assert CSI not in output
        assert OVERRIDE not in output
