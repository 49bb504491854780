"""The web-change crawler: reads pages, detects and records what changed in them, and runs the crawls.

`docs/how-it-works.md` shows the folders; import-linter (pyproject.toml) holds which may import which.
"""

__version__ = "0.1.0"
