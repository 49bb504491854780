"""Decompresses bodies, and reports one that is too large or was cut off.

Scrapy hands over whatever could be decompressed of a stream that ended half way, as if it were the page.
A body without content encoding needs no check here: Scrapy compares it with its Content-Length.
"""

from __future__ import annotations

import sys
import zlib

import brotli
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from crawler.extraction.html.encoding import encoding_of
from crawler.extraction.media_type import HTML, media_type
from spiders.fetching.failures import BodyCut, TooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


FIRST_BYTES = "first_bytes"
"""Key of `Request.meta`: so many bytes of the body are wanted, and what follows them is not fetched."""


def is_whole(body: bytes, encoding: str, limit: int) -> bool:
    """Whether a body under one content encoding is sound and reaches its end.

    At most `limit` bytes are decompressed; what is larger counts as whole, and is too large for another
    reason. An encoding that is not known here counts as whole too.
    """
    try:
        plain, ends = _decompressed(body, encoding, limit + 1)
    except (zlib.error, brotli.error, zstd.ZstdError):
        return False
    return len(plain) > limit or ends


def first_bytes(body: bytes, encoding: str, limit: int) -> bytes:
    """At most `limit` bytes of a body, freed of its content encoding; nothing of a broken stream."""
    try:
        return _decompressed(body, encoding, limit)[0][:limit]
    except (zlib.error, brotli.error, zstd.ZstdError):
        return b""


def _decompressed(body: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    """The body, decompressed up to about `limit` bytes, and whether it reaches its end."""
    match encoding:
        case "gzip" | "x-gzip":
            return _inflated(body, zlib.MAX_WBITS | 16, limit)
        case "deflate":
            try:
                return _inflated(body, zlib.MAX_WBITS, limit)
            except zlib.error:  # the standard says zlib's format, but some servers send the bare stream
                return _inflated(body, -zlib.MAX_WBITS, limit)
        case "br":
            stream = brotli.Decompressor()
            return stream.process(body, output_buffer_limit=limit), stream.is_finished()
        case "zstd":
            frame = zstd.ZstdDecompressor()
            return frame.decompress(body, limit), frame.eof
    return body, True


def _inflated(body: bytes, window: int, limit: int) -> tuple[bytes, bool]:
    stream = zlib.decompressobj(window)
    return stream.decompress(body, limit), stream.eof


def as_page(response: Response) -> Response:
    """The response as the page that its bytes show, where its header names no type, or one that says nothing.

    Scrapy goes by the header alone: of a page sent as "binary/octet-stream" it would read no link. Where a
    page declares no encoding, its links are read by our guess and not by Scrapy's.
    """
    declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
    if not isinstance(response, HtmlResponse) and media_type(declared, response.body) not in HTML:
        return response
    return response.replace(cls=HtmlResponse, encoding=encoding_of(response.body, declared).name)


class WholeBodies(HttpCompressionMiddleware):
    """Scrapy's decompression, but a cut stream is asked for again and then BodyCut; a bomb is TooLarge."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._crawler = crawler
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WholeBodies:
        """One for each run."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The response with its body decompressed. Raises BodyCut or TooLarge."""
        encoding = (response.headers.get("Content-Encoding") or b"").decode("latin-1").strip().lower()
        if limit := request.meta.get(FIRST_BYTES):
            return response.replace(body=first_bytes(response.body, encoding, limit))
        if response.body and encoding and not is_whole(response.body, encoding, self._limit):
            return self._again(request, encoding)
        try:
            read = super().process_response(request, response)
        except IgnoreRequest as error:
            raise TooLarge(str(error)) from error
        return as_page(read) if isinstance(read, Response) else read

    def _again(self, request: Request, encoding: str) -> Request:
        assert self._crawler.spider is not None
        retry = get_retry_request(request, spider=self._crawler.spider, reason="cut body")
        if retry is None:
            raise BodyCut(f"the {encoding} stream of {request.url} is broken or ends too early")
        return retry
