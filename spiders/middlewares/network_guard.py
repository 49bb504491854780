"""Refuses requests to addresses inside the network, which a hostile page might name.

A URL is checked when it is requested, whatever named it: a link, a redirect, a sitemap, robots.txt. Its host
is checked again by the addresses that DNS returns, and only allowed addresses are connected to. Checking the
URL alone is not enough, and neither is resolving it beforehand: the second answer of a hostile DNS server may
differ from the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from w3lib.url import safe_url_string
from zope.interface import implementer

from variorum.crawler.config.site import Site
from variorum.spiders.fetching.failures import AddressRefused

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
LOCAL_NAMES = ("localhost", "local", "internal", "test", "home.arpa")
"""Names that nobody can register (RFC 6761, 6762, 8375; ICANN for `internal`)."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it wraps an IPv4 address."""
    ip = _unwrapped(ip_address(address))
    if isinstance(ip, IPv6Address) and ip.is_site_local:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


@lru_cache(maxsize=64)  # each request is asked for several times
def host_of(url: str) -> str:
    """The host of a URL in the form compared here: lower case, IDNA, no brackets, no final dot; may be
    empty."""
    return _plain(urlsplit(safe_url_string(url)).hostname or "")


@lru_cache(maxsize=1024)
def _plain(host: str) -> str:
    host = host.rstrip(".").lower()
    try:
        return ip_address(host).compressed
    except ValueError:
        pass
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_local_name(host: str) -> bool:
    """Whether only this network can resolve the name: `wiki`, `localhost`, `printer.local`."""
    return "." not in host or host.endswith(tuple(f".{name}" for name in LOCAL_NAMES))


@dataclass(frozen=True)
class NetworkGuard:
    """The addresses that are allowed, given the hosts that the site's own file names.

    A host of the site's file may be inside the network if its name is an address or a local name. A name that
    a stranger could own may do so only at an address that the file names too, under `url` or `also`.
    """

    hosts: frozenset[str]

    @classmethod
    def of(cls, site: Site | None) -> NetworkGuard:
        """The guard of a site; without a site only public addresses pass."""
        return cls(frozenset(host_of(url) for url in site.seeds) if site else frozenset())

    def objection(self, url: str) -> str | None:
        """Why the URL is refused, as far as the URL itself shows; None if it is allowed."""
        scheme, host = urlsplit(url).scheme, host_of(url)
        if scheme not in ("http", "https"):
            return f"{url} is neither http nor https"
        if host in self.hosts:
            return None
        if _is_address(host) and not is_public(host):
            return _message(host, host)
        if not _is_address(host) and _is_local_name(host):
            return _message(host, "an address of this network")
        return None

    def allows(self, host: str, address: str) -> bool:
        """Whether a host may be connected to at this address."""
        if is_public(address):
            return True
        return host in self.hosts and (_is_address(host) or _is_local_name(host) or address in self.hosts)


def _message(host: str, address: str) -> str:
    return (
        f"{host} leads to {address}, which is not public; if the site is really there, "
        "name that address in its file under `url` or `also`"
    )


@implementer(IHostnameResolver)
class GuardedResolver:
    """Passes on the addresses of a name that a guard allows, and remembers names without any.

    Twisted's interfaces have no types that a checker could read; hence Any.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.guards: set[NetworkGuard] = set()
        self.refused: dict[str, str] = {}

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *details: Any, **named: Any) -> Any:  # noqa: N802, N803
        """Resolve a name as IHostnameResolver specifies; the receiver gets allowed addresses only."""
        return self.inner.resolveHostName(
            _Filter(self, _plain(hostName), resolutionReceiver), hostName, *details, **named
        )

    def passes(self, host: str, address: str) -> bool:
        """Whether a guard allows the address; refused names are remembered."""
        if any(guard.allows(host, address) for guard in self.guards):
            return True
        self.refused[host] = address
        return False


@implementer(IResolutionReceiver)
class _Filter:
    def __init__(self, resolver: GuardedResolver, host: str, receiver: Any) -> None:
        self._resolver = resolver
        self._host = host
        self._receiver = receiver
        self.resolutionBegan = receiver.resolutionBegan
        self.resolutionComplete = receiver.resolutionComplete

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self._resolver.passes(self._host, _plain(address.host)):
            self._receiver.addressResolved(address)


def guarded_resolver() -> GuardedResolver:
    """The resolver of all connections of this process, with the guard installed before it."""
    from twisted.internet import reactor  # noqa: PLC0415  (importing it earlier would choose its kind)

    resolver = reactor.nameResolver
    if not isinstance(resolver, GuardedResolver):
        resolver = GuardedResolver(resolver)
        reactor.installNameResolver(resolver)
    return resolver


class AddressGuard:
    """Downloader middleware: a request that the guard does not allow ends in AddressRefused."""

    def __init__(self, crawler: Crawler) -> None:
        self.guard = NetworkGuard.of(getattr(crawler.spider, "site", None))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AddressGuard:
        """Create the guard of one run."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise AddressRefused for a URL or a name that is known to lead inside the network."""
        # Scrapy installs its own resolver at some moment of its start, so ours is put before it here.
        guarded_resolver().guards.add(self.guard)
        objection = self.guard.objection(request.url)
        if objection:
            raise AddressRefused(objection)
        self._check_name(request)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise AddressRefused for a name without allowed addresses, which Scrapy reports as unknown."""
        if isinstance(exception, CannotResolveHostError):
            self._check_name(request)

    def _check_name(self, request: Request) -> None:
        host = host_of(request.url)
        address = guarded_resolver().refused.get(host)
        if address:
            raise AddressRefused(_message(host, address))
