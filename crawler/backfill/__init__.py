"""Imports captures from text dumps, WARC files and the Wayback Machine, each at its own time.

May import tracking, runtime and everything below them; never review or the command line.
"""
