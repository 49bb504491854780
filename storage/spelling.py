"""Handles addresses that differ only in a final slash. Most sites answer both alike, some do not."""

from __future__ import annotations


def other_slash(key: str) -> str:
    """The key of the same address with a final slash added or removed."""
    path, mark, query = key.partition("?")
    return f"{path.removesuffix('/') if path.endswith('/') else f'{path}/'}{mark}{query}"
