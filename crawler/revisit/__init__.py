"""Decides when a page is due to be fetched again. Pure: the present moment is a parameter.

Imports the standard library only; may import what is below it, such as `variorum.crawler.config`.
"""
