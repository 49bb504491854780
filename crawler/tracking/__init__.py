"""Tracks each fetch in four steps: load what is known of its page, read the response, decide, record.

May import the pure folders and storage; never spiders, review or the command line.
"""
