"""Calls a function in a process of its own, for servers: reading a page needs the main thread of a process.

It limits the time of a page by a signal, and the extractor's C parts are not safe in several threads at once.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from variorum.crawler.runtime.processes import CAN_FORK, PRELOADED

P = ParamSpec("P")
R = TypeVar("R")


def apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of a function of a module, or what it raises; all of these are handed over by pickle.

    The first call takes seconds, in which everything is imported; later ones are forked from that process.
    """
    context = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
    if CAN_FORK:
        context.set_forkserver_preload(PRELOADED)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *args, **kwargs).result()
