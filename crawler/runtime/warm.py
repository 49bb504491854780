"""Loads all that a run needs, once for all runs: they are forked from the process that imports this module.

Importing it takes about a second. It imports Scrapy's components by their names in the settings, and reads
one page, which loads the classifier and fills the caches of the reader; a forked run shares that memory. It
installs no reactor, opens no database and starts no thread: none of these outlives a fork.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import chain

from scrapy.settings import Settings

from variorum.crawler.runtime.forks import load_reading
from variorum.storage.library import library


def load() -> None:
    """Import every module and load all data that a child needs."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy, which comes next, would start threads
    settings = Settings()
    settings.setmodule("variorum.spiders.settings")
    import_module("variorum.crawler.runtime.child")
    for name in _components(settings):
        import_module(name.rpartition(".")[0])
    import_module("feedparser")
    library()
    load_reading()


def _components(settings: Settings) -> Iterator[str]:
    """The dotted names in the settings; Scrapy imports those that are switched off, too."""
    for value in settings.values():
        for name in chain(*value.items()) if isinstance(value, Mapping) else [value]:
            if isinstance(name, str) and name.startswith(("variorum.", "scrapy.")):
                yield name


load()
