"""Changes single keys of a site file, and keeps its comments and its layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit

from variorum.crawler.config.new_files import write_whole


def set_key(path: Path, key: str, value: Any) -> None:
    """Set a key of the file's top level; None removes it. All else in the file stays as it is."""
    write_whole(path, with_key(path.read_text(encoding="utf-8"), key, value))


def with_key(text: str, key: str, value: Any) -> str:
    """The text of a site file with a key of its top level set; None removes it.

    Raises tomlkit.exceptions.ParseError if it is not TOML.
    """
    document = tomlkit.parse(text)
    if value is None:
        document.pop(key, None)
    elif key in document:
        document[key] = value
    else:
        document.add(key, tomlkit.item(value))
    return tomlkit.dumps(document)
