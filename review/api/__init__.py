"""The parts of the read API that no page shows: lists and texts for programs, by cursors.

With the JSON twins of the pages they are the read API, which docs/api.md and openapi.json describe. Objects
are those of `review/objects.py` and of exports; there is no other form of any.
"""
