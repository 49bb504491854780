"""Compares two texts of a page: changed words and blocks, sentence ages, significance of an edit. Pure.

Imports the standard library, msgspec and regex; nothing else of the project.
"""
