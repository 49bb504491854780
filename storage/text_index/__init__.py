"""Builds the search index of each version: its folded words and the MinHash of its text.

Imports no other package of the project.
"""
