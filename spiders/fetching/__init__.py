"""Scrapy responses and failures as plain fetch results."""
