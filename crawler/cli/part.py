"""Runs a command of `variorum` that ends when its standard input does: a part of `variorum serve`."""

from __future__ import annotations

import os
import signal
import sys
import threading

from variorum.crawler.cli.__main__ import main


def end_with(descriptor: int) -> None:
    """Send SIGTERM to this process once the file descriptor is at its end; returns at once."""

    def wait() -> None:
        while os.read(descriptor, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    end_with(sys.stdin.fileno())
    main(prog_name="variorum")
