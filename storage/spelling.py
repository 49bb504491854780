"""Addresses that differ in a final slash only. Most sites answer them alike, and some do not."""

from __future__ import annotations


def other_slash(key: str) -> str:
    """The key of the address that has a final slash where this one has none, or none where it has one."""
    path, mark, query = key.partition("?")
    return f"{path.removesuffix('/') if path.endswith('/') else f'{path}/'}{mark}{query}"
