"""Decompression that notices a body which is too large or was cut off.

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

from crawler.classification.media_type import HTML, media_type
from spiders.failures import BodyCut, TooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def is_whole(body: bytes, encoding: str, limit: int) -> bool:
    """Whether a body under one content encoding is sound and reaches its end.

    At most `limit` bytes are decompressed; what is larger counts as whole, and is too large for another
    reason. An encoding that is not known here counts as whole too.
    """
    try:
        match encoding:
            case "gzip" | "x-gzip":
                return _inflates(body, zlib.MAX_WBITS | 16, limit)
            case "deflate":
                # The standard says zlib's format, but some servers send the bare stream.
                return _inflates(body, zlib.MAX_WBITS, limit) or _inflates(body, -zlib.MAX_WBITS, limit)
            case "br":
                stream = brotli.Decompressor()
                return (
                    len(stream.process(body, output_buffer_limit=limit + 1)) > limit or stream.is_finished()
                )
            case "zstd":
                frame = zstd.ZstdDecompressor()
                return len(frame.decompress(body, limit + 1)) > limit or frame.eof
    except (brotli.error, zstd.ZstdError):
        return False
    return True


def _inflates(body: bytes, window: int, limit: int) -> bool:
    stream = zlib.decompressobj(window)
    try:
        return len(stream.decompress(body, limit + 1)) > limit or stream.eof
    except zlib.error:
        return False


def as_page(response: Response) -> Response:
    """The response as the page that its bytes show, where its header names no type, or one that says nothing.

    Scrapy goes by the header alone: of a page sent as "binary/octet-stream" it would read no link.
    """
    declared = (response.headers.get("Content-Type") or b"").decode("latin-1")
    if isinstance(response, HtmlResponse) or media_type(declared, response.body) not in HTML:
        return response
    return response.replace(cls=HtmlResponse)


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
