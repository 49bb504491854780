"""Parses names of people as pages write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

SURNAME_FIRST = re.compile(r"(?P<surname>[^,،;]+?)\s*[,،]\s*(?P<name>[^,،;]+)")
NO_NAME = re.compile(r"(jr|sr|[iv]{1,3}|ph\.?\s?d|m\.?d|m\.?a|b\.?a|esq|prof|dr)\.?", re.IGNORECASE)
"""What can follow a comma and is no first name."""
ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\S+|/\S*$")
NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
LONGEST = 100
"""The maximum number of characters of a name; longer ones are sentences."""


def written(names: Iterable[str]) -> str:
    """The names in one line, each once, separated by commas; addresses are left out."""
    known = dict.fromkeys(filter(None, map(_plain, names)))
    return ", ".join(known)


def each(names: Iterable[str]) -> Iterator[str]:
    """The names, with those separated that one text joins by semicolons."""
    return (part for name in names for part in unescape(name).split(";") if part.strip())


def turned(name: str, *, surname_first: bool = False) -> str:
    """`Name Surname` for `Surname, Name`; any other name as it is.

    `surname_first` means that names at this place are written so. Elsewhere a comma may separate two people,
    except after a single word.
    """
    found = SURNAME_FIRST.fullmatch(name.strip())
    if not found or NO_NAME.fullmatch(found["name"].strip()):
        return name
    if not surname_first and len(found["surname"].split()) > 1:
        return name
    return f"{found['name'].strip()} {found['surname'].strip()}"


def _plain(name: str) -> str:
    text = " ".join(NOT_TEXT.sub(" ", unescape(name)).split())
    return "" if len(text) > LONGEST or ADDRESS.match(text) else text
