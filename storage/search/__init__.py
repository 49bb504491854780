"""Searches the full text of all versions, and finds near-duplicates.

May import the other modules of storage.
"""
