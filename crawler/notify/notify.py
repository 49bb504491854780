"""Sends notifications from the outbox in the database; a crash while sending loses none.

`python -m variorum.crawler.notify.notify WORKSPACE` sends what is due; a target that has failed has its
pause.
The daemon starts it so; it is ended by SIGTERM after the message that is being sent.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from variorum.crawler.config.notification import due
from variorum.crawler.config.site import Site, load_sites
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.crawler.errors import VariorumError
from variorum.crawler.lock import held, notify_lock
from variorum.crawler.notify.matching import Matcher
from variorum.crawler.notify.message import MOST_CHANGES, ChangeMessage, compose
from variorum.crawler.notify.target import PATIENCE, Service, Target, targets_of
from variorum.crawler.output.logs import log_to_stderr
from variorum.crawler.times import iso, now
from variorum.storage.errors import StoreError
from variorum.storage.outbox import BatchSize, Fresh, Outbox

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
HORIZON = timedelta(hours=26)
"""Nothing is due later than this: the next daily hour, in the night in which clocks are set back."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """A notification that was sent to a target, or failed, or would be sent."""

    target: str
    title: str
    body: str
    changes: int = 0
    """The number of changes in it."""
    issues: int = 0
    """The number of issues in it that were opened or closed."""
    trouble: str = ""
    """Why it was not accepted; empty if it was."""


class TestSend(Service):
    """A stand-in for the service of a target that sends nothing."""

    def send(self, message: ChangeMessage) -> str:
        """Return an empty error, as for a message that was accepted."""
        return ""


Sender = type[Service]


def send_news(
    workspace: Workspace,
    sites: Sequence[Site] | None = None,
    *,
    at: datetime | None = None,
    patient: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Message]:
    """Send the notifications that are due; return each, with its error if the target refused it.

    `sites` are those whose files can be read; without them they are read, and the faults of others logged.
    If `patient`, targets that have failed keep their pause. Raises VariorumError if another process has been
    sending for a minute.
    """
    targets = targets_of(workspace, readable_sites(workspace) if sites is None else sites)
    if not targets:
        return []
    with _alone(workspace), closing(Outbox.open(workspace.database)) as outbox:
        at = at or now()
        messages: list[Message] = []
        for target in _due_targets(outbox, targets, at, patient=patient):
            for message in _messages(workspace, outbox, target, at) if not stopped() else ():
                messages.append(message)
                if stopped():
                    break
        return messages


def rehearse_news(workspace: Workspace) -> list[Message]:
    """Return the notifications that are due without sending them."""
    targets = targets_of(workspace, readable_sites(workspace))
    messages: list[Message] = []
    with closing(Outbox.open(workspace.database)) as outbox, outbox.rehearsal():
        at = now()
        due_now = _due_targets(outbox, targets, at, patient=False)
        for target in due_now:
            messages += _messages(workspace, outbox, target, at, TestSend)
    return messages


def greet(workspace: Workspace) -> list[Message]:
    """Send each target a test message, and return these."""
    message = ChangeMessage("Variorum", "This is a test message: notifications about your sites arrive here.")
    targets = targets_of(workspace, readable_sites(workspace))
    return [
        Message(one.shown, message.title, message.body, trouble=_handed_over(one, message)) for one in targets
    ]


def meet_targets(workspace: Workspace, sites: Iterable[Site]) -> list[Target]:
    """Register the targets; each gets notifications about what is found from now on."""
    targets = targets_of(workspace, sites)
    if targets:
        with closing(Outbox.open(workspace.database)) as outbox:
            _meet(outbox, targets, now())
    return targets


def resolve_doubtful(workspace: Workspace, *, again: bool) -> int:
    """Mark deliveries of unknown result as sent, or queue them `again`; return how many there were."""
    with _alone(workspace), closing(Outbox.open(workspace.database)) as outbox:
        return outbox.resolve(again=again)


def readable_sites(workspace: Workspace) -> list[Site]:
    """Return all sites; log and leave out those whose files have faults."""
    sites = load_sites(workspace.sites_folder, workspace.defaults)
    for name, faults in sites.faults.items():
        logger.error("%s: %s; its notifications wait", name, "; ".join(faults))
    return list(sites.values())


def is_news(outbox: Outbox, target: Target, at: datetime) -> bool:
    """Return whether the target has anything to queue or to send; False while it is paused."""
    moment, horizon = iso(at), iso(at + HORIZON)
    if outbox.rests(target.id, moment, horizon):
        return False
    return outbox.has_fresh(target.id) or outbox.is_due(target.id, moment, horizon)


# ---- a message


def _due_targets(
    outbox: Outbox, targets: Sequence[Target], at: datetime, *, patient: bool
) -> Iterator[Target]:
    """Queue what is new for each target, and yield the targets to which something is due."""
    _meet(outbox, targets, at)
    moment, horizon = iso(at), iso(at + HORIZON)
    for target in targets:
        matcher = Matcher(target.shown, outbox.changed_texts)
        outbox.queue(target.id, partial(_due, target, matcher))
        rests = patient and outbox.rests(target.id, moment, horizon)
        if outbox.is_due(target.id, moment, horizon) and not rests:
            yield target


def _due(target: Target, matcher: Matcher, news: Fresh) -> str | None:
    """Return when the news is due for the target, or None; the end of an issue is due at once."""
    moment = due(target.notices, news, lambda rule: matcher.holds(rule, news))
    return iso(moment) if moment else news.at if news.closed else None


def _messages(
    workspace: Workspace, outbox: Outbox, target: Target, at: datetime, sender: Sender = Service
) -> Iterator[Message]:
    """Send what is due to the target, in as many messages as it takes, and yield each; a refused one is
    the last."""
    while True:
        message = _sent(workspace, outbox, target, at, sender)
        yield message
        if message.trouble or not outbox.is_due(target.id, iso(at), iso(at + HORIZON)):
            return


def _sent(workspace: Workspace, outbox: Outbox, target: Target, at: datetime, sender: Sender) -> Message:
    """Send one message to the target: claim and commit, then send, then mark as sent."""
    service, trouble = _service(target, sender)
    size = service.form.size if service else BatchSize(MOST_CHANGES)
    batch = outbox.claim(target.id, iso(at), iso(at + HORIZON), claimed_at=iso(now()), size=size)
    numbers = {"changes": sum(count for _, _, count in batch.counts), "issues": len(batch.issues)}
    title = body = ""
    if service:
        composed = compose(batch, service.form, workspace.review_url)
        title, body, trouble = composed.title, composed.body, service.send(composed)
    if trouble:
        pause = min(FIRST_PAUSE * 2 ** min(batch.failures, 20), LONGEST_PAUSE)
        outbox.failed(batch, target.id, trouble, iso(at + pause))
    else:
        outbox.sent(batch, target.id, iso(now()))
    return Message(target.shown, title, body, **numbers, trouble=trouble)


def _service(target: Target, sender: Sender) -> tuple[Service | None, str]:
    """Return the service of a target, or why there is none."""
    try:
        return sender(target), ""
    except VariorumError as error:
        return None, str(error)


def _handed_over(target: Target, message: ChangeMessage) -> str:
    service, trouble = _service(target, Service)
    return service.send(message) if service else trouble


def _meet(outbox: Outbox, targets: Iterable[Target], at: datetime) -> None:
    for target in targets:
        outbox.meet(target.id, target.shown, iso(at))


def _alone(workspace: Workspace) -> AbstractContextManager[None]:
    return held(notify_lock(workspace.database), "`variorum notify`", patience=PATIENCE)


# ---- a process of its own


def main() -> None:
    """Send the notifications that are due, and log the results."""
    log_to_stderr()
    stops: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stops.append(number))
    try:
        workspace = load_workspace(Path(sys.argv[1]))
        messages = send_news(workspace, patient=True, stopped=lambda: bool(stops))
    except (VariorumError, StoreError) as error:
        logger.error("notifications can't be sent: %s", error)  # noqa: TRY400 - it comes from outside
        sys.exit(1)
    for one in messages:
        if one.trouble:
            logger.warning("%s: not sent: %s; it will be sent again", one.target, one.trouble)
        else:
            changes, issues = "s" * (one.changes != 1), "s" * (one.issues != 1)
            logger.info(
                "%s: sent %d change%s and %d issue%s", one.target, one.changes, changes, one.issues, issues
            )


if __name__ == "__main__":
    main()
