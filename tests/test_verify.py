"""`variorum verify`: an honest store is sound; whatever is altered behind its back is named."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.command import Press, in_terminal, variorum, workspace
from tests.lived import lived
from tests.local_site import LocalSite, article
from tests.older_store import with_captures_in_words
from tests.tracked import HOME, SITE
from variorum.crawler.config.site import Rule
from variorum.crawler.extraction.reader import PageReader
from variorum.crawler.tracking.reextraction import reextract_site
from variorum.storage import seals
from variorum.storage.bodies import digest_of
from variorum.storage.maintenance.verification import Verification, verify
from variorum.storage.reader import Reader
from variorum.storage.store import Store

Tamper = Callable[[sqlite3.Connection], object]


def looked_at(path: Path, against: str | None = None) -> Verification:
    with contextlib.closing(Reader.open(path)) as reader:
        return verify(reader, against)


def tampered(path: Path, alter: Tamper | str) -> None:
    """Somebody alters the file with plain SQL, and with no regard to what refers to what."""
    with contextlib.closing(sqlite3.connect(path)) as conn, conn:
        if isinstance(alter, str):
            assert conn.execute(alter).rowcount > 0
        else:
            alter(conn)


def first(path: Path) -> tuple[str, int | str, str | None, str]:
    found = looked_at(path)
    assert found.wrong > 0
    assert all(fault.remedy for fault in found.faults)
    one = found.faults[0]
    return one.table, one.id, one.url, one.detail


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store that has lived."""
    path = tmp_path_factory.mktemp("honest") / "variorum.db"
    with lived(path) as story:
        kinds = {change.kind for change in story.reader.changes(quiet=True)}
        assert kinds >= {"edited", "new", "gone", "returned", "moved"}
    return path.read_bytes()


@pytest.fixture
def path(honest: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "variorum.db"
    path.write_bytes(honest)
    return path


# ---- an honest store


def test_a_store_that_has_lived_is_sound_and_each_of_its_versions_is_sealed(path: Path) -> None:
    found = looked_at(path)
    assert found.faults == []
    assert found.counts["versions"] > 8
    assert found.counts["seals"] > found.counts["versions"]  # those that found another place are sealed anew
    assert found.head is not None
    assert found.head.startswith(f"{found.counts['seals']}:")


def test_a_store_is_sound_after_all_was_read_anew_by_other_rules(path: Path) -> None:
    before = looked_at(path).counts["seals"]
    with contextlib.closing(Store.open(path)) as store:
        reader = PageReader(replace(SITE, remove=(Rule("p:last-of-type"),)))
        assert any(one.differs for one in reextract_site(store, reader, dry=False))
    found = looked_at(path)
    assert found.faults == []
    assert found.counts["seals"] > before


def test_an_empty_store_is_sound(tmp_path: Path) -> None:
    Store.open(tmp_path / "variorum.db").close()
    found = looked_at(tmp_path / "variorum.db")
    assert (found.wrong, found.head) == (0, None)


def test_a_store_from_before_there_were_seals_is_sealed_when_it_is_opened(path: Path) -> None:
    tampered(path, with_captures_in_words)
    tampered(path, lambda conn: conn.executescript(
        "DROP TABLE seals; DROP TABLE prunings; DROP INDEX versions_of_capture; DROP INDEX captures_of_body;"
        "DROP INDEX bodies_on_base; DELETE FROM _sqlite_migrations WHERE name = 'seals_and_prunings'"
    ))  # fmt: skip
    found = looked_at(path)
    assert found.faults == []
    assert found.counts["seals"] == found.counts["versions"]


# ---- what was altered


VERSION = "(SELECT id FROM versions WHERE text LIKE '%1878%')"
"""A version in the middle of the bridge's."""


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as conn:
        return int(conn.execute(f"SELECT {VERSION}").fetchone()[0])


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE versions SET text = replace(text, '1878', '1888')", "its title or text is not that"),
        ("UPDATE versions SET title = 'The tower'", "its title or text is not that of its digest"),
        ("UPDATE versions SET captured_at = '2026-01-01T00:00:00Z'", "its time of capture is not that of"),
        ("UPDATE versions SET number = 99", "its number does not follow"),
        ("UPDATE versions SET extractor = 'me'", "its extractor is another than in seal"),
        ("UPDATE capture_rows SET url = 'https://elsewhere.example/'", "its capture is of another address"),
        (
            "UPDATE capture_rows SET fetched_at = '2026-01-01T00:00:00Z'",
            "its time of capture is not that of its capture",
        ),
        ("UPDATE capture_rows SET body = NULL", "its raw body is no longer kept, and no prune removed it"),
    ],
)
def test_a_version_that_was_altered_is_named_with_its_page(path: Path, sql: str, expected: str) -> None:
    which = VERSION if "UPDATE versions" in sql else f"(SELECT capture FROM versions WHERE id = {VERSION})"
    named = version(path)
    tampered(path, f"{sql} WHERE id = {which}")
    table, number, url, detail = first(path)
    assert (table, number, url) == ("versions", named, f"{HOME}/bridge/")
    assert detail.startswith(expected)


def test_a_version_that_was_altered_together_with_its_digest_differs_from_its_seal(path: Path) -> None:
    def rewrite(conn: sqlite3.Connection) -> None:
        conn.create_function("digest", 2, lambda *texts: bodies_digest("\n\n".join(texts)))
        conn.execute(f"UPDATE versions SET text = 'It was never built.' WHERE id = {VERSION}")
        conn.execute("UPDATE versions SET digest = digest(title, text)")

    named = version(path)
    tampered(path, rewrite)
    table, number, _, detail = first(path)
    assert (table, number) == ("versions", named)
    assert detail.startswith("its digest is another than in seal ")


def bodies_digest(text: str) -> str:
    return digest_of(text.encode())


def test_two_versions_that_changed_places_are_named(path: Path) -> None:
    def swap(conn: sqlite3.Connection) -> None:
        (page, number) = conn.execute(f"SELECT page, number FROM versions WHERE id = {VERSION}").fetchone()
        for was, becomes in ((number, -1), (number + 1, number), (-1, number + 1)):
            conn.execute("UPDATE versions SET number = ? WHERE page = ? AND number = ?", [becomes, page, was])

    tampered(path, swap)
    table, _, url, detail = first(path)
    assert (table, url) == ("versions", f"{HOME}/bridge/")
    assert detail.startswith("it has another place among its page's versions than in seal ")


def test_a_version_that_was_taken_away_is_missed_by_its_seal(path: Path) -> None:
    named = version(path)
    tampered(path, f"DELETE FROM versions WHERE id = {named}")
    table, number, url, detail = first(path)
    assert (table, number, url) == ("versions", named, f"{HOME}/bridge/")
    assert detail.startswith("it was removed; seal ")


def test_a_version_that_was_slipped_in_has_no_seal(path: Path) -> None:
    columns = "page, capture, captured_at, title, text, digest, words, extractor"
    last = "page = (SELECT id FROM pages WHERE url LIKE '%/market/') ORDER BY number DESC LIMIT 1"
    tampered(
        path,
        f"INSERT INTO versions(number, {columns}) SELECT number + 1, {columns} FROM versions WHERE {last}",
    )
    table, _, url, detail = first(path)
    assert (table, url, detail) == ("versions", f"{HOME}/market/", "it has no seal")


# ---- bodies and captures


def test_a_body_whose_bytes_are_others_is_named(path: Path) -> None:
    from backports import zstd

    def rewrite(conn: sqlite3.Connection) -> None:
        [digest, size] = conn.execute("SELECT digest, size FROM bodies WHERE base IS NULL").fetchone()
        forged = zstd.compress(b"<p>" + b"x" * (size - 3))
        conn.execute("UPDATE bodies SET data = ? WHERE digest = ?", [forged, digest])

    tampered(path, rewrite)
    table, digest, url, detail = first(path)
    assert (table, len(str(digest)), detail) == ("bodies", 64, "its bytes are not those of its digest")
    assert url
    assert url.startswith(HOME)


def test_a_body_that_cannot_be_unpacked_is_named(path: Path) -> None:
    tampered(path, "UPDATE bodies SET data = x'00112233' WHERE base IS NOT NULL")
    table, _, _, detail = first(path)
    assert table == "bodies"
    assert detail.startswith("it can't be unpacked: ")


def test_a_body_that_was_taken_away_is_missed_by_what_was_packed_against_it(path: Path) -> None:
    tampered(path, "DELETE FROM bodies WHERE base IS NULL")
    assert first(path)[0] == "bodies"
    assert any("is gone, and no prune removed it" in fault.detail for fault in looked_at(path).faults)


def test_bodies_that_are_packed_against_each_other_are_named(path: Path) -> None:
    def tie(conn: sqlite3.Connection) -> None:
        two = [digest for (digest,) in conn.execute("SELECT digest FROM bodies LIMIT 2")]
        for digest, other in (two, two[::-1]):
            conn.execute("UPDATE bodies SET base = ? WHERE digest = ?", [other, digest])

    tampered(path, tie)
    assert first(path)[3] == "what it is packed against is another body, or gone"


def test_a_capture_that_was_given_another_body_is_named(path: Path) -> None:
    tampered(
        path,
        "UPDATE capture_rows SET body = (SELECT digest FROM bodies WHERE digest <> capture_rows.body)"
        f" WHERE id = (SELECT capture FROM versions WHERE id = {VERSION})",
    )
    table, _, url, detail = first(path)
    assert (table, url) == ("captures", f"{HOME}/bridge/")
    assert detail == "its digest or length is not that of its body"


# ---- seals


def test_a_seal_that_was_altered_is_named(path: Path) -> None:
    tampered(path, "UPDATE seals SET captured_at = '2026-01-01T00:00:00Z' WHERE id = 5")
    table, number, _, detail = first(path)
    assert (table, number) == ("seals", 5)
    assert detail == "its contents differ from what was hashed into its page's chain"


@pytest.mark.parametrize("chain", ["page_chain", "store_chain"])
def test_a_link_of_a_chain_that_was_altered_is_named(path: Path, chain: str) -> None:
    tampered(path, f"UPDATE seals SET {chain} = '{'0' * 64}' WHERE id = 5")
    table, number, _, detail = first(path)
    assert (table, number) == ("seals", 5)
    assert detail == "it does not follow seal 4 in the store's chain: one of the two was altered"


def test_a_seal_that_was_taken_away_from_the_middle_leaves_a_gap(path: Path) -> None:
    tampered(path, "DELETE FROM seals WHERE id = 5")
    assert first(path) == ("seals", 5, None, "it was removed: seal 6 follows 4")


def test_a_seal_that_was_taken_away_from_the_end_is_missed(path: Path) -> None:
    count = looked_at(path).counts["seals"]
    tampered(path, f"DELETE FROM seals WHERE id = {count}")
    assert first(path) == ("seals", count, None, f"seals were removed from the end: there were {count}")


def test_a_chain_that_was_written_anew_as_a_whole_shows_only_against_a_head_that_was_noted(
    path: Path,
) -> None:
    noted = looked_at(path).head

    def forge(conn: sqlite3.Connection) -> None:
        conn.execute(f"UPDATE versions SET text = 'It was never built.' WHERE id = {VERSION}")
        conn.create_function("digest", 2, lambda *texts: bodies_digest("\n\n".join(texts)))
        conn.execute("UPDATE versions SET digest = digest(title, text)")
        conn.execute("DELETE FROM seals")
        conn.execute("DELETE FROM sqlite_sequence WHERE name = 'seals'")
        seals.fill(conn)

    tampered(path, forge)
    assert looked_at(path).faults == []
    [fault] = looked_at(path, noted).faults
    assert fault.table == "seals"
    assert "the noted head is missing" in fault.detail


def test_a_head_that_was_noted_before_the_store_grew_is_still_in_it(tmp_path: Path) -> None:
    with lived(tmp_path / "variorum.db") as story:
        noted = verify(story.reader).head
        assert noted
        with story.run() as run:
            run.sees("/later/", article("Later", "It is later than it was, and the clock says so."))
        found = verify(story.reader, noted)
        assert (found.wrong, found.head == noted) == (0, False)
        [fault] = verify(story.reader, f"{noted.partition(':')[0]}:{'0' * 64}").faults
        assert fault.detail == "the noted head differs: the chain was rewritten"


# ---- what searches go by


def test_a_version_that_searches_no_longer_know_is_named(path: Path) -> None:
    named = version(path)
    tampered(path, f"DELETE FROM sketches WHERE version = {named}")
    assert first(path) == (
        "versions_fts", named, f"{HOME}/bridge/", "searches and near-duplicates miss it",
    )  # fmt: skip


# ---- memory


def test_a_store_of_ten_times_the_size_takes_no_more_memory(tmp_path: Path) -> None:
    def peak(name: str, versions: int) -> int:
        path = tmp_path / name
        with contextlib.closing(Store.open(path)) as store:
            fill(store, versions)
        with contextlib.closing(Reader.open(path)) as reader:
            tracemalloc.start()
            assert verify(reader).counts["versions"] == versions
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    peak("first", 10)  # what is imported and compiled at the first time
    assert peak("large", 2000) < 1.5 * peak("small", 200)


def fill(store: Store, versions: int) -> None:
    """So many versions of a few pages, each with its body."""
    store.enrol("t", "https://example.org/")
    with store.writing():
        for number in range(versions):
            at = f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            url = f"https://example.org/{number % 10}"
            if number < 10:
                store.add_page({"site": "t", "url": url, "found_at": at, "found_by": "links"}, url)
            body = f"<p>{number}".encode()
            capture = {"page": number % 10 + 1, "fetched_at": at, "url": url, "status": 200, "outcome": "ok"}
            capture |= {"reason": "", "digest": digest_of(body), "length": len(body)}
            store.add_version(
                {
                    "page": number % 10 + 1, "number": number // 10 + 1, "captured_at": at,
                    "capture": store.add_capture(capture, store.pack(body, number % 10 + 1)),
                    "title": "", "text": str(number), "digest": digest_of(f"\n\n{number}".encode()),
                    "words": 1, "extractor": "t",
                }
            )  # fmt: skip


# ---- broken files


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off_is_told_in_words(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share) // 4096 * 4096])
    assert_reported(path)


def test_a_file_with_pages_of_nothing_in_it_is_told_in_words(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for at in range(40 * 4096, len(content), 20 * 4096):
        content[at : at + 4096] = bytes(4096)
    path.write_bytes(content)
    assert_reported(path)


def assert_reported(path: Path) -> None:
    (path.parent / "variorum.toml").touch()
    result = variorum("-C", path.parent, "verify")
    assert result.exit_code == 1
    assert (
        "malformed" in result.output or "FAULT: database" in result.output or "can't be read" in result.output
    )
    assert "Traceback" not in result.output


# ---- the command


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    with LocalSite() as site:
        return Press.crawled(tmp_path_factory.mktemp("press") / "home", site)


def test_the_command_tells_that_all_is_well_and_the_head_to_note(press: Press) -> None:
    [found] = press.objects("verify")
    assert (found["ok"], found["wrong"], found["faults"]) == (True, 0, [])
    result = press.run("verify")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == f"head {found['head']}"
    assert press.run("verify", "--against", found["head"]).exit_code == 0


def test_the_command_refuses_what_is_no_head_in_words(press: Press) -> None:
    result = press.run("verify", "--against", "yesterday")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "variorum: 'yesterday' is no head: give one as `variorum verify` printed it"
    )


def test_the_command_names_the_first_fault_what_to_do_and_then_the_others(path: Path) -> None:
    workspace(path.parent)
    tampered(path, "UPDATE versions SET title = '\x1b[31mRed'")
    result = variorum("-C", path.parent, "verify")
    assert result.exit_code == 1
    wrong, remedy, *more = result.stdout.splitlines()
    assert wrong.startswith(
        f"FAULT: versions 1 of {HOME}/bridge/: its title or text is not that of its digest"
    )
    assert remedy == (
        "  Find out who could write to the database, and take this from a backup that was made before."
    )
    assert more[0].startswith("also versions 2 of ")
    told = json.loads(variorum("-C", path.parent, "verify", "--json").stdout)
    assert (told["ok"], told["faults"][0]["table"], told["faults"][0]["id"]) == (False, "versions", 1)


def test_progress_shows_on_a_terminal(press: Press) -> None:
    assert "versions" in in_terminal("-C", press.root, "verify").partition("No fault found")[0]
