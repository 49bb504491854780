"""Shows what a crawl would store, without storing it, for `add`, `check`, `extract` and `compare`.

May import runtime, tracking, spiders, storage and the folders below them; never health or the commands.
"""
