"""Writes the evidence folder of a change, which can be checked with standard tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from variorum.crawler.errors import Misuse
from variorum.crawler.export import evidence_readme
from variorum.crawler.export.atomic_write import whole_folder
from variorum.crawler.export.warc import write_warc
from variorum.crawler.output.objects import change_with_hunks, hunks_of, links_of, version_object
from variorum.crawler.output.terminal import UNSAFE, harmless
from variorum.crawler.output.word_diff import marked_lines
from variorum.storage import bodies, seals
from variorum.storage.errors import NotFound
from variorum.storage.maintenance import evidence
from variorum.storage.maintenance.evidence import Side
from variorum.storage.reader import Reader
from variorum.storage.rows import CaptureRow, ChangeRow

OF_CAPTURE = (
    *("fetched_at", "url", "status", "outcome", "reason", "content_type", "encoding", "digest", "length"),
    "origin",
)
OF_WARC = ("url", "fetched_at", "status", "content_type")
WARC = "captures.warc.gz"


@dataclass(frozen=True, slots=True)
class Case:
    """A change with the versions and seals on both sides."""

    change: ChangeRow
    sides: Sequence[Side]
    looks: Sequence[CaptureRow]
    raw: dict[int, bytes]
    """The stored raw pages, by the number of the version."""


def write_evidence(reader: Reader, number: int, path: Path) -> list[str]:
    """Write the evidence folder of a change atomically; return a sentence for each missing part.

    Raises NotFound if there is no such change, Misuse if `path` exists.
    """
    if path.is_symlink() or path.exists():
        raise Misuse(f"{path} exists already; name a new folder with -o")
    with reader.held():
        case = _case(reader, reader.change(number))
        with whole_folder(path) as folder:
            return _write(reader, case, folder)


def _case(reader: Reader, change: ChangeRow) -> Case:
    sides = evidence.sides(reader, change)
    raw = {}
    for side in sides:
        if body := _stored(reader, side.capture.digest):
            raw[side.version.number] = body
    return Case(change, sides, evidence.looks(reader, change), raw)


def _stored(reader: Reader, digest: str | None) -> bytes | None:
    """Return the body with that digest, from any capture that has it."""
    try:
        return bodies.get(reader.db.conn, digest) if digest else None
    except NotFound:
        return None


def _write(reader: Reader, case: Case, folder: Path) -> list[str]:
    _write_json(folder / "change.json", change_with_hunks(case.change))
    _write_diff(folder / "diff.txt", case.change)
    lines = [_line({name: getattr(one, name) for name in OF_CAPTURE}) for one in case.looks]
    (folder / "checks.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for side in case.sides:
        _write_side(folder / f"version-{side.version.number}", side, case)
    captures = _write_warc(reader, case, folder / WARC)
    start = _write_seals(reader, case, folder) if case.sides else ""
    lacking = evidence_readme.lacking(case.change, case.sides, case.raw, captures)
    text = evidence_readme.text(case.change, case.sides, case.raw, captures, start, lacking)
    (folder / "README.md").write_text(text, encoding="utf-8")
    _write_manifest(folder)
    return lacking


def _write_diff(path: Path, change: ChangeRow) -> None:
    titles = (change.old_title, change.title or "") if change.old_title is not None else None
    lines = [change.explanation, "", *marked_lines(hunks_of(change), titles, links_of(change))]
    path.write_text("".join(f"{harmless(line)}\n" for line in lines), encoding="utf-8")


def _write_side(folder: Path, side: Side, case: Case) -> None:
    """Write a version: its text in the form of its digest, its raw page, and the facts about both."""
    folder.mkdir()
    version = side.version
    (folder / "text.txt").write_bytes(f"{version.title}\n\n{version.text}".encode())
    if raw := case.raw.get(version.number):
        (folder / "page.bin").write_bytes(raw)  # not .html: whoever clicks on it must not run it
    about = {name: getattr(side.capture, name) for name in OF_CAPTURE}
    known = {**version_object(version), "extractor": version.extractor, "capture": about}
    _write_json(folder / "about.json", known)


def _write_warc(reader: Reader, case: Case, path: Path) -> int:
    """Write the captures with a stored body as WARC; return how many, without a file if there are none."""
    ends = {case.change.seen_old, case.change.seen_new}
    captures = {one.id: one for one in case.looks if one.fetched_at in ends}
    captures |= {side.capture.id: side.capture for side in case.sides}
    kept = [
        {**{name: getattr(captures[number], name) for name in OF_WARC}, "body": digest}
        for number in sorted(captures)
        if (digest := captures[number].digest)
        and captures[number].status
        and evidence.is_kept(reader, digest)
    ]
    if kept:
        with path.open("wb") as file:
            write_warc(kept, file, path.name, lambda digest: bodies.get(reader.db.conn, digest))
    return len(kept)


def _write_seals(reader: Reader, case: Case, folder: Path) -> str:
    """Write the page's seals as they were hashed, and the store's links from then on; return the link
    before these."""
    conn = reader.db.conn
    lines = [
        seals.canonical(one.sealed_fields) for one in evidence.page_seals(reader, case.sides[0].seal.page)
    ]
    (folder / "page-seals.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    first = min(side.seal.id for side in case.sides)
    with (folder / "store-links.txt").open("w", encoding="ascii") as file:
        file.writelines(f"{number} {link}\n" for number, link in evidence.links(reader, first))
    last = seals.head(conn)
    (folder / "head.txt").write_text(f"{last.head if last else ''}\n", encoding="ascii")
    return evidence.link_before(reader, first)


def _write_manifest(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "manifest-sha256.txt").write_text("".join(lines), encoding="ascii")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(_line(value, indent=2) + "\n", encoding="utf-8")


def _line(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "\n".join(_escaped(line) for line in text.split("\n"))


def _escaped(text: str) -> str:
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
