"""Names the reason of a failed fetch: our own refusals, and a key for each kind of Scrapy's failures."""

from __future__ import annotations

import logging
import os
import sysconfig
import traceback
from pathlib import Path

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from service_identity import VerificationError
from twisted.python.failure import Failure

LONGEST_DETAIL = 300
PACKED = "twisted.python.failure.Failure"
"""Text by which an exception that wraps others is recognised."""
OVER_A_PAGE = "variorum.page"
"""The logger of bugs that concern one page."""
OURS = tuple(f"{Path(__file__).parents[2] / name}{os.sep}" for name in ("crawler", "spiders", "storage"))
LIBRARIES = (sysconfig.get_path("stdlib"), "<", "site-packages", "dist-packages")
NETWORK = {"scrapy", "twisted", "OpenSSL", "service_identity", "playwright"}
"""Libraries whose exceptions mean network failures, even when called from our code."""


class Refused(IgnoreRequest):
    """Variorum did not send the request; the message says why, and what would change that."""


class RobotsRefused(Refused):
    """robots.txt forbids the URL, or could not be read."""


class RobotsUnread(RobotsRefused):
    """robots.txt could not be read, so nothing of its host may be fetched for now."""


class AddressRefused(Refused):
    """The request would have gone to an address that the site's file does not allow."""


class RetryLater(Refused):
    """The host sent a longer Retry-After than a run waits for; the page itself has not failed."""


class LeadsNowhere(IgnoreRequest):
    """The response redirects to something that is not a URL."""


class ShareSpent(Refused):
    """A source has used up its share of the day's requests."""


class TooLarge(IgnoreRequest):
    """The decompressed body is larger than DOWNLOAD_MAXSIZE."""


class BodyCut(IgnoreRequest):
    """The compressed body is broken or ends too early."""


ERRORS: dict[str, tuple[type[BaseException], ...]] = {
    "timeout": (DownloadTimeoutError,),
    "dns": (CannotResolveHostError,),
    "refused": (DownloadConnectionRefusedError,),
    # Scrapy cancels a download only for its size: a timeout has its own exception.
    "too large": (TooLarge, DownloadCancelledError),
    "cut": (BodyCut, ResponseDataLossError),
    "robots": (RobotsRefused,),
    "address": (AddressRefused,),
    "tls": (TlsError, VerificationError),
}


def error_of(failure: Failure) -> tuple[str, str]:
    """Return the key of `FetchResult.error` for a failure, and one line about it for the operator.

    A failure without a key of its own is `failed`.
    """
    error = failure.value
    causes = [error, *_reasons(error)]
    key = next((key for key, classes in ERRORS.items() for e in causes if isinstance(e, classes)), "failed")
    return key, line_of(failure)


def is_ours(error: BaseException) -> bool:
    """Whether an exception is a bug of Variorum, and neither a network failure nor a refusal."""
    if isinstance(error, IgnoreRequest | OSError | UnicodeError):
        return False
    if type(error).__module__.partition(".")[0] in NETWORK:
        return False
    trace = traceback.extract_tb(error.__traceback__)
    return any(not _is_library(frame.filename) for frame in trace)


def _is_library(path: str) -> bool:
    return not path.startswith(OURS) and any(
        path.startswith(place) or f"/{place}/" in path for place in LIBRARIES
    )


def over_a_page(url: str, error: BaseException) -> None:
    """Log a bug that one page has shown; the guard of the run reads these messages."""
    logging.getLogger(OVER_A_PAGE).error("a bug in Variorum, at %s", url, exc_info=error)


def line_of(failure: Failure) -> str:
    """Return one line about a failure for the operator, with the causes that Twisted has wrapped."""
    error = failure.value
    packed = PACKED in str(error) and _reasons(error)
    text = "; ".join(dict.fromkeys(map(_words, packed))) if packed else _words(error)
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 1] + "…"


def _reasons(error: BaseException | None) -> list[BaseException]:
    """The exceptions for which Twisted gave up a response; TLS errors arrive only inside these."""
    reasons = getattr(error, "reasons", None) or getattr(getattr(error, "__cause__", None), "reasons", None)
    return [reason.value for reason in reasons or ()]


def _words(error: BaseException | None) -> str:
    text = " ".join(str(error).split())
    return type(error).__name__ if not text or PACKED in text else text
