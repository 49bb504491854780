"""Why a fetch brought nothing: our own refusals, and one name for each failure of Scrapy's."""

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
"""What stands in the text of an exception that has others packed up in it."""
OVER_A_PAGE = "variorum.page"
"""The logger of faults of ours over one page."""
OURS = tuple(f"{Path(__file__).parents[2] / name}{os.sep}" for name in ("crawler", "spiders", "storage"))
LIBRARIES = (sysconfig.get_path("stdlib"), "<", "site-packages", "dist-packages")
NETWORK = {"scrapy", "twisted", "OpenSSL", "service_identity", "playwright"}
"""Libraries whose exceptions tell of the network, also where code of ours called them."""


class Refused(IgnoreRequest):
    """We chose not to ask; the message says why, and what would change it."""


class RobotsRefused(Refused):
    """robots.txt does not let us fetch this, or could not be read."""


class AddressRefused(Refused):
    """The request would have gone to an address that the site's file does not allow."""


class AskedToWait(Refused):
    """The host asked, by Retry-After, for more time than a run waits: not a failure of the page."""


class LeadsNowhere(IgnoreRequest):
    """The answer sends us to an address that is none."""


class ShareSpent(Refused):
    """A source has made as many requests as it may."""


class TooLarge(IgnoreRequest):
    """The body, freed of its content encoding, is larger than DOWNLOAD_MAXSIZE."""


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
    """The key of `FetchResult.error` for what an errback was given, and one line about it for the operator.

    What has no key of its own is `failed`.
    """
    error = failure.value
    causes = [error, *_reasons(error)]
    key = next((key for key, classes in ERRORS.items() for e in causes if isinstance(e, classes)), "failed")
    return key, line_of(failure)


def is_ours(error: BaseException) -> bool:
    """Whether an exception is a fault of ours, and no failure of the network or refusal that we chose."""
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
    """Log a fault of ours over one page; the run's guard hears of it."""
    logging.getLogger(OVER_A_PAGE).error("a fault of ours over %s", url, exc_info=error)


def line_of(failure: Failure) -> str:
    """One line about a failure, for the operator: the causes themselves, where Twisted has packed them up."""
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
