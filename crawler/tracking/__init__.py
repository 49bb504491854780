"""The story of one fetch: load what is known of the page, read the response, decide, record it.

May import the pure folders and storage; never spiders, review or the command line.
"""
