"""Classifies a response: a page, an error, a block page, a soft 404 and so on. Pure: data in, verdict out.

May import the standard library, lxml and the plain data of `variorum.crawler.fetch_result`.
"""
