"""Converts Scrapy's responses and failures to plain fetch results."""
