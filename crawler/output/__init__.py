"""Formats results as text for a terminal and as JSON objects for programs.

May import storage, config, diffing and urls; never the network or a run.
"""
