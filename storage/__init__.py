"""Stores captures, versions and changes in SQLite, and reads them.

Imports no other package of the project.
"""
