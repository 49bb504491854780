"""Posts messages to a webhook as JSON, with the changes as objects, signed where a secret is given.

Apprise has parsed the address: host, path, headers and fields that it names are used as Apprise uses them.
"""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from variorum.crawler.output.objects import Object, change_with_hunks
from variorum.crawler.times import iso, now
from variorum.storage.outbox import IssueNews, MessageBatch

if TYPE_CHECKING:
    from variorum.crawler.notify.message import ChangeMessage

TIMESTAMP, SIGNATURE = "X-Variorum-Timestamp", "X-Variorum-Signature"


def batch_objects(batch: MessageBatch) -> Object:
    """Return the changes of a batch with their hunks, and its issues."""
    return {
        "changes": [change_with_hunks(row) for row in batch.each],
        "issues": [_issue(news) for news in batch.issues],
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the value of the signature's header: HMAC-SHA256 of the timestamp, a dot and the body."""
    signed = f"{timestamp}.".encode() + body
    return f"sha256={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


def post(hook: Any, message: ChangeMessage, secret: str | None) -> str:
    """Post a message to a webhook, a NotifyJSON of Apprise; return an empty text, or why it failed."""
    import requests  # noqa: PLC0415 - as slow as Apprise, which has imported it

    body = json.dumps(_payload(hook, message), ensure_ascii=False).encode()
    port = f":{hook.port}" if isinstance(hook.port, int) else ""
    try:
        answer = requests.request(
            hook.method,
            f"{'https' if hook.secure else 'http'}://{hook.host}{port}{hook.fullpath}",
            data=body,
            params=hook.params,
            headers=_headers(hook, body, secret),
            auth=(hook.user, hook.password) if hook.user else None,
            verify=hook.verify_certificate,
            timeout=hook.request_timeout,
            allow_redirects=hook.redirects,
        )
    except requests.RequestException as error:
        return f"Connection error: {type(error).__name__}"
    accepted = HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES
    return "" if accepted else f"the webhook answered with status {answer.status_code}"


def _payload(hook: Any, message: ChangeMessage) -> Object:
    """Return what is posted; fields in the address (`:name=value`) rename fields, or add others."""
    fields: Object = {
        "version": hook.json_version,
        "title": message.title,
        "message": message.body,
        "attachments": [],
        "type": "info",
        **message.objects,
    }
    for name, value in hook.payload_extras.items():
        known = name in fields
        content = fields.pop(name, value)
        if value:
            fields[value if known else name] = content
    return fields


def _headers(hook: Any, body: bytes, secret: str | None) -> dict[str, str]:
    headers = {"User-Agent": hook.app_id, "Content-Type": "application/json", **hook.headers}
    if secret is None:
        return headers
    timestamp = iso(now())
    return {**headers, TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, body)}


def _issue(news: IssueNews) -> Object:
    return {
        "id": news.id,
        "site": news.site,
        "kind": news.kind,
        "message": news.message,
        "since": news.since,
        "closed_at": news.closed_at,
    }
