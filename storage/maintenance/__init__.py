"""Verifies, copies and prunes the stored data.

May import the other modules of storage.
"""
