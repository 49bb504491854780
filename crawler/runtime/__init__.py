"""Runs the crawls: the daemon, the child process of each run, and the Scrapy pipeline that records it.

May import `variorum.crawler.tracking`, `spiders`, `storage` and what is below them; never `cli` or `review`.
"""
