"""Writes documents, captures and evidence to files.

May import storage, diffing, extraction and output; never the network or a run.
"""
