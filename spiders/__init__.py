"""Finds and fetches the pages of a site: the Scrapy side of Variorum."""
