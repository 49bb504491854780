"""Decodes the transfer and content encodings of a recorded body, up to a size limit against bombs."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 10 << 20
"""The size limit in bytes, the same as that of a crawl."""
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


class Undecodable(Exception):
    """A body can't be decoded; its text is `cut` or `too large`, as in `FetchResult.error`."""


def decoded(body: bytes, transfer: str, encoding: str) -> bytes:
    """Return the body decoded by its headers Transfer-Encoding and Content-Encoding.

    Raises Undecodable.
    """
    if "chunked" in transfer.lower():
        body = _dechunked(body)
    codings = [name.strip() for name in encoding.lower().split(",") if name.strip()]
    for name in reversed(codings):
        body = _unpacked(body, name)
    return body


def _dechunked(body: bytes) -> bytes:
    """Join the chunks of a body; return it as it is if the archive has already joined them.

    Raises Undecodable where the last chunk is missing.
    """
    chunks: list[bytes] = []
    at = 0
    while head := _CHUNK.match(body, at):
        start, size = head.end(), int(head[1], 16)
        if size == 0:
            return b"".join(chunks)
        chunks.append(body[start : start + size])
        at = start + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    if chunks:
        raise Undecodable("cut")
    return body


def _unpacked(body: bytes, coding: str) -> bytes:
    """Decode one content encoding; return the body as it is if the archive has already decoded it."""
    magic = _MAGIC.get(coding)
    if not body or (magic and not body.startswith(magic)):
        return body
    try:
        unpacked, whole = _unpack(body, coding)
    except (zlib.error, brotli.error, zstd.ZstdError) as error:
        if body.lstrip()[:1] == b"<":
            return body
        raise Undecodable("cut") from error
    if len(unpacked) > LARGEST:
        raise Undecodable("too large")
    if not whole:
        raise Undecodable("cut")
    return unpacked


def _unpack(body: bytes, coding: str) -> tuple[bytes, bool]:
    """The decoded bytes, at most one more than the size limit, and whether the stream is complete."""
    match coding:
        case "gzip" | "x-gzip":
            return _joined(body, coding, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16))
        case "deflate":
            try:
                return _inflated(body, zlib.MAX_WBITS)
            except zlib.error:  # the standard says zlib's format, but some servers send the bare stream
                return _inflated(body, -zlib.MAX_WBITS)
        case "br":
            stream = brotli.Decompressor()
            return stream.process(body, output_buffer_limit=LARGEST + 1), stream.is_finished()
        case "zstd":
            return _joined(body, coding, zstd.ZstdDecompressor)
    return body, True


def _joined(body: bytes, coding: str, opened: Callable[[], Any]) -> tuple[bytes, bool]:
    """Decode consecutive compressed streams that form one body; what follows the last one is padding."""
    unpacked, whole = b"", False
    while body.startswith(_MAGIC[coding]) and len(unpacked) <= LARGEST:
        stream = opened()
        unpacked += stream.decompress(body, LARGEST + 1 - len(unpacked))
        body, whole = stream.unused_data, stream.eof
    return unpacked, whole


def _inflated(body: bytes, window: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(window)
    return stream.decompress(body, LARGEST + 1), stream.eof
