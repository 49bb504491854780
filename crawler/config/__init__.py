"""Reads and checks the workspace and its site files, once.

Pure, except for reading and writing these files. May import the modules directly in `crawler`, nothing else
of the project.
"""
