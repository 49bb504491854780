"""Compares two texts of a page: words and blocks, sentence ages, and how much an edit matters. Pure.

Imports the standard library, msgspec and regex; nothing else of the project.
"""
