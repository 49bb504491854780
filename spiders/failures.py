"""Why a fetch brought nothing: our own refusals, and one name for each failure of Scrapy's."""

from __future__ import annotations

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
    """The key of `Fetched.error` for what an errback was given, and one line about it for the operator.

    What has no key of its own is `failed`.
    """
    error = failure.value
    causes = [error, *_reasons(error)]
    key = next((key for key, classes in ERRORS.items() for e in causes if isinstance(e, classes)), "failed")
    return key, _line(error)


def _reasons(error: BaseException | None) -> list[BaseException]:
    """The exceptions for which Twisted gave up a response; TLS errors arrive only inside these."""
    reasons = getattr(getattr(error, "__cause__", None), "reasons", None) or ()
    return [reason.value for reason in reasons]


def _line(error: BaseException | None) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 1] + "…"
