"""Scrapy's middlewares: robots.txt, Retry-After, conditional requests, bounds, network guard."""
