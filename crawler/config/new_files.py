"""Writes the files of a new workspace, and the file of a new site."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from stat import S_IMODE
from typing import Any

import tomlkit

from variorum.crawler.config.site import NAME, NAME_RULE
from variorum.crawler.config.workspace import SETTINGS_FILE
from variorum.crawler.errors import Misuse

logger = logging.getLogger(__name__)


def init_workspace(root: Path) -> list[Path]:
    """Create the files that make the folder a workspace with the listed sites; return those written.

    An existing file is left as it is, and named in a warning. A workspace that exists gets no site files: one
    that is not there was deleted.
    """
    listed = files("variorum.spiders") / "sites"
    is_new = not (root / SETTINGS_FILE).exists()
    wanted = {root / SETTINGS_FILE: files("variorum.crawler") / "sample.toml"}
    wanted |= {
        root / "sites" / source.name: source
        for source in listed.iterdir()
        if source.name.endswith(".sample" if not is_new else (".toml", ".sample"))
    }
    return [path for path in sorted(wanted) if _copied(wanted[path], path)]


def write_site(folder: Path, name: str, values: Mapping[str, Any], comments: Iterable[str] = ()) -> Path:
    """Write the file of a new site, with the comments above its keys; return its path.

    Raises Misuse if the name is invalid or taken.
    """
    return write_new(folder, name, site_text(values, comments))


def site_text(values: Mapping[str, Any], comments: Iterable[str] = ()) -> str:
    """The text of a site file, with the comments above its keys."""
    document = tomlkit.document()
    for line in comments:
        document.add(tomlkit.comment(line))
    for key, value in values.items():
        document.add(key, tomlkit.item(value))
    return tomlkit.dumps(document)


def write_new(folder: Path, name: str, text: str) -> Path:
    """Write the file of a new site; return its path. Raises Misuse if the name is invalid or taken."""
    if not NAME.fullmatch(name):
        raise Misuse(f"\"{name}\" can't be a site's name: {NAME_RULE}; choose another with --name.")
    path = folder / f"{name}.toml"
    if path.exists():
        raise Misuse(f"{path} exists already: edit that file, or choose another name with --name.")
    write_whole(path, text)
    return path


def _copied(source: Traversable, path: Path) -> bool:
    if path.exists():
        logger.warning("%s exists already, and was left as it is", path)
        return False
    write_whole(path, source.read_text(encoding="utf-8"))
    return True


def write_whole(path: Path, text: str) -> None:
    """Write beside the target and then rename, so that a running daemon never reads an incomplete file.

    A file that is replaced keeps its mode: one with a secret may be readable for its owner only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).chmod(S_IMODE(path.stat().st_mode) if path.exists() else 0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
