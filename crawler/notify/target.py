"""A notification target: an Apprise URL, or the name of an environment variable that holds one.

Addresses have passwords in them, and paths that are as good as one. So a target goes by another name wherever
it is shown or kept, and what Apprise says of a failure is told without any piece of the address.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from crawler.config.notification import NotificationRule, variable
from crawler.config.site import Site
from crawler.config.workspace import SETTINGS_FILE, Workspace
from crawler.errors import VariorumError

LONGEST = 30
"""Seconds that a service may take for one message ..."""
ANSWER = 20.0
"""... and for its answer. One that is given up too early has perhaps taken the message, and gets it again."""
PATIENCE = 2 * LONGEST
"""Seconds after which a message that is being sent has arrived, or has failed."""
SHORTEST_SECRET = 3
"""Characters: a shorter piece of an address would take every such letter out of what is told."""
MOST_BYTES = 12_000


@dataclass(frozen=True, slots=True)
class Target:
    """A notification target and the sites and changes that it receives."""

    id: str
    shown: str
    address: str = field(repr=False)
    """As it is configured."""
    notices: tuple[NotificationRule, ...] = field(repr=False)


def targets_of(workspace: Workspace, sites: Iterable[Site]) -> list[Target]:
    """Return all targets of a workspace with these sites; settings of one in several files are merged."""
    placed = [
        (f"notify {number} in {SETTINGS_FILE}", notice)
        for number, notice in enumerate(workspace.notify, start=1)
    ]
    placed += [(f"notify of {site.name}", _of_site(notice, site)) for site in sites for notice in site.notify]
    found: dict[str, Target] = {}
    for place, notice in placed:
        known = found.get(notice.target)
        found[notice.target] = Target(
            id=_identity(notice.target),
            shown=known.shown if known else _shown(notice.target, place),
            address=notice.target,
            notices=(*known.notices, notice) if known else (notice,),
        )
    return list(found.values())


def _of_site(notice: NotificationRule, site: Site) -> NotificationRule:
    return msgspec.structs.replace(notice, sites=(site.name,), timezone=site.timezone)


class Service:
    """The Apprise service of a target, which sends messages."""

    def __init__(self, target: Target) -> None:
        """Raises VariorumError where it is none that Apprise knows, or the variable is not set."""
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - slow, and a crawl has no use for it

        _hush()
        self._address = _resolved(target)
        asset = AppriseAsset(
            app_id="Variorum",
            app_desc="Variorum",
            # What a site has written is text: no sign in it stands for anything else.
            interpret_emojis=False,
            interpret_escapes=False,
            storage_mode="memory",
            service_timeout=LONGEST,
            timezone="UTC",
        )
        service = Apprise.instantiate(self._address, asset=asset)
        if service is None:
            raise VariorumError(f"{target.shown}: no address that Apprise can use; see its documentation")
        service.socket_read_timeout = max(service.socket_read_timeout, ANSWER)
        self._apprise = Apprise(service, asset=asset)
        self.room = min(MOST_BYTES, int(service.body_maxlen) * 3 // 4)
        """Bytes of a message: escaping makes it longer, and so does a title for which there is no place."""

    def send(self, title: str, body: str) -> str:
        """Send a message; return an empty text if it was accepted, else the error."""
        result: Any = self._apprise.notify(
            body=body, title=title, body_format="text", interpret_escapes=False
        )
        if result:
            return ""
        messages = [entry.message for one in result for entry in one.logs()]
        return masked(messages[-1] if messages else "it was not taken", self._address)


def masked(text: str, address: str) -> str:
    """Return the text with every part of the target's URL masked, except the scheme."""
    scheme, _, rest = address.partition("://")
    spelled = {rest, unquote_plus(rest)}
    pieces = {piece for one in spelled for piece in re.split(r"[/:@?&=+,;#\s]+", one)} | spelled
    for piece in sorted(pieces - {scheme}, key=len, reverse=True):
        if len(piece) >= SHORTEST_SECRET:
            text = re.sub(re.escape(piece), "…", text, flags=re.IGNORECASE)
    return text


def _resolved(target: Target) -> str:
    name = variable(target.address)
    if name is None:
        return target.address
    if not (address := os.environ.get(name, "").strip()):
        raise VariorumError(f"{target.shown}: the environment variable {name} is not set")
    return address


def _shown(address: str, place: str) -> str:
    return address if variable(address) else f"{address.partition('://')[0]}://… ({place})"


@cache
def _identity(address: str) -> str:
    """By what the database knows the target: whoever reads that could only guess address after address."""
    if variable(address):
        return address
    return hashlib.scrypt(address.encode(), salt=b"variorum target", n=2**14, r=8, p=1, dklen=12).hex()


def _hush() -> None:
    """Keep what the libraries log, with addresses in it, out of our own log."""
    for name in ("apprise", "urllib3", "requests"):
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
