"""The Scrapy project: finds and fetches the pages of a site, and yields plain fetch results.

May import Scrapy and the pure folders; never storage, tracking, runtime or review.
"""
