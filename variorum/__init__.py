"""Variorum follows whole web sites: it keeps every version of every page and shows what truly changed.

In a checkout, this folder has links to the packages beside it; the wheel has them in it. So each module has
one name, like `variorum.storage.reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from variorum.crawler import __version__

if TYPE_CHECKING:
    from variorum.crawler.client import open_workspace

__all__ = ["__version__", "open_workspace"]


def __getattr__(name: str) -> Any:
    """`open_workspace`, imported when it is first asked for: most commands do without it."""
    if name == "open_workspace":
        from variorum.crawler.client import open_workspace  # noqa: PLC0415

        return open_workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
