"""WARC files, out and in again: what was captured comes back the same, at its place in time."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.command import Press, objects, quick, variorum, workspace
from tests.local_site import LocalSite, article
from tests.tracked import HOME, SITE, Story, story_at
from variorum.crawler.backfill.content_coding import LARGEST
from variorum.crawler.backfill.warc import WarcFiles
from variorum.crawler.export.tables import zstd
from variorum.crawler.fetch_result import FetchResult
from variorum.storage.reader import Reader

AT = "2019-05-01T00:00:00Z"
BRIDGE = "The bridge was built in 1887, and it still stands."


# ---- archives made by others


class Made:
    """A WARC file in the making."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path = path
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=packed)
        self._writer.write_record(self._writer.create_warcinfo_record("made.warc", {"software": "test"}))

    def holds(self, url: str, body: bytes, at: str = AT, status: str = "200 OK", **headers: str) -> str:
        """A response; the digest of its payload."""
        named = [("Content-Type", "text/html; charset=utf-8")]
        named += [(name.replace("_", "-"), value) for name, value in headers.items()]
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(status, named, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": at},
        )
        self._writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Payload-Digest"))

    def repeats(
        self, url: str, digest: str, at: str, of: tuple[str, str] = ("http://x.example/", AT)
    ) -> None:
        """A revisit of what had that digest."""
        headers = {"WARC-Date": at}
        self._writer.write_record(
            self._writer.create_revisit_record(url, digest, *of, warc_headers_dict=headers)
        )

    def done(self) -> Path:
        self._file.close()
        return self.path


def read(*paths: Path, stored: Callable[[str, str], bytes | None] = lambda *_: None) -> list[FetchResult]:
    return [capture.fetched for capture in WarcFiles(paths, lambda url: True, stored).captures()]


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def bare_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "br": ("br", brotli.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "zstd": ("zstd", zstd.compress),
    "none": ("identity", bytes),
    "said to be gzip, but unpacked": ("gzip", bytes),
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("in_chunks", [True, False])
def test_a_body_is_freed_of_how_it_was_sent(tmp_path: Path, coding: str, in_chunks: bool) -> None:
    body = article("The bridge", BRIDGE).encode()
    name, pack = CODINGS[coding]
    made = Made(tmp_path / "made.warc.gz")
    headers = {"Content_Encoding": name} | ({"Transfer_Encoding": "chunked"} if in_chunks else {})
    made.holds(f"{HOME}/bridge/", chunked(pack(body)) if in_chunks else pack(body), **headers)
    [fetched] = read(made.done())
    assert (fetched.url, fetched.fetched_at, fetched.status) == (f"{HOME}/bridge/", AT, 200)
    assert (fetched.body, fetched.encoding, fetched.error) == (body, "utf-8", None)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd"])
def test_a_bomb_is_not_unpacked_and_a_cut_body_is_no_page(tmp_path: Path, coding: str) -> None:
    name, pack = CODINGS[coding]
    made = Made(tmp_path / "made.warc.gz")
    made.holds(f"{HOME}/bomb/", pack(bytes(LARGEST + 1)), Content_Encoding=name)
    made.holds(f"{HOME}/cut/", pack(article("The bridge", BRIDGE).encode())[:-20], Content_Encoding=name)
    assert [(one.body, one.error) for one in read(made.done())] == [(b"", "too large"), (b"", "cut")]


@pytest.mark.parametrize("packed", [True, False])
def test_a_revisit_has_the_body_of_what_it_refers_to_in_whatever_order_and_file(
    tmp_path: Path, packed: bool
) -> None:
    later, earlier = (Made(tmp_path / f"{name}.warc", packed=packed) for name in ("later", "earlier"))
    body = article("The bridge", BRIDGE).encode()
    earlier.holds(f"{HOME}/other/", b"<p>Another page")
    digest = earlier.holds(f"{HOME}/bridge/", gzip.compress(body), Content_Encoding="gzip")
    later.repeats(f"{HOME}/bridge/", digest, "2020-05-01T00:00:00.5Z")
    later.repeats(f"{HOME}/bridge/", "sha1:NOTTHERE", "2021-05-01T00:00:00Z", (f"{HOME}/bridge/", AT))
    found = read(later.done(), earlier.done())[2:]
    assert [(one.fetched_at, one.body) for one in found] == [
        ("2020-05-01T00:00:00Z", body),
        ("2021-05-01T00:00:00Z", body),
    ]


def test_a_revisit_of_what_is_nowhere_is_counted_as_lost(tmp_path: Path) -> None:
    made = Made(tmp_path / "made.warc.gz")
    made.repeats(f"{HOME}/bridge/", "sha1:NOTTHERE", AT)
    files = WarcFiles((made.done(),), lambda url: True, lambda *_: None)
    assert (list(files.captures()), files.lost) == ([], 1)


def test_a_file_that_is_packed_as_a_whole_is_read_all_the_same(tmp_path: Path) -> None:
    made = Made(tmp_path / "made.warc", packed=False)
    digest = made.holds(f"{HOME}/bridge/", b"<p>The bridge")
    made.repeats(f"{HOME}/bridge/", digest, "2020-05-01T00:00:00Z")
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(made.done().read_bytes()))
    assert [one.body for one in read(whole)] == [b"<p>The bridge"] * 2


def test_a_wacz_is_read_without_being_unpacked(tmp_path: Path) -> None:
    made = Made(tmp_path / "made.warc.gz")
    digest = made.holds(f"{HOME}/bridge/", b"<p>The bridge")
    made.repeats(f"{HOME}/bridge/", digest, "2020-05-01T00:00:00Z")
    path = tmp_path / "made.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.write(made.done(), "archive/data.warc.gz")
        archive.writestr("../../escape.warc.gz", b"")
    before = set(tmp_path.rglob("*"))
    assert [one.body for one in read(path)] == [b"<p>The bridge"] * 2
    assert set(tmp_path.rglob("*")) == before


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_in_a_file_it_is_read_or_called_broken(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    made = Made(folder / "made.warc", packed=False)
    made.repeats(f"{HOME}/bridge/", made.holds(f"{HOME}/bridge/", b"<p>The bridge"), AT)
    body = bytearray(made.done().read_bytes())
    at = data.draw(st.integers(0, len(body)))
    body[at : at + data.draw(st.integers(0, 50))] = data.draw(st.binary(max_size=9))
    made.path.write_bytes(body)
    for fetched in read(made.path):
        assert fetched.fetched_at


@pytest.mark.parametrize("length", [b"99999999999999999999", b"-1", b"many"])
def test_a_record_with_an_impossible_length_makes_the_file_broken_and_costs_none_before(
    tmp_path: Path, length: bytes
) -> None:
    made = Made(tmp_path / "made.warc", packed=False)
    made.holds(f"{HOME}/bridge/", b"<p>The bridge")
    made.holds(f"{HOME}/mill/", b"<p>The mill")
    found = made.done().read_bytes()
    start, end = found.rindex(b"WARC/1."), found.rindex(b"Content-Length", 0, found.rindex(b"HTTP/1.1"))
    after = found.index(b"\r\n", end)
    made.path.write_bytes(found[:end] + b"Content-Length: " + length + found[after:])
    assert start < end
    assert [one.final_url for one in read(made.path)][:1] == [f"{HOME}/bridge/"]


def test_redirects_and_other_records_are_no_captures(tmp_path: Path) -> None:
    made = Made(tmp_path / "made.warc.gz")
    made.holds(f"{HOME}/old/", b"", status="301 Moved Permanently", Location=f"{HOME}/bridge/")
    made.holds("dns:riverside.example", b"20190501 127.0.0.1")
    made.holds(f"{HOME}/timeless/", b"<p>When?", at="some day")
    assert read(made.done()) == []


# ---- archives of the wild

WHOLE = article("The bridge", BRIDGE).encode()


def record(
    kind: str,
    block: bytes,
    at: str = AT,
    *,
    url: str = f"{HOME}/bridge/",
    length: int | None = None,
    **more: str,
) -> bytes:
    """One record as text, without what parts it from the next."""
    headers = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": at, "Content-Type": "application/http"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    headers["Content-Length"] = str(len(block) if length is None else length)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + block


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A response as it went over the wire."""
    head = "".join(f"{line}\r\n" for line in ("Content-Type: text/html; charset=utf-8", *headers))
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def files_of(path: Path, *records: bytes, between: bytes = b"\r\n\r\n", packed: bool = False) -> WarcFiles:
    """An archive of these records, yet to be read."""
    parts = [one + between for one in records]
    path.write_bytes(b"".join(map(gzip.compress, parts)) if packed else b"".join(parts))
    return WarcFiles((path,), lambda url: True, lambda *_: None)


def bodies(files: WarcFiles) -> list[bytes]:
    return [one.fetched.body for one in files.captures()]


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "zstd"])
@pytest.mark.parametrize("padding", [b"", b"\0" * 9])
def test_a_body_in_several_packed_parts_is_read_whole_or_refused(
    tmp_path: Path, coding: str, padding: bytes
) -> None:
    pack = zstd.compress if coding == "zstd" else gzip.compress
    parts, text = pack(WHOLE[:99]) + pack(WHOLE[99:]), f"Content-Encoding: {coding}"
    files = files_of(
        tmp_path / "a.warc",
        record("response", http(parts + padding, text)),
        record("response", http(parts[:-9], text)),
    )
    assert bodies(files) == [WHOLE, b""]
    assert [one.split(" is left out: ")[1] for one in files.refused] == ["the page in it is cut off"]


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n\n\n"])
@pytest.mark.parametrize("packed", [True, False])
def test_records_with_nothing_or_anything_between_them_are_all_read_and_referred_to(
    tmp_path: Path, between: bytes, packed: bool
) -> None:
    two = [record("response", http(WHOLE + one)) for one in (b"1", b"2")]
    again = record("revisit", b"", "2020-05-01T00:00:00Z", WARC_Refers_To_Date="2019-06-01T00:00:00Z")
    two.append(record("response", http(WHOLE + b"3"), "2019-06-01T00:00:00Z"))
    files = files_of(tmp_path / "a.warc", *two, again, between=between, packed=packed)
    assert bodies(files) == [WHOLE + one for one in (b"1", b"2", b"3", b"3")]
    assert (files.broken, files.refused) == ([], [])


def test_a_record_without_a_length_or_an_address_and_what_follows_the_last_cost_no_other(
    tmp_path: Path,
) -> None:
    whole = record("response", http(WHOLE))
    nameless = whole.replace(f"WARC-Target-URI: {HOME}/bridge/\r\n".encode(), b"")
    files = files_of(tmp_path / "a.warc", nameless, whole, b"dust on the tape")
    assert bodies(files) == [WHOLE]
    assert (files.broken, files.refused) == ([], [])
    files = files_of(tmp_path / "b.warc", whole, whole.replace(b"Content-Length: ", b"X-Length: "))
    assert bodies(files) == [WHOLE]
    assert files.refused[0].endswith("is left out: it has no length")


def test_a_resource_is_a_page(tmp_path: Path) -> None:
    files = files_of(
        tmp_path / "a.warc",
        record("resource", WHOLE, Content_Type="text/html; charset=utf-8"),
        record("resource", b"\x89PNG", url="urn:screenshot:1", Content_Type="image/png"),
        record("conversion", b"The bridge", Content_Type="text/plain"),
    )
    [capture] = files.captures()
    assert (capture.fetched.body, capture.fetched.status, capture.fetched.encoding) == (WHOLE, 200, "utf-8")


@pytest.mark.parametrize("kind", ["revisit", "response"])
@pytest.mark.parametrize("refers", [{"WARC_Refers_To_Date": AT}, {}])
def test_an_answer_that_nothing_was_modified_is_a_sight_of_what_was_seen_before(
    tmp_path: Path, kind: str, refers: dict[str, str]
) -> None:
    same = http(b"", 'ETag: "1"', status="304 Not Modified")
    files = files_of(
        tmp_path / "a.warc",
        record(kind, same, "2018-05-01T00:00:00Z"),  # of what was before that, nobody knows
        record("response", http(WHOLE)),
        record(kind, same, "2019-07-01T00:00:00Z", **refers),
        record("response", http(b"<p>It has fallen."), "2020-05-01T00:00:00Z"),
    )
    seen = [(one.fetched.fetched_at[:4], one.fetched.status, one.fetched.body) for one in files.captures()]
    assert seen == [("2019", 200, WHOLE), ("2020", 200, b"<p>It has fallen."), ("2019", 200, WHOLE)]
    assert files.lost == 1


@pytest.mark.parametrize(
    ("half", "why"),
    [
        (record("response", http(WHOLE), length=len(http(WHOLE)) - 40), "its length is wrong"),
        (record("response", http(WHOLE), WARC_Segment_Number="1"), "it is one of several segments"),
        (record("response", http(WHOLE), WARC_Truncated="length"), "the page in it is cut off"),
        (record("response", http(WHOLE, "Content-Length: 99999")), "the page in it is cut off"),
        (
            record("response", http(chunked(WHOLE)[:-9], "Transfer-Encoding: chunked")),
            "the page in it is cut off",
        ),
        (record("response", http(WHOLE), "0001-01-01T00:00:00Z"), "its time is '0001-01-01T00:00:00Z'"),
        (record("response", http(WHOLE), "some day"), "its time is 'some day'"),
        (record("response", WHOLE, Content_Type="text/html"), "it has no response of a server"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_half_a_page_is_refused_with_its_place_and_what_follows_is_read(
    tmp_path: Path, half: bytes, why: str, packed: bool
) -> None:
    whole = record("response", http(WHOLE), "2020-05-01T00:00:00Z")
    files = files_of(tmp_path / "a.warc", whole, half, whole, packed=packed)
    sound = [one.fetched.body for one in files.captures() if one.fetched.status and not one.fetched.error]
    assert sound == [WHOLE, WHOLE]
    place = f"{tmp_path}/a.warc: the record at byte {len(whole) + 4}, unpacked ({HOME}/bridge/)"
    assert files.refused == [f"{place} is left out: {why}"]


@pytest.mark.parametrize(
    "headers", [["Transfer-Encoding: chunked"], ["Content-Encoding: gzip", "Content-Length: 9"]]
)
def test_a_body_that_was_freed_before_it_was_archived_is_taken_as_it_is(
    tmp_path: Path, headers: list[str]
) -> None:
    assert bodies(files_of(tmp_path / "a.warc", record("response", http(WHOLE, *headers)))) == [WHOLE]


def test_what_is_refused_is_told_to_the_person(tmp_path: Path) -> None:
    root = workspace(tmp_path / "press", riverside=f'url = "{HOME}/"\n')
    path = tmp_path / "a.warc"
    files_of(
        path, record("response", http(WHOLE, "Content-Length: 99999")), record("response", http(WHOLE), AT)
    )
    result = variorum("-C", root, "import", "warc", path, "--site", "riverside")
    assert result.exit_code == 0
    assert f"{path}: the record at byte 0, unpacked ({HOME}/bridge/) is left out" in result.stderr


# ---- taken in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path / "press", riverside=f'url = "{HOME}/"\n')


def taken_in(root: Path, *paths: Path) -> dict[str, int]:
    [counts] = objects("-C", root, "import", "warc", *paths, "--site", "riverside")
    return counts


def history(root: Path, path: str = "/bridge/") -> list[dict[str, Any]]:
    return objects("-C", root, "history", HOME + path)


def test_an_archive_becomes_versions_and_changes_and_a_second_time_nothing(
    root: Path, tmp_path: Path
) -> None:
    made = Made(tmp_path / "made.warc.gz")
    made.holds(f"{HOME}/bridge/", article("The bridge", BRIDGE).encode())
    made.holds(f"{HOME}/bridge/", article("The bridge", "It has fallen.").encode(), "2020-05-01T00:00:00Z")
    made.holds(f"{HOME}/bridge/photo.jpg", b"\xff\xd8", Content_Type="image/jpeg")
    made.holds("https://elsewhere.example/bridge/", article("The bridge", BRIDGE).encode())
    made.holds(f"{HOME}/lost/", b"<title>Not found</title>", status="404 Not Found")
    path = made.done()
    assert taken_in(root, path) == {"version": 2, "changes": 1, "gone": 1}
    assert [one["captured_at"] for one in history(root)] == [AT, "2020-05-01T00:00:00Z"]
    assert taken_in(root, path) == {"known": 2, "gone": 1}


def test_a_page_that_two_captures_did_not_find_had_gone_and_returned(root: Path, tmp_path: Path) -> None:
    made = Made(tmp_path / "made.warc.gz")
    for year in (2016, 2017):
        made.holds(f"{HOME}/bridge/", b"<title>Lost</title>", f"{year}-05-01T00:00:00Z", "404 Not Found")
    for at in ("2015-05-01T00:00:00Z", AT):
        made.holds(f"{HOME}/bridge/", article("The bridge", BRIDGE).encode(), at)
    path = made.done()
    assert taken_in(root, path) == {"gone": 2, "version": 1, "seen": 1, "changes": 2}
    assert taken_in(root, path) == {"gone": 2, "known": 2, "changes": 0}
    assert [(one["kind"], one["seen_old"][:4]) for one in objects("-C", root, "changes")] == [
        ("returned", "2017"),
        ("gone", "2015"),
    ]


def test_a_revisit_is_resolved_by_what_is_stored(root: Path, tmp_path: Path) -> None:
    first, second = Made(tmp_path / "first.warc.gz"), Made(tmp_path / "second.warc.gz")
    body = article("The bridge", BRIDGE).encode()
    digest = first.holds(f"{HOME}/bridge/", body)
    first.holds(f"{HOME}/bridge/", article("The bridge", "It has fallen.").encode(), "2020-05-01T00:00:00Z")
    second.repeats(f"{HOME}/bridge/", digest, "2021-05-01T00:00:00Z")
    second.repeats(f"{HOME}/bridge/", f"sha256:{hashlib.sha256(body).hexdigest()}", "2022-05-01T00:00:00Z")
    taken_in(root, first.done())
    assert taken_in(root, second.done()) == {"version": 1, "seen": 1, "changes": 1}
    assert [one["version"] for one in history(root)] == [1, 2, 3]


def test_a_text_and_its_successor_that_were_captured_in_one_second_are_two_versions(
    root: Path, tmp_path: Path
) -> None:
    made, second = Made(tmp_path / "made.warc.gz"), "2020-05-01T00:00:00Z"
    before = made.holds(f"{HOME}/bridge/", article("The bridge", BRIDGE).encode())
    made.repeats(f"{HOME}/bridge/", before, second)
    after = made.holds(f"{HOME}/bridge/", article("The bridge", "It has fallen.").encode(), second)
    made.repeats(f"{HOME}/bridge/", after, "2021-05-01T00:00:00Z")
    assert taken_in(root, made.done()) == {"version": 2, "seen": 2, "changes": 1}
    assert [one["version"] for one in history(root)] == [1, 2]


def test_a_file_that_breaks_off_is_named_and_what_came_before_is_taken_in(root: Path, tmp_path: Path) -> None:
    made = Made(tmp_path / "made.warc.gz")
    made.holds(f"{HOME}/bridge/", article("The bridge", BRIDGE).encode())
    made.holds(f"{HOME}/mill/", article("The mill", "It turns again.").encode())
    path, whole = made.done(), Made(tmp_path / "whole.warc.gz")
    whole.holds(f"{HOME}/tower/", article("The tower", "It leans.").encode())
    path.write_bytes(path.read_bytes()[:-300])
    result = variorum("-C", root, "import", "warc", path, whole.done(), "--site", "riverside")
    assert result.exit_code == 2
    assert "made.warc.gz: it can't be read to its end" in result.stderr
    assert re.search(r"after byte \d+, unpacked", result.stderr)
    assert [len(history(root, path)) for path in ("/bridge/", "/tower/")] == [1, 1]


@pytest.mark.parametrize("content", [b"", b"Dear diary", b"PK\x03\x04 no zip", b"\x1f\x8b no gzip"])
def test_what_is_no_archive_is_refused_in_words(root: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "diary.warc.gz"
    path.write_bytes(content)
    result = variorum("-C", root, "import", "warc", path, "--site", "riverside")
    assert result.exit_code == (2 if content else 0), result.stderr
    assert "Traceback" not in result.stderr


KILLED = """
import os, signal, sys
from variorum.crawler.backfill.insertion import Insertion
run, calls = Insertion.run, []
def killed(self, *words):
    said = run(self, *words)
    calls.append(1)
    if len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return said
Insertion.run = killed
from variorum.crawler.cli.__main__ import main
main(sys.argv[1:])
"""


def test_after_a_kill_each_capture_is_whole_or_not_there_and_a_second_import_brings_the_rest(
    root: Path, tmp_path: Path
) -> None:
    made = Made(tmp_path / "made.warc.gz")
    for number in range(6):
        text = f"Edition {number} of a text about the bridge, as it was read then."
        made.holds(f"{HOME}/bridge/", article("The bridge", text).encode(), f"201{number}-05-01T00:00:00Z")
    path = made.done()
    command = ["-C", root, "import", "warc", path, "--site", "riverside"]
    assert subprocess.run([sys.executable, "-c", KILLED, *map(str, command)], check=False).returncode == -9
    assert [one["version"] for one in history(root)] == [1, 2, 3]
    with story_at(root / "variorum.db", SITE) as story:
        assert story.store.db.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert taken_in(root, path) == {"known": 3, "version": 3, "changes": 3}
    other = workspace(tmp_path / "other", riverside=f'url = "{HOME}/"\n')
    taken_in(other, path)
    assert history(other) == history(root)


# ---- handed out


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    (tmp_path / "press" / "sites").mkdir(parents=True)
    with story_at(tmp_path / "press" / "variorum.db") as story:
        yield story


def records(path: Path) -> list[tuple[str, str, str, str, bytes]]:
    """Of each record: type, address, time, status, and body."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            body = record.content_stream().read()
            assert record.digest_checker.passed is not False
            header, http = record.rec_headers.get_header, record.http_headers
            status = http.statusline if http else ""
            if http and record.rec_type == "response":
                assert http.get_header("Content-Length") == str(len(body))
                assert http.get_header("Content-Encoding") is None
            found.append(
                (record.rec_type, header("WARC-Target-URI") or "", header("WARC-Date"), status, body)
            )
    return found


def test_captures_are_written_as_they_came_and_a_body_once(story: Story, tmp_path: Path) -> None:
    from variorum.crawler.export.export import ExportRequest, export_to

    old, new = article("The bridge", BRIDGE), article("The bridge", "It has fallen.")
    for page in (old, new, old):
        with story.run() as run:
            run.sees("/bridge/", page)
    with story.run() as run:
        run.sees("/bridge/", "<h1>Go away</h1>", 403)
    path = tmp_path / "all.warc.gz"
    assert export_to(path, story.reader, ExportRequest("warc"))[0] == 4
    info, *found = records(path)
    assert (info[0], b"variorum" in info[4]) == ("warcinfo", True)
    assert [(one[0], one[3], one[4]) for one in found] == [
        ("response", "200 OK", old.encode()),
        ("response", "200 OK", new.encode()),
        ("revisit", "200 OK", b""),
        ("response", "403 Forbidden", b"<h1>Go away</h1>"),
    ]
    assert [one[2] for one in found] == sorted(one[2] for one in found)
    card = json.loads((tmp_path / "all.warc.gz.card.json").read_text())
    assert (card["documents"], card["dates"]["fetched_at"]["from"]) == (4, found[0][2])


def test_what_a_crawl_has_stored_comes_back_the_same_in_another_store(tmp_path: Path) -> None:
    with LocalSite() as site:
        press = Press.crawled(tmp_path / "press", site)
        out, root = tmp_path / "all.warc.gz", workspace(tmp_path / "other", press=quick(site))
        assert press.run("export", "--format", "warc", "-o", out).exit_code == 0
        [counts] = objects("-C", root, "import", "warc", out, "--site", "press")
        assert counts["version"] >= 6
        assert _versions(root) == _versions(press.root)
        assert _versions(root) != {}


def _versions(root: Path) -> dict[str, list[tuple[int, str, str, str]]]:
    """Of each page: number, time, digest and title of its versions."""
    reader = Reader.open(root / "variorum.db")
    try:
        return {
            page.url: [(v.number, v.captured_at, v.digest, v.title) for v in reader.history(page.id)]
            for page in reader.pages("press")
            if page.version
        }
    finally:
        reader.close()


def test_a_page_that_only_imports_know_and_two_runs_have_not_found_is_gone_and_no_news(story: Story) -> None:
    from variorum.crawler.backfill.captures import Backfill
    from variorum.crawler.extraction.extract import Extract

    backfill = Backfill(story.store, story.site, "warc:old.warc.gz")
    backfill.add_text(f"{HOME}/bridge/", AT, Extract("The bridge", BRIDGE, "article"))
    for state in ("frontier", "gone"):
        with story.run() as run:
            run.misses("/bridge/")
        assert story.page("/bridge/").state == state
    assert [(one.kind, one.backfilled, one.seen_old) for one in story.changes()] == [("gone", 1, AT)]
