"""Which addresses a crawl may reach: by URL, by redirect and by DNS."""

from __future__ import annotations

import pytest

from tests.local_site import LocalSite, Page, article
from tests.small_crawl import small_crawl
from variorum.crawler.config.site import Site
from variorum.spiders.middlewares.network_guard import NetworkGuard, host_of, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fec0::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
    ],
)
def test_addresses_inside_a_network_are_not_public_however_they_are_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.2/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://[::1]:8000/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://router/",
        "http://db.internal/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
    ],
)
def test_a_url_that_leads_inside_is_refused_to_a_site_that_does_not_name_its_host(url: str) -> None:
    assert NetworkGuard.of(Site(name="t", url="http://127.0.0.1:8080/")).objection(url)
    assert NetworkGuard.of(None).objection(url)


def test_a_site_may_live_inside_under_the_names_in_its_file() -> None:
    guard = NetworkGuard.of(
        Site(name="t", url="http://127.0.0.1:8080/", also=("http://Wiki/", "http://خبر.test/"))
    )
    assert guard.objection("http://127.0.0.1:9090/a") is None
    assert guard.objection("http://wiki/a") is None
    assert guard.objection("http://خبر.test/fa/") is None
    assert guard.allows("wiki", "10.0.0.7")
    assert guard.allows(host_of("http://خبر.test/"), "192.168.1.9")
    assert not guard.allows("other", "10.0.0.7")


def test_a_name_that_a_stranger_can_own_leads_inside_only_to_an_address_in_the_file() -> None:
    url = "https://wiki.example.org/"
    assert not NetworkGuard.of(Site(name="t", url=url)).allows("wiki.example.org", "10.0.0.7")
    named = NetworkGuard.of(Site(name="t", url=url, also=("http://10.0.0.7/",)))
    assert named.allows("wiki.example.org", "10.0.0.7")
    assert not named.allows("wiki.example.org", "10.0.0.8")
    assert not named.allows("elsewhere.example.org", "10.0.0.7")


def test_redirects_and_odd_spellings_of_an_address_inside_are_refused(local_site: LocalSite) -> None:
    port = local_site.port
    targets = {
        "/name/": f"http://localhost:{port}/secret/",
        "/other/": f"http://127.0.0.2:{port}/secret/",
        "/number/": f"http://2130706433:{port}/secret/",
        "/hex/": f"http://0x7f.1:{port}/secret/",
        "/scheme/": "file:///etc/passwd",
    }
    local_site.pages.update({k: Page(status=302, headers={"Location": v}) for k, v in targets.items()})
    refresh = f'<meta http-equiv="refresh" content="0; url=http://localhost:{port}/secret/">'
    local_site.pages["/refresh/"] = f"<html><head>{refresh}</head></html>"
    local_site.pages["/secret/"] = article("Secret", "Not for strangers.")
    paths = [*targets, "/refresh/"]
    site = Site(name="t", url=local_site.url, delay=0)
    urls = [local_site.url + path for path in paths]
    outcome = small_crawl(site, [*urls, "file:///etc/passwd"])
    assert local_site.paths() == paths
    scheme = outcome.answers.pop("/scheme/")
    assert (scheme.raised, scheme.status) == ("LeadsNowhere", 0)
    assert "'file:///etc/passwd', which is no web address" in scheme.detail
    assert {answer.raised for answer in outcome.answers.values()} == {"AddressRefused"}
    assert {answer.error for answer in outcome.answers.values()} == {"address"}


def test_a_public_name_is_refused_when_dns_gives_it_an_address_inside(local_site: LocalSite) -> None:
    port = local_site.port
    local_site.pages.update({path: article("Secret", "Not for strangers.") for path in ("/a/", "/b/", "/c/")})
    site = Site(name="t", url="http://rebinding.example.org/", also=("http://home.test/",), delay=0)
    urls = [
        f"http://rebinding.example.org:{port}/a/",
        f"http://stranger.example.org:{port}/b/",
        f"http://home.test:{port}/c/",
    ]
    names = dict.fromkeys(("rebinding.example.org", "stranger.example.org", "home.test"), "127.0.0.1")
    outcome = small_crawl(site, urls, names=names)
    assert outcome.answers["/a/"].raised == outcome.answers["/b/"].raised == "AddressRefused"
    assert "rebinding.example.org leads to 127.0.0.1" in outcome.answers["/a/"].detail
    assert outcome.answers["/c/"].status == 200
    assert local_site.paths() == ["/c/"]
