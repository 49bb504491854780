"""What a response is: a page, an error, a block page, a "not found" behind a 200. Pure: data in, verdict out.

May import the standard library, lxml and the plain data of `crawler.fetch_result`.
"""
