"""Stores captures, versions and changes in SQLite, and reads them.

Imports no other package of the project.
"""

from __future__ import annotations

import sys
from importlib import import_module


def _import_sqlite_utils() -> None:
    """sqlite-utils, without pandas: it loads that where it finds it, and nothing here uses it.

    In each process of a run this would cost 80 MB and a second.
    """
    if "sqlite_utils" in sys.modules or "pandas" in sys.modules:
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        import_module("sqlite_utils")
    finally:
        del sys.modules["pandas"]


_import_sqlite_utils()
