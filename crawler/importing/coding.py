"""A recorded body freed of its transfer and content encodings, within bounds: archives may hold bombs."""

from __future__ import annotations

import sys
import zlib
from io import BytesIO

import brotli
from warcio.bufferedreaders import ChunkedDataReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 10 << 20
"""Bytes: a crawl takes no larger body either."""
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


class Undecodable(Exception):
    """Why a body can't be had: `cut` or `too large`, as in `Fetched.error`."""


def decoded(body: bytes, transfer: str, encoding: str) -> bytes:
    """The body as its server meant it, given the headers Transfer-Encoding and Content-Encoding.

    Raises Undecodable.
    """
    if "chunked" in transfer.lower():
        body = ChunkedDataReader(BytesIO(body)).read()
    codings = [name.strip() for name in encoding.lower().split(",") if name.strip()]
    for name in reversed(codings):
        body = _unpacked(body, name)
    return body


def _unpacked(body: bytes, coding: str) -> bytes:
    """Less one encoding; as it is where it was unpacked before it was archived."""
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
    """At most a byte more than the largest body, and whether the stream came to its end."""
    match coding:
        case "gzip" | "x-gzip":
            return _inflated(body, zlib.MAX_WBITS | 16)
        case "deflate":
            try:
                return _inflated(body, zlib.MAX_WBITS)
            except zlib.error:  # the standard says zlib's format, but some servers send the bare stream
                return _inflated(body, -zlib.MAX_WBITS)
        case "br":
            stream = brotli.Decompressor()
            return stream.process(body, output_buffer_limit=LARGEST + 1), stream.is_finished()
        case "zstd":
            frame = zstd.ZstdDecompressor()
            return frame.decompress(body, LARGEST + 1), frame.eof
    return body, True


def _inflated(body: bytes, window: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(window)
    return stream.decompress(body, LARGEST + 1), stream.eof
