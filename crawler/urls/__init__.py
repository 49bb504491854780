"""Decides which URLs name the same page, which belong to a site, and which are crawler traps. Pure.

May import `variorum.crawler.config` and the modules directly in `crawler`.
"""
