"""Decompresses bodies, and reports one that is too large or was cut off.

Scrapy passes on whatever could be decompressed of an incomplete stream, as if it were the page. A body
without content encoding needs no check here: Scrapy compares it with its Content-Length.
"""

from __future__ import annotations

import sys
import zlib
from http import HTTPStatus

import brotli
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from variorum.crawler.extraction.html.encoding import encoding_of
from variorum.crawler.extraction.media_type import HTML, media_type
from variorum.spiders.fetching.failures import BodyCut, TooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


FIRST_BYTES = "first_bytes"
"""Key of `Request.meta`: the number of bytes of the body that are wanted; the rest is not fetched."""


def is_whole(body: bytes, encoding: str, limit: int) -> bool:
    """Whether a body with one content encoding is valid and complete.

    At most `limit` bytes are decompressed; a larger body counts as complete, and is refused as too large
    elsewhere. An unknown encoding counts as complete too.
    """
    try:
        plain, ends = _decompressed(body, encoding, limit + 1)
    except (zlib.error, brotli.error, zstd.ZstdError):
        return False
    return len(plain) > limit or ends


def first_bytes(body: bytes, encoding: str, limit: int) -> bytes:
    """At most `limit` decompressed bytes of a body; none of a broken stream."""
    try:
        return _decompressed(body, encoding, limit)[0][:limit]
    except (zlib.error, brotli.error, zstd.ZstdError):
        return b""


def _decompressed(body: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    """The body, decompressed up to about `limit` bytes, and whether it is complete."""
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
    """The response as the type that its bytes show, if its header names no type, or one without meaning.

    Scrapy uses only the header: it would read no link of a page sent as "binary/octet-stream". If a page
    declares no encoding, its links are read with our guess and not with Scrapy's.
    """
    declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
    if not isinstance(response, HtmlResponse) and media_type(declared, response.body) not in HTML:
        return response
    return response.replace(cls=HtmlResponse, encoding=encoding_of(response.body, declared).name)


class WholeBodies(HttpCompressionMiddleware):
    """Scrapy's decompression; a cut stream is requested again and then BodyCut, a bomb is TooLarge."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._crawler = crawler
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WholeBodies:
        """Create the middleware of one run."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The response with its body decompressed. Raises BodyCut or TooLarge."""
        if response.status == HTTPStatus.NOT_MODIFIED:
            return response  # which has no body
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
