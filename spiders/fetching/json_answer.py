"""Reads the JSON of an API, even with messages of a broken plugin before or after it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

LONGEST_NUMBER = 18
"""The maximum number of digits; a longer number is no id and no count, and Python would refuse the whole
response."""
_OPENS = re.compile(r"[\[{]")
_OPENS_A_LINE = re.compile(r"[\n>][ \t\r]*([\[{])")
_ENDS = re.compile(r"[ \t\r]*(?:\Z|[\n<])")
_MOST_TRIES = 20
SHOWN = 60  # characters


def _number(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


_DECODER = json.JSONDecoder(parse_int=_number, strict=False)


def read_json(body: bytes) -> Any:
    """Return the JSON value in a body; a BOM, and PHP messages before and after it, are skipped.

    Raises ValueError if there is none, or if it is cut off or nested too deep.
    """
    text = body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff")
    try:
        return _amid_messages(text)
    except RecursionError as error:
        raise ValueError("its JSON is nested too deep") from error


def _amid_messages(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        for start in _beginnings(text):
            try:
                value, end = _DECODER.raw_decode(text, start)
            except json.JSONDecodeError:
                continue
            if _ENDS.match(text, end):  # else it is a piece of something that is cut off
                return value
        raise ValueError(f"it is no JSON: {_why(text, error)}") from error


def _why(text: str, error: json.JSONDecodeError) -> str:
    if text.lstrip().startswith(("[", "{")):
        return str(error)
    return f"it begins with {' '.join(text[:SHOWN].split())!r}" if text.strip() else "it is empty"


def _beginnings(text: str) -> Iterator[int]:
    """Where a value may begin: at the first bracket or brace, and at those that begin a line."""
    if first := _OPENS.search(text):
        yield first.start()
    yield from (found.start(1) for found in islice(_OPENS_A_LINE.finditer(text), _MOST_TRIES))
