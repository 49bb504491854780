"""Reads or compares thousands of saved pages in one process or several. A bad record gives one line.

The records are JSON, one a line. There may be many long ones, so only their positions in the file are kept in
memory. Records of one `group` belong together and are processed by one process.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from variorum.crawler.output.objects import Object

AT_ONCE = 25
"""The number of records without a group that are processed together."""


class Record(msgspec.Struct):
    """A record of the input: one saved page, or two captures of one page."""

    id: str | int | None = None
    url: str = ""
    group: str | int | None = None
    html: str | None = None
    old: str | None = None
    new: str | None = None


Work = Callable[[list[Record]], list[Object]]
"""A function that processes the records of one group, and returns one object for each, in order."""


class _Place(NamedTuple):
    """Where a record is: its first byte, and the number of its line, from 1."""

    at: int
    line: int


class _Id(msgspec.Struct):
    id: str | int | None = None
    group: str | int | None = None


def worked_on(source: BinaryIO, work: Work, processes: int) -> Iterator[Object]:
    """Yield the result for each record, with the number of its `line` if it is an error; records of one group
    are processed in order."""
    with _as_file(source) as path:
        pieces = _pieces(path)
        one = partial(_piece, path, work)
        if processes <= 1:
            yield from chain.from_iterable(map(one, pieces))
            return
        with ProcessPoolExecutor(processes) as pool:
            yield from chain.from_iterable(pool.map(one, pieces))


@contextmanager
def _as_file(source: BinaryIO) -> Iterator[Path]:
    """The input as a file that several processes can read."""
    with tempfile.NamedTemporaryFile(prefix="variorum-", suffix=".jsonl") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        yield Path(file.name)


def _pieces(path: Path) -> list[list[_Place]]:
    """The places of the records, with those of one group together."""
    groups: dict[object, list[_Place]] = {}
    loose: list[list[_Place]] = []
    with path.open("rb") as file:
        at = 0
        for number, line in enumerate(file, 1):
            if line.strip():
                group, place = _group(line), _Place(at, number)
                if group is not None:
                    groups.setdefault(group, []).append(place)
                elif loose and len(loose[-1]) < AT_ONCE:
                    loose[-1].append(place)
                else:
                    loose.append([place])
            at += len(line)
    return [*groups.values(), *loose]


def _group(line: bytes) -> str | int | None:
    try:
        return msgspec.json.decode(line, type=_Id).group
    except msgspec.DecodeError:
        return None


def _piece(path: Path, work: Work, places: list[_Place]) -> list[Object]:
    with path.open("rb") as file:
        read = [_record(file, place) for place in places]
    worked = iter(work([one for one in read if isinstance(one, Record)]))
    found = [next(worked) if isinstance(one, Record) else one for one in read]
    return [
        {**one, "line": place.line} if "error" in one else one
        for one, place in zip(found, places, strict=True)
    ]


def _record(file: BinaryIO, place: _Place) -> Record | Object:
    """The record at that place; an object with its `error` if it is none."""
    file.seek(place.at)
    line = file.readline()
    try:
        return msgspec.json.decode(line, type=Record)
    except msgspec.DecodeError as error:
        return {"id": _id(line), "error": f"not a valid record: {error}"}


def _id(line: bytes) -> object:
    try:
        return json.loads(line).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None
