"""Captures from text dumps, WARC files and the Wayback Machine, placed in time."""
