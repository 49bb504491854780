"""What a run is about, as an argument of its child process: in ASCII, so that no locale can spoil it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from crawler.config.site import Site
from crawler.config.workspace import Workspace

T = TypeVar("T")


def packed(value: object) -> str:
    """A struct or dataclass as JSON; paths are strings."""
    return json.dumps(msgspec.to_builtins(value, enc_hook=str))


def unpacked(text: str, kind: type[T]) -> T:
    """What `packed` has packed."""
    return msgspec.convert(json.loads(text), kind, dec_hook=_path)


def without_secrets(workspace: Workspace, site: Site) -> tuple[Workspace, Site]:
    """Both less the addresses of targets, and what a run needs not: anybody can list arguments."""
    return replace(workspace, notify=(), defaults={}), msgspec.structs.replace(site, notify=())


def _path(kind: type, value: Any) -> Any:
    return kind(value)
