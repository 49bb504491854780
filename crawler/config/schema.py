"""Reads a TOML file key by key and collects all its faults, so that they can be corrected at once."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from variorum.crawler.errors import Misuse

CURLY = frozenset("“”„‟‘’‚‛«»")
SHOWN = 80
"""The maximum number of characters of a bad value in a message."""


@dataclass(frozen=True)
class Key:
    """One key of a TOML table, and the values it allows."""

    kind: Any
    """A type for msgspec, or the keys of a nested table."""
    allowed: str
    """The allowed values, in words that follow "give"."""
    check: Callable[[Any], object] | None = None
    """Raises ValueError, with the reason as its text, for a value of the right type that is still invalid."""
    many: bool = False
    """A list, or a single item of it; read as a tuple."""
    bare: str | None = None
    """For a table: the key that a lone value sets."""
    required: bool = False
    secret: bool = False
    """Whether the value is secret: messages never repeat it, not even where it is wrong."""


Keys = Mapping[str, Key]


def read_toml(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The table in a TOML file, and the faults for which it could not be read (the table is then empty)."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return {}, [f"{path}: can't be read: {error.strerror}"]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return {}, [f"{path}: line {line} is not UTF-8; save the file in that encoding"]
    return parse_toml(text, path)


def parse_toml(text: str, path: Path) -> tuple[dict[str, Any], list[str]]:
    """The table in the text of a TOML file, and the fault for which it could not be read."""
    try:
        return tomllib.loads(text), []
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{path}: not TOML: {error}{_slip(text, str(error))}"]
    except RecursionError:
        return {}, [f"{path}: lists or tables are nested too deep"]


def _slip(text: str, error: str) -> str:
    """The likely reason of an error that the message of the parser does not name; empty if unknown."""
    if text.startswith("\ufeff"):
        return "; the file begins with a byte order mark (BOM): save it as UTF-8 without one"
    found = re.search(r"at line (\d+)", error)
    line = text.split("\n")[int(found[1]) - 1] if found else text
    if curly := set(line) & CURLY:
        return f"; the line has curly quotes ({' '.join(sorted(curly))}): write straight ones"
    return ""


def read_table(table: Mapping[str, Any], keys: Keys, where: str) -> tuple[dict[str, Any], list[str]]:
    """The values of the known keys, and every fault as a line that begins with `where` and the key."""
    faults = [f"{where}{name}: unknown key{meant(name, keys)}" for name in table if name not in keys]
    faults += [
        f"{where}{name}: missing; give {key.allowed}"
        for name, key in keys.items()
        if key.required and name not in table
    ]
    found: dict[str, Any] = {}
    for name in [name for name in table if name in keys]:
        found[name], wrong = _read(table[name], keys[name], where + name)
        faults += wrong
    return found, faults


def meant(word: str, known: Iterable[str]) -> str:
    """The suggestion `; did you mean "delay"?` if a known word is similar, else an empty text."""
    near = difflib.get_close_matches(word, known, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def refuse(faults: list[str]) -> None:
    """Raise Misuse with one line for each fault; does nothing if there are none."""
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise Misuse("\n  ".join([f"{count} to mend first:", *faults]))


def _read(value: Any, key: Key, where: str) -> tuple[Any, list[str]]:
    if not key.many:
        return _read_one(value, key, where)
    items = [_read_one(item, key, where) for item in (value if isinstance(value, list) else [value])]
    return tuple(found for found, _ in items), [fault for _, faults in items for fault in faults]


def _read_one(value: Any, key: Key, where: str) -> tuple[Any, list[str]]:
    found: Any = value
    if isinstance(key.kind, Mapping):
        table = value if key.bare is None or isinstance(value, dict) else {key.bare: value}
        if not isinstance(table, dict):
            return None, [_fault(value, key, where)]
        found, faults = read_table(table, key.kind, f"{where}.")
        if faults:
            return None, faults
    else:
        try:
            found = msgspec.convert(value, key.kind)
        except msgspec.ValidationError:
            return None, [_fault(value, key, where)]
    return _checked(found, value, key, where)


def _checked(found: Any, value: Any, key: Key, where: str) -> tuple[Any, list[str]]:
    try:
        if key.check:
            key.check(found)
    except ValueError as error:
        return None, [_fault(value, key, where, reason=str(error))]
    return found, []


def _fault(value: Any, key: Key, where: str, reason: str = "") -> str:
    because = f" ({reason})" if reason else ""
    shown = "the value" if key.secret else _shown(value)
    return f"{where}: {shown} is not allowed{because}; give {key.allowed}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
