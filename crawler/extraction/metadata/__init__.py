"""Reads the metadata of an article: headline, author, dates, language. Pure."""
