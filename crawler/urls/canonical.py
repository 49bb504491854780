"""Computes canonical URLs: which URLs name the same page, which belong to a site, and which are crawler
traps.

Two errors are possible, and they do not cost the same: a page under two names costs a request, two pages
under one name lose a page. So a parameter or a path is folded only if it is known to have no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from variorum.crawler.config.site import Site

RULES = 2
"""The version of these rules: when it grows, stored addresses are keyed again."""

DROPPED = re.compile(
    r"""
    # Who clicked where: advertising and newsletter tags.
    utm_\w+ | fbclid | gclid | gclsrc | dclid | wbraid | gbraid | msclkid | yclid | twclid | ttclid | igshid
    | mc_cid | mc_eid | _ga | _gl
    # Another rendering of the same article: AMP, and what WordPress shows while one answers a comment.
    | amp | noamp | amphtml | replytocom | unapproved | moderation-hash | cpage
    # Jetpack: share buttons (nb comes with share), likes, related posts.
    | share | nb | like_comment | relatedposts(?:_\w+)?
    # Sessions: the same page for another visitor.
    | phpsessid | jsessionid | aspsessionid\w+ | sessionid | session_id | oscsid | cfid | cftoken
    # WordPress starting its own scheduled jobs; what Cloudflare leaves behind after a challenge.
    | doing_wp_cron | __cf_chl_\w+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Query parameters that name no page of their own on any site."""

NEVER = tuple(
    re.compile(pattern)
    for pattern in (
        r"/wp-(?:admin|json|includes)(?:/|$)",  # back office, interface, WordPress's own scripts
        r"/wp-[a-z-]+\.php$",  # wp-login, wp-cron, wp-comments-post: they act, and show no article
        r"/xmlrpc\.php$",  # remote calls
        r"/feed(?:/(?:rdf|rss2?|atom))?/?$",  # news of pages: read by discovery, not a page
        r"./(?:embed|trackback)/?$",  # the article again for other sites; a target for pings
        r"/cdn-cgi/",  # Cloudflare's own addresses, obfuscated e-mail among them
    )
)
"""Paths that are no pages, whatever the site file has."""
NEVER_PARAMETERS = frozenset({"s", "feed", "rest_route", "embed", "add-to-cart"})
"""Endless searches, feeds and the API in their query form, and a link that fills a shopping cart."""

ASSETS = re.compile(
    r"""\.(?:
    jpe?g | png | gif | webp | avif | svg | ico | bmp | tiff? | css | m?js | map | woff2? | ttf | otf | eot
    | mp[34] | m4[av] | ogg | wav | webm | avi | mov | wmv | flv | mkv | swf
    | zip | rar | 7z | t?gz | tar | exe | apk | dmg | iso
    | xml | rss | atom | json | webmanifest
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
"""File extensions of images, media, archives and program data."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_COMMENTS = re.compile(r"comment-page-\d+")
# Months have two digits here: /posts/2150/2/ is the second part of post 2150, not a calendar.
_MONTH = re.compile(r"[/=](\d{4})(?:/(?:0[1-9]|1[0-2])(?=[/?]|$)|-(?:0[1-9]|1[0-2])(?:-\d\d)?(?=[/?&]|$))")
_YEAR = re.compile(r"[?&](?:year|yr|cal_year)=(\d{4})(?=&|$)")

_LONGEST = 2000
# What Apache and nginx accept by default; it also bounds what is remembered.
_LONGEST_ACCEPTED = 8000
_DEEPEST = 16
_MOST_PARAMETERS = 6
_REPEATS = 3
_YEARS = range(1990, 2101)
# Persian and Arabic sites also date their addresses by the solar and the lunar Hijri calendar.
_HIJRI_YEARS = range(1300, 1551)
# Where these are left out, another language or another sheet of a list would take the page's place.
_APART = frozenset({"lang", "language", "paged", "page"})


class _Host(NamedTuple):
    """A host without `www.`, final dot and default port, so that its spellings compare equal."""

    name: str
    port: int | None


def canonical(url: str, site: Site) -> str:
    """The one form of a page's address, and the one to request; `canonical` of it is itself.

    Scheme, www and port of the site's own hosts become those of the site file; case of the path and a final
    slash stay as found. Raises ValueError for anything that can't be the address of a web page: other
    schemes, relative addresses, broken hosts and ports, control characters, over 8000 characters.
    """
    if len(url) > _LONGEST_ACCEPTED or _CONTROL.search(url):
        raise ValueError(f"control character or excessive length in the address {url[:200]!r}")
    return _canonical(url, site.seeds, site.drop_params)


def key(url: str, site: Site) -> str:
    """The name under which a page is known: its canonical address without the scheme.

    Case and a final slash count: whether `/Albania/` is `/albania/`, or `/albania`, only the page itself
    shows. Raises ValueError as `canonical` does.
    """
    parts = urlsplit(canonical(url, site))
    return f"{parts.netloc}{parts.path}?{parts.query}" if parts.query else f"{parts.netloc}{parts.path}"


def loose_key(url: str, site: Site) -> str:
    """The key without a final slash: equal for URLs that most sites answer alike. Raises as `key` does."""
    path, mark, query = key(url, site).partition("?")
    return f"{path.rstrip('/')}{mark}{query}"


def in_scope(url: str, site: Site) -> bool:
    """Whether the address belongs to the site and may name a page or a file; never raises.

    Entries of the site's `scope` and `exclude` are path prefixes, or regular expressions if they begin with
    ^; both are compared with path?query with its percent-encoding decoded. `exclude` wins.
    """
    try:
        page = canonical(url, site)
    except ValueError:
        return False
    parts = urlsplit(page)
    if (parts.scheme, parts.netloc) not in _origins(site.seeds).values() or _is_no_page(parts):
        return False
    address = _decoded(parts)
    if any(_pattern(entry).search(address) for entry in site.exclude):
        return False
    return not site.scope or any(_pattern(entry).search(address) for entry in site.scope)


def has_path(url: str, entries: Iterable[str]) -> bool:
    """Whether one of the entries, as `scope` has them, matches the address; False for a bad address."""
    try:
        address = _decoded(urlsplit(url))
    except ValueError:
        return False
    return any(_pattern(entry).search(address) for entry in entries)


def _decoded(parts: SplitResult) -> str:
    """The path?query of an address with its percent-encoding decoded."""
    return unquote(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def other_origin(url: str, site: Site) -> str:
    """`https://host/` of an address on a host that is not the site's; empty for its own, or a bad one."""
    try:
        parts = urlsplit(canonical(url, site))
    except ValueError:
        return ""
    if (parts.scheme, parts.netloc) in _origins(site.seeds).values():
        return ""
    return f"{parts.scheme}://{parts.netloc}/"


def is_asset(url: str) -> bool:
    """Whether the address ends like an image, style, script, font, film or archive: never a page."""
    return ASSETS.search(_path(url)) is not None


def trap(url: str) -> str | None:
    """Why the URL looks like a crawler trap, for the operator; None if it does not."""
    if len(url) > _LONGEST:
        return f"address of {len(url)} characters"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "unreadable address"
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > _DEEPEST:
        return f"{len(segments)} path segments"
    if repeated := _repeated(segments):
        return f"path repeats /{repeated}/"
    parameters = [pair for pair in parts.query.split("&") if pair]
    if len(parameters) > _MOST_PARAMETERS:
        return f"{len(parameters)} query parameters"
    years = [int(year) for pattern in (_MONTH, _YEAR) for year in pattern.findall(url)]
    far = [year for year in years if year not in _YEARS and year not in _HIJRI_YEARS]
    return f"calendar at the year {far[0]}" if far else None


def named_by_itself(final_url: str, rel_canonical: str | None, site: Site) -> str:
    """The canonical address of a fetched page, with regard to its own rel=canonical (absolute).

    It counts only if it spells the fetched address in another way, since some themes name one address on
    every page: the same path but for case, encoding, final slash and AMP; or a path in place of a query such
    as ?p=17. Raises ValueError as `canonical` does, for the fetched address only.
    """
    page = canonical(final_url, site)
    if rel_canonical is None or not in_scope(rel_canonical, site):
        return page
    target = canonical(rel_canonical, site)
    return target if _respells(urlsplit(page), urlsplit(target), site) else page


def shares_host(url: str, seeds: tuple[str, ...]) -> bool:
    """Whether the address is on a host of one of these addresses."""
    return _host_of(url) in _origins(seeds)


def rehosted(url: str, seeds: tuple[str, ...], site: Site) -> str:
    """The address at which the site has the page now, if the page's address was that at the time of `seeds`.

    Only the host changes: from one that the site file no longer names, to the one in its place. Raises
    ValueError if it is no address.
    """
    moved = _moved_hosts(seeds, site.seeds)
    parts = urlsplit(url)
    if not moved or (there := moved.get(_host(parts))) is None:
        return url
    return urlunsplit((*there, parts.path, parts.query, parts.fragment))


@lru_cache(maxsize=256)
def _moved_hosts(before: tuple[str, ...], today: tuple[str, ...]) -> dict[_Host, tuple[str, str]]:
    old, new = _origins(before), _origins(today)
    pairs = [(_host_of(was), _host_of(now)) for was, now in zip(before, today, strict=False)]
    return {was: new[now] for was, now in reversed(pairs) if was not in new and now not in old}


def _host_of(url: str) -> _Host:
    return _host(urlsplit(canonicalize_url(url)))


def main_address(final_url: str, rel_canonical: str | None, site: Site) -> str | None:
    """The address of another page of the same host that a page names as its main one (rel=canonical).

    None if it names itself, the home page, or nothing. Whether the page is a rendering of that one is decided
    by its text. Raises ValueError as `canonical` does, for the fetched address only.
    """
    page = canonical(final_url, site)
    if rel_canonical is None or not in_scope(rel_canonical, site):
        return None
    target = canonical(rel_canonical, site)
    parts = urlsplit(target)
    is_sink = not parts.query and _is_home(parts.netloc, parts.path, site.seeds)
    return None if target == page or is_sink or parts.netloc != urlsplit(page).netloc else target


def is_other_host(url: str, other: str, site: Site) -> bool:
    """Whether two addresses differ only in a final slash and in which of the site's own hosts they name."""
    one, two = urlsplit(canonical(url, site)), urlsplit(canonical(other, site))
    own = {netloc for _, netloc in _origins(site.seeds).values()}
    same_path = (one.path.rstrip("/"), one.query) == (two.path.rstrip("/"), two.query)
    return same_path and one.netloc != two.netloc and {one.netloc, two.netloc} <= own


# Remembered, since most links of a page stand on every other page of the site, too.
@lru_cache(maxsize=4096)
def _canonical(url: str, seeds: tuple[str, ...], drop: tuple[str, ...]) -> str:
    parts = urlsplit(canonicalize_url(url))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not the address of a web page: {url[:200]!r}")
    scheme, netloc = _origins(seeds).get(_host(parts), (parts.scheme, parts.netloc))
    path = _plain_path(parts.path)
    if path.endswith("/index.php") and _is_home(netloc, path.removesuffix("index.php"), seeds):
        path = path.removesuffix("index.php")
    folded = urlunsplit((scheme, netloc, path, _kept(parts.query, drop), ""))
    # Folding may uncover what is to be folded in turn: /..;jsessionid=1 holds a dot segment.
    return folded if folded == url else _canonical(folded, seeds, drop)


def _host(parts: SplitResult) -> _Host:
    name = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return _Host(name, None if parts.port in (80, 443) else parts.port)


@lru_cache(maxsize=256)
def _origins(seeds: tuple[str, ...]) -> dict[_Host, tuple[str, str]]:
    """Scheme and host as the site file spells them; if it spells one host twice, the first counts."""
    split = [urlsplit(canonicalize_url(seed)) for seed in reversed(seeds)]
    return {_host(parts): (parts.scheme, parts.netloc.rpartition("@")[2]) for parts in split}


@lru_cache(maxsize=256)
def _homes(seeds: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    """Host and path, without final slash, of the roots and of the addresses from which the site's crawl
    starts."""
    origins = _origins(seeds)
    split = [urlsplit(canonicalize_url(seed)) for seed in seeds]
    starts = {(origins[_host(parts)][1], _plain_path(parts.path).rstrip("/")) for parts in split}
    return frozenset(starts | {(netloc, "") for _, netloc in origins.values()})


def _is_home(netloc: str, path: str, seeds: tuple[str, ...]) -> bool:
    return (netloc, path.rstrip("/")) in _homes(seeds)


def _plain_path(path: str) -> str:
    """The path without sessions and without the segments that only name another rendering of the page."""
    plain = _SESSION.sub("", path)
    slash = "/" if plain.endswith("/") else ""
    segments = plain.rstrip("/").split("/")
    # By hand and not by a pattern: on a path of a thousand /amp/ a pattern begins a thousand times.
    while len(segments) > 1:
        if segments[-1] == "amp" or _COMMENTS.fullmatch(segments[-1]):
            del segments[-1]
        elif segments[-2:] == ["page", "1"]:
            del segments[-2:]
        else:
            break
    # The AMP plugins page their lists as /amp/page/2/.
    while segments[-3:-1] == ["amp", "page"] and segments[-1].isdigit():
        del segments[-3]
    return "/".join(segments) + slash or "/"


def _kept(query: str, drop: tuple[str, ...]) -> str:
    named = ((pair, _name(pair)) for pair in query.split("&") if pair)
    return "&".join(pair for pair, name in named if not DROPPED.fullmatch(name) and name not in drop)


def _name(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])


def _is_no_page(parts: SplitResult) -> bool:
    return (
        any(pattern.search(parts.path) for pattern in NEVER)
        or any(_name(pair) in NEVER_PARAMETERS for pair in parts.query.split("&"))
        or ASSETS.search(parts.path) is not None
    )


@lru_cache(maxsize=1024)
def _pattern(entry: str) -> re.Pattern[str]:
    """A prefix that ends in a slash also matches the address without it: `/en/` matches `/en`, not
    `/english`."""
    readable = unquote(entry)
    if readable.startswith("^"):
        return re.compile(readable)
    end = r"(?:[/?]|$)" if readable.endswith("/") else ""
    return re.compile("^" + re.escape(readable.rstrip("/")) + end)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _repeated(segments: list[str]) -> str | None:
    """The segments that occur three times in a row, joined by slashes."""
    for size in range(1, len(segments) // _REPEATS + 1):
        for start in range(len(segments) - size * _REPEATS + 1):
            run = segments[start : start + size * _REPEATS]
            if run == run[:size] * _REPEATS:
                return "/".join(run[:size])
    return None


def _respells(page: SplitResult, target: SplitResult, site: Site) -> bool:
    requested = set(filter(None, page.query.split("&")))
    named = set(filter(None, target.query.split("&")))
    sink = not named and _is_home(target.netloc, target.path, site.seeds)
    if page.netloc != target.netloc or sink or not named <= requested:
        return False
    if _readable(page.path) == _readable(target.path):
        return _APART.isdisjoint(_name(pair) for pair in requested - named)
    return bool(requested) and _is_home(page.netloc, page.path, site.seeds)


def _readable(path: str) -> str:
    return unquote(path).rstrip("/").casefold()
