"""Reads an HTML page: its blocks, its links, and the place of its article. Pure."""
