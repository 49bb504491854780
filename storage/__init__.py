"""Keeps captures, versions and changes in SQLite, and hands them out again."""
