"""Bodies that are cut off, broken or far too large."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from backports import zstd

from tests.local_site import LocalSite, Page, Request, article
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site
from variorum.spiders.middlewares.decompression import is_whole

TEXT = article("یک نمونه‌ی بلند", *(f"پاراگراف {n} با متنی دیگر." for n in range(200)), lang="fa").encode()
BARE = zlib.compressobj(wbits=-15)
COMPRESS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}
STREAMS: dict[str, bytes] = {encoding: compress(TEXT) for encoding, compress in COMPRESS.items()}
LIMIT = 1 << 20


@pytest.mark.parametrize("encoding", STREAMS)
def test_a_stream_is_whole_when_it_reaches_its_end_and_not_before(encoding: str) -> None:
    stream = STREAMS[encoding]
    assert is_whole(stream, encoding, LIMIT)
    for end in (len(stream) - 1, len(stream) // 2, 12, 1):
        assert not is_whole(stream[:end], encoding, LIMIT)


def test_a_bare_deflate_stream_is_known_too() -> None:
    stream = BARE.compress(TEXT) + BARE.flush()
    assert is_whole(stream, "deflate", LIMIT)
    assert not is_whole(stream[:-20], "deflate", LIMIT)


def test_noise_is_not_a_stream_and_an_unknown_encoding_is_not_judged() -> None:
    assert not any(is_whole(b"<html>no stream at all</html>", encoding, LIMIT) for encoding in STREAMS)
    assert is_whole(b"<html>", "x-unknown", LIMIT)


@pytest.mark.parametrize("encoding", STREAMS)
def test_no_more_than_the_limit_is_decompressed_to_find_the_end(encoding: str) -> None:
    stream = COMPRESS[encoding](TEXT * 50)[:-1]
    assert is_whole(stream, encoding, 1000)
    assert not is_whole(stream, encoding, len(TEXT) * 50)


def test_what_is_cut_is_asked_for_again_and_never_taken_for_the_page(local_site: LocalSite) -> None:
    half = STREAMS["gzip"][: len(STREAMS["gzip"]) // 2]

    def heals(request: Request) -> Page:
        again = local_site.paths().count(request.path) > 1
        return Page(STREAMS["gzip"] if again else half, headers={"Content-Encoding": "gzip"})

    local_site.pages["/cut-stream/"] = Page(half, headers={"Content-Encoding": "gzip"})
    local_site.pages["/cut-body/"] = Page(TEXT, cut_at=100)
    local_site.pages["/cut-once/"] = heals
    paths = ["/cut-stream/", "/cut-body/", "/cut-once/"]
    site = Site(name="t", url=local_site.url, delay=0)
    outcome = small_crawl(site, [local_site.url + path for path in paths])
    assert outcome.answers["/cut-stream/"].raised == "BodyCut"
    assert outcome.answers["/cut-body/"].raised == "ResponseDataLossError"
    assert outcome.answers["/cut-stream/"].error == outcome.answers["/cut-body/"].error == "cut"
    assert outcome.answers["/cut-once/"].size == len(TEXT)
    assert [local_site.paths().count(path) for path in paths] == [3, 3, 2]


def test_whole_bodies_arrive_decompressed_and_bombs_do_not(local_site: LocalSite) -> None:
    for encoding, stream in STREAMS.items():
        local_site.pages[f"/{encoding}/"] = Page(stream, headers={"Content-Encoding": encoding})
    local_site.pages["/empty/"] = Page(b"", headers={"Content-Encoding": "gzip"})
    local_site.pages["/bomb/"] = Page(b"0" * 2_000_000, gzip=True)
    local_site.pages["/bomb-br/"] = Page(
        brotli.compress(b"0" * 2_000_000), headers={"Content-Encoding": "br"}
    )
    local_site.pages["/large/"] = Page(b"0" * 2_000_000)
    urls = [local_site.url + path for path in local_site.pages]
    site = Site(name="t", url=local_site.url, delay=0)
    answers = small_crawl(site, urls, changes={"DOWNLOAD_MAXSIZE": LIMIT}).answers
    assert {answers[f"/{encoding}/"].size for encoding in STREAMS} == {len(TEXT)}
    assert answers["/empty/"].status == 200
    assert {answers[path].error for path in ("/bomb/", "/bomb-br/", "/large/")} == {"too large"}
