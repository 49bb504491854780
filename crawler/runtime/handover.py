"""Passes workspace and site to a child process as arguments: JSON in ASCII, safe in every locale."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import Workspace

T = TypeVar("T")


def packed(value: object) -> str:
    """The JSON text of a struct or dataclass; paths become strings."""
    return json.dumps(msgspec.to_builtins(value, enc_hook=str))


def unpacked(text: str, kind: type[T]) -> T:
    """The object of that type from the text that `packed` made. Raises msgspec.ValidationError."""
    return msgspec.convert(json.loads(text), kind, dec_hook=_path)


def without_secrets(workspace: Workspace, site: Site) -> tuple[Workspace, Site]:
    """Both without notification targets and defaults, because other users can see the arguments of a
    process."""
    return replace(workspace, notify=(), defaults={}), msgspec.structs.replace(site, notify=())


def _path(kind: type, value: Any) -> Any:
    return kind(value)
