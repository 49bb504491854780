"""Defines the kinds of issues of a site as a whole."""

from __future__ import annotations

CUT_SHORT = "cut short"
"""A run ended early and left a part of the site for the next one."""
UNREACHABLE, BROKE_DOWN, SITE_MOVED = "unreachable", "run broke down", "site moved"
"""A run fetched no page; `MISSING` of run_counts.py is another such kind."""
SITE_FILE = "site file"
"""The site's file can't be read."""
RETRY_AFTER = "Retry-After"
"""A run left pages for a later one because the site sent Retry-After."""
