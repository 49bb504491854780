"""Runs the queries of the review page.

May import the other modules of storage.
"""
