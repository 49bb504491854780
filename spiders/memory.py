"""Ends a run that takes more memory than its process may have."""

from __future__ import annotations

import re
from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_PEAK = re.compile(rb"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class OwnMemory(MemoryUsage):
    """Scrapy's memory limit, by the peak of this program alone.

    Scrapy reads `ru_maxrss`, which Linux carries over from the process that started this one: the child of a
    large parent would be over the limit before its first request.
    """

    def get_virtual_size(self) -> int:
        """The peak of resident memory in bytes since this program began."""
        try:
            found = _PEAK.search(Path("/proc/self/status").read_bytes())
        except OSError:  # not Linux
            found = None
        return int(found[1]) * 1024 if found else super().get_virtual_size()
