"""Serves the review page, where people read and judge changes.

May import storage, diffing and extraction; never the crawl, the spiders or the commands.
"""
