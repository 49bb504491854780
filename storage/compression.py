"""Compression with zstd: alone, or against other bytes that are much the same. Pure."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BROKEN = zstd.ZstdError
"""What is raised where compressed bytes are not whole."""
LEAST_PREFIX = 8
"""Bytes: zstd takes no shorter prefix."""
_QUICKLY = 3
"""The level of zstd for first sights, of which a run has thousands. A real page of a known design takes a
sixth of the time that level 9 takes, and a tenth more bytes."""
_WELL = {
    zstd.CompressionParameter.compression_level: 10,
    zstd.CompressionParameter.search_log: 6,
    zstd.CompressionParameter.min_match: 6,
}
"""The parameters of zstd for later bodies and texts, of which a run has few. A later body takes as long as at
level 9, and 1 to 4 % fewer bytes."""
_FAR = 23
"""Windows of more bits are searched for long matches too, which costs some bytes in smaller ones."""


class Prefix:
    """Bytes against which others are compressed; made ready once, for many."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._ready = zstd.ZstdDict(content, is_raw=True)

    def compress(self, data: bytes) -> bytes:
        """The data, compressed against this; `decompress` needs its content."""
        options = {zstd.CompressionParameter.compression_level: _QUICKLY} | _window(len(data), self.content)
        return zstd.compress(data, options=options, zstd_dict=self._ready.as_digested_dict)


def compress(data: bytes, level: int = _QUICKLY) -> bytes:
    """The data, compressed without a prefix or dictionary."""
    return zstd.compress(data, level=level)


def compress_against(data: bytes, prefix: bytes) -> bytes:
    """The data, compressed against other bytes, `LEAST_PREFIX` at least, which `decompress` needs again."""
    options = _WELL | _window(len(data), prefix)
    return zstd.compress(data, options=options, zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix)


def decompress(packed: bytes, prefix: bytes | None = None) -> bytes:
    """The data; `prefix` is what it was compressed against. Raises BROKEN."""
    if prefix is None:
        return zstd.decompress(packed)
    return zstd.decompress(packed, zstd_dict=zstd.ZstdDict(prefix, is_raw=True).as_prefix)


def _window(size: int, prefix: bytes) -> dict[int, int]:
    """The window spans both, or the far end of the prefix can't be referred to."""
    window = max(10, (size + len(prefix)).bit_length())
    return {
        zstd.CompressionParameter.window_log: window,
        zstd.CompressionParameter.enable_long_distance_matching: int(window > _FAR),
    }
