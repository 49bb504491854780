"""Scrapy's settings: polite, bounded and closed to the outside. `for_site` adds those of one site.

`scrapy crawl NAME` reads this module as scrapy.cfg tells it to; our own runs read it the same way. A setting
that only repeats Scrapy's default is not here.
"""

from __future__ import annotations

from typing import Any

from variorum.crawler import __version__
from variorum.crawler.config.site import Site
from variorum.spiders.browser import browser_settings
from variorum.spiders.middlewares.network_guard import host_of
from variorum.spiders.middlewares.robots import TOKEN

LEAST_DELAY = 1e-6
"""The least delay in seconds: without any delay, Scrapy would not track the time of the last request."""
LONGEST_DELAY = 60.0
"""The longest delay in seconds that a slow host can cause."""


def user_agent(contact: str | None = None) -> str:
    """Return the user agent, `Variorum/0.1.0 (+contact)`; `contact` is a URL or an e-mail address."""
    ours = f"{TOKEN}/{__version__}"
    return f"{ours} (+{contact})" if contact else ours


def for_site(site: Site) -> dict[str, Any]:
    """Return the settings of one site's run, which override those of this module.

    Raises Misuse if the site needs a browser and that is missing.
    """
    delay = max(site.delay, LEAST_DELAY)
    hosts = {host_of(url) for url in site.seeds}
    return {
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_START_DELAY": delay,
        # A delay of 0 is an order not to slow down, whatever the latency: for servers of one's own.
        "AUTOTHROTTLE_MAX_DELAY": max(delay, LONGEST_DELAY) if site.delay else delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(site.concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        "CONCURRENT_REQUESTS": site.concurrency * len(hosts),
        "ROBOTSTXT_OBEY": site.robots,
        **(_rendered(site) if site.render else {}),
    }


def _rendered(site: Site) -> dict[str, Any]:
    middlewares = {**DOWNLOADER_MIDDLEWARES, "variorum.spiders.middlewares.render.Rendering": 40}
    return {"DOWNLOADER_MIDDLEWARES": middlewares, **browser_settings(site)}


BOT_NAME = "variorum"
USER_AGENT = user_agent()
SPIDER_LOADER_CLASS = "variorum.spiders.spiders.loader.SiteLoader"
ITEM_PIPELINES = {"variorum.crawler.runtime.recorder.RecordingPipeline": 300}
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # first asked, first fetched: the plan has an order
CONCURRENT_ITEMS = 1  # the default makes a hundred tasks for each response

# Manners
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.3
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
COOKIES_ENABLED = False
# Without Accept-Language: a page that exists in several languages is to answer in its own.
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

# Bounds
DOWNLOAD_MAXSIZE = 10 << 20
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 45
DNS_TIMEOUT = 20
MEMUSAGE_LIMIT_MB = 600
MEMUSAGE_CHECK_INTERVAL_SECONDS = 10
REDIRECT_MAX_TIMES = 5
METAREFRESH_MAXDELAY = 5  # a page that reloads itself every minute is no redirect
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"

# Closed doors
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}
HTTPPROXY_ENABLED = False  # a proxy resolves names itself, out of the address guard's sight

# These lists stand in place of Scrapy's own, of which it also imports what is switched off: telnet, aiohttp,
# cookies. And what no run needs costs every request, however little it has to do.
# No spider middleware, so every status reaches the spider: what it means is judged later, in one place.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES_BASE = {
    "variorum.spiders.middlewares.every_request.Defaults": 400,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "variorum.spiders.middlewares.every_request.Traffic": 850,
}
DOWNLOADER_MIDDLEWARES = {
    "variorum.spiders.middlewares.network_guard.AddressGuard": 50,
    "variorum.spiders.middlewares.retry_after.RetryAfter": 60,
    "variorum.spiders.sources.request_shares.Shares": 70,
    "variorum.spiders.middlewares.robots.Robots": 100,
    "variorum.spiders.middlewares.redirects.Refreshes": 580,
    "variorum.spiders.middlewares.decompression.WholeBodies": 590,
    "variorum.spiders.middlewares.redirects.Redirects": 600,
    # After the redirect middlewares, so that they see each hop.
    "variorum.spiders.middlewares.conditional.Conditional": 610,
    "variorum.spiders.middlewares.chain_cookies.ChainCookies": 620,
}
DOWNLOADER = "variorum.spiders.middlewares.throttle.StrictDownloader"
EXTENSIONS_BASE = {
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "variorum.spiders.middlewares.throttle.Throttle": 0,
    "variorum.spiders.memory.OwnMemory": 0,
}

LOG_LEVEL = "INFO"
LOG_FORMATTER = "variorum.spiders.middlewares.every_request.Quiet"
LOGSTATS_INTERVAL = 0
WARN_ON_GENERATOR_RETURN_VALUE = False  # it reads the source of a callback for each response
STATS_DUMP = False
