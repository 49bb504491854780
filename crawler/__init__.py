"""Variorum crawls web sites, and detects and records what changes on their pages.

`docs/how-it-works.md` shows the folders; import-linter (pyproject.toml) checks which may import which.
"""

__version__ = "0.1.0"
