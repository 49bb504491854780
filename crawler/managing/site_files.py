"""Checks and writes site files that a person has drafted; before that, it shows what would differ."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from variorum.crawler.config.new_files import write_whole
from variorum.crawler.config.site import NAME, NAME_RULE, Site, load_sites, site_files, site_of
from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import Misuse
from variorum.spiders.spiders.site_probe import watched

_WRITING = Lock()
NEW = ""
"""The digest of a file that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text that a site file is to have, beside the one that it has."""

    path: Path
    before: str | None
    """None if there is no such file yet."""
    text: str
    site: Site | None
    """None if the text has faults."""
    faults: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The digest of the present text, by which another edit in the meantime is noticed."""
        return NEW if self.before is None else sha256(self.before.encode()).hexdigest()

    @property
    def lines(self) -> str:
        """The text with line breaks as a browser shows them; `draft_of` gives them back their own."""
        return self.text.replace("\r\n", "\n")

    @property
    def difference(self) -> list[str]:
        """The lines of the file: kept ones begin with a blank, removed ones with `-`, added ones with `+`."""
        old, new = (self.before or "").splitlines(), self.text.splitlines()
        return [line for line in difflib.ndiff(old, new) if not line.startswith("?")]


def file_text(workspace: Workspace, name: str) -> str:
    """The text of a site's file. Raises Misuse if there is none, or if it can't be read."""
    path = next((one for one in site_files(workspace.sites_folder) if one.stem == name), None)
    if path is None:
        raise Misuse(f'no site is named "{name}", or its file is gone.')
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misuse(f"{path} is not UTF-8; save the file in that encoding.") from error
    except OSError as error:
        raise Misuse(f"{path} can't be read: {error.strerror}.") from error


def draft_of(workspace: Workspace, name: str, text: str) -> Draft:
    """The draft of a site's file, existing or new, with all its faults. Raises Misuse as `file_text` does."""
    path = workspace.sites_folder / f"{name}.toml"
    lines = "\n".join(text.replace("\r\n", "\n").rstrip("\n").split("\n")) + "\n"
    if not NAME.fullmatch(name):
        return Draft(path, None, lines, None, (f"{name}: {NAME_RULE}",))
    before = file_text(workspace, name) if path.exists() else None
    if before and "\r\n" in before:
        lines = lines.replace("\n", "\r\n")
    site, faults = site_of(lines, path, workspace.defaults)
    if site and (other := _same_start(workspace, site)):
        site, faults = None, [f"url: it is watched already, as {other}"]
    return Draft(path, before, lines, site, tuple(fault.removeprefix(f"{path}: ") for fault in faults))


def write(draft: Draft, digest: str) -> None:
    """Write the file, if it still is the one that the person has seen. Raises Misuse otherwise, and for
    faults."""
    if draft.faults:
        raise Misuse("; ".join(draft.faults))
    with _WRITING:
        before = draft.path.read_bytes().decode("utf-8", "replace") if draft.path.exists() else None
        if draft.digest != digest or before != draft.before:
            raise Misuse(
                f"{draft.path} was changed or removed meanwhile, and was left as it is: edit it again."
            )
        write_whole(draft.path, draft.text)


def _same_start(workspace: Workspace, site: Site) -> str | None:
    """The name of another site that starts at the same address."""
    others = load_sites(workspace.sites_folder, workspace.defaults)
    others.pop(site.name, None)
    found = watched([site.url], others)
    return found.name if found else None
