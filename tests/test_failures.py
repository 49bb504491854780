"""Each way in which a fetch can bring nothing has its name."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.python.failure import Failure

from tests.local_site import LocalSite, Page, Request, article
from tests.small_crawl import TIMEOUT, small_crawl
from variorum.crawler.config.site import Site
from variorum.spiders.fetching.failures import LONGEST_DETAIL, error_of


@pytest.fixture
def tls_site(tmp_path: Path) -> Iterator[LocalSite]:
    """A site whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "site.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with LocalSite(tls=context) as site:
        yield site


def test_failures_of_the_network_have_their_names(local_site: LocalSite, tls_site: LocalSite) -> None:
    local_site.pages["/loop/"] = Page(status=302, headers={"Location": "/loop/"})
    tls_site.pages["/tls/"] = article("Title", "Text.")
    urls = [
        f"{local_site.url}/loop/",
        f"{tls_site.url}/tls/",
        "http://127.0.0.1:1/closed/",
        "http://no-such-name.example.org/unknown/",
    ]
    site = Site(name="t", url=local_site.url, delay=0, robots=False)
    outcome = small_crawl(site, urls, changes={"RETRY_TIMES": 0}, names={"nothing": "127.0.0.1"})
    assert {path: answer.error for path, answer in outcome.answers.items()} == {
        "/loop/": "failed",
        "/tls/": "tls",
        "/closed/": "refused",
        "/unknown/": "dns",
    }
    assert "certificate verify failed" in outcome.answers["/tls/"].detail
    assert outcome.answers["/loop/"].detail == "max redirections reached"
    assert tls_site.paths() == []
    assert local_site.paths().count("/loop/") == 6


def test_a_page_that_does_not_come_in_time_has_timed_out(local_site: LocalSite) -> None:
    over = threading.Event()

    def answer(request: Request) -> str:
        over.wait(TIMEOUT)
        return article("Title", "Text.")

    local_site.pages["/slow/"] = answer
    site = Site(name="t", url=local_site.url, delay=0, robots=False)
    changes = {"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 0.5}
    outcome = small_crawl(site, [f"{local_site.url}/slow/"], changes=changes)
    over.set()
    assert outcome.answers["/slow/"].error == "timeout"


def test_what_an_error_says_is_one_short_line() -> None:
    long_text = "line one\nline two\t" + "x" * 1000
    key, detail = error_of(Failure(ValueError(long_text)))  # type: ignore[no-untyped-call]
    assert key == "failed"
    assert detail.startswith("line one line two xxx")
    assert len(detail) == LONGEST_DETAIL
    assert error_of(Failure(ValueError())) == ("failed", "ValueError")  # type: ignore[no-untyped-call]
