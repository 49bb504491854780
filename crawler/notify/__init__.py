"""Sends notifications about changes and issues through Apprise.

May import storage, config, output and the lock; never the crawl itself.
"""
