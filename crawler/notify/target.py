"""A notification target: an Apprise URL, or the name of an environment variable that holds one.

These URLs contain passwords, and paths that are as secret. So a target has another name wherever it is shown
or stored, and errors of Apprise are shown without any part of the URL.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from variorum.crawler.config.notification import NotificationRule, variable
from variorum.crawler.config.site import Site
from variorum.crawler.config.workspace import SETTINGS_FILE, Workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.notify.message import ChangeMessage, Form
from variorum.crawler.notify.webhook import post

LONGEST = 30
"""The seconds that a service may take for one message."""
ANSWER = 20.0
"""The seconds to wait for the answer of a service. If the wait ends too early, the service may have
accepted the message, and gets it again."""
PATIENCE = 2 * LONGEST
"""The seconds after which a message that is being sent has been accepted or has failed."""
SHORTEST_SECRET = 3
"""The length from which parts of a URL are masked; shorter ones would mask single letters everywhere."""
MOST_BYTES = 12_000
MAIL_BYTES, MAIL_WORDS = 60_000, 6000
"""The size of a mail, and the characters that it shows of one change."""
AT_ONCE = 100
"""The number of notifications in one message to a webhook."""


@dataclass(frozen=True, slots=True)
class Target:
    """A notification target and the sites and changes that it receives."""

    id: str
    shown: str
    address: str = field(repr=False)
    """The URL or variable as configured."""
    notices: tuple[NotificationRule, ...] = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    """What messages to a webhook are signed with, or the variable that has it, as configured."""


def targets_of(workspace: Workspace, sites: Iterable[Site]) -> list[Target]:
    """Return all targets of a workspace with these sites; settings of one in several files are merged."""
    sites = list(sites)
    placed = [
        (f"notify {number} in {SETTINGS_FILE}", _untagged(notice, sites))
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
            secret=(known.secret if known else None) or notice.secret,
        )
    return list(found.values())


def _untagged(notice: NotificationRule, sites: Sequence[Site]) -> NotificationRule:
    """The rule with the names of the sites for each tag in its `sites`; a word that is neither one stays."""
    names = {site.name for site in sites}
    tagged = {word: [site.name for site in sites if word in site.tags] for word in notice.sites}
    meant = [name for word in notice.sites for name in ([] if word in names else tagged[word]) or [word]]
    return msgspec.structs.replace(notice, sites=tuple(meant))


def _of_site(notice: NotificationRule, site: Site) -> NotificationRule:
    return msgspec.structs.replace(notice, sites=(site.name,), timezone=site.timezone)


class Service:
    """The Apprise service of a target, which sends messages."""

    def __init__(self, target: Target) -> None:
        """Raises VariorumError if Apprise does not know the URL, or a variable is not set."""
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - slow, and a crawl has no use for it

        _hush()
        self._address = _resolved(target.address, target)
        self._secret = _resolved(target.secret, target) if target.secret else None
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
        self._service: Any = service
        self._apprise = Apprise(service, asset=asset)
        self.form = _form_of(service)
        """What a message to it may have: escaping makes a text longer, and so does a title that has to go
        into the body."""
        if self._secret and self.form.each is None:
            raise VariorumError(f"{target.shown}: secret signs what is sent to a webhook; this is none")

    def send(self, message: ChangeMessage) -> str:
        """Send a message; return an empty text if it was accepted, else the error."""
        if self.form.each is not None:
            return post(self._service, message, self._secret)
        body, form = (message.html, "html") if message.html else (message.body, "text")
        result: Any = self._apprise.notify(
            body=body, title=message.title, body_format=form, interpret_escapes=False
        )
        if result:
            return ""
        messages = [entry.message for one in result for entry in one.logs()]
        return masked(messages[-1] if messages else "the service did not accept it", self._address)


def _form_of(service: Any) -> Form:
    """Return what a message to this service of Apprise may have."""
    from apprise.plugins.custom_json import NotifyJSON  # noqa: PLC0415 - as slow as all of it
    from apprise.plugins.email import NotifyEmail  # noqa: PLC0415

    if isinstance(service, NotifyEmail):
        return Form(MAIL_BYTES, MAIL_WORDS, html=service.resolve_format("html") == "html")
    room = min(MOST_BYTES, int(service.body_maxlen) * 3 // 4)
    return Form(room, each=AT_ONCE if isinstance(service, NotifyJSON) else None)


def masked(text: str, address: str) -> str:
    """Return the text with every part of the target's URL masked, except the scheme."""
    scheme, _, rest = address.partition("://")
    spelled = {rest, unquote_plus(rest)}
    pieces = {piece for one in spelled for piece in re.split(r"[/:@?&=+,;#\s]+", one)} | spelled
    for piece in sorted(pieces - {scheme}, key=len, reverse=True):
        if len(piece) >= SHORTEST_SECRET:
            text = re.sub(re.escape(piece), "…", text, flags=re.IGNORECASE)
    return text


def _resolved(text: str, target: Target) -> str:
    """Return the text, or what the variable has that it names."""
    name = variable(text)
    if name is None:
        return text
    if not (value := os.environ.get(name, "").strip()):
        raise VariorumError(f"{target.shown}: the environment variable {name} is not set")
    return value


def _shown(address: str, place: str) -> str:
    return address if variable(address) else f"{address.partition('://')[0]}://… ({place})"


@cache
def _identity(address: str) -> str:
    """The name of the target in the database, from which the URL can't be computed."""
    if variable(address):
        return address
    return hashlib.scrypt(address.encode(), salt=b"variorum target", n=2**14, r=8, p=1, dklen=12).hex()


def _hush() -> None:
    """Keep the log messages of libraries, which contain URLs, out of the log."""
    for name in ("apprise", "urllib3", "requests"):
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())
