"""A workspace whose news are told for real: to a webhook and to a mail server of this machine.

with newsroom(tmp_path) as room:
    room.happens("The bridge")
    assert [one.title for one in room.tell()] == ["riverside: 1 edited"]
    assert room.hook.titles() == ["riverside: 1 edited"]
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from tests.command import VARIORUM
from tests.ports import free_port
from tests.tracked import HOME, Story, story_at
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.notify.notify import Message, send_news
from variorum.crawler.times import parse
from variorum.storage.reader import Reader

PATIENCE = 300
MORNING = "2026-03-01T06:00:00Z"


class Webhook:
    """A service that takes messages, refuses them, or lets whoever brings one wait."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.raw: list[tuple[dict[str, str], bytes]] = []
        """The headers and the body of each post."""
        self.status = 200
        self.goes_on = threading.Event()
        """An answer is given once this is set; it is, until a test clears it."""
        self.goes_on.set()
        self._server = _Server(("127.0.0.1", 0), self)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.goes_on.set()
        self._server.shutdown()
        self._server.server_close()

    def address(self, rest: str = "hook") -> str:
        """The address in the form of the key `notify`."""
        return f"json://127.0.0.1:{self.port}/{rest}"

    def titles(self) -> list[str]:
        """Of the messages that came, also of those that were refused."""
        return [post["title"] for post in self.posts]

    def sent_count(self, word: str) -> int:
        """In how many of the messages the word stands."""
        return sum(word in post["message"] for post in self.posts)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], hook: Webhook) -> None:
        super().__init__(address, _Handler)
        self.hook = hook

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hook = self.server.hook
        hook.raw.append((dict(self.headers.items()), body))
        hook.posts.append({**json.loads(body), "path": self.path})
        hook.goes_on.wait(PATIENCE)
        self.send_response(500 if self.path.startswith("/no/") else hook.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


class Mailbox:
    """A mail server with one box."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802
        """Store a mail that has arrived."""
        if self.answer.startswith("250"):
            self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return self.answer


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """The box, and the address as `notify` has it."""
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, f"mailto://127.0.0.1:{port}?from=variorum@example.org&to=reader@example.org&mode=insecure"
    finally:
        controller.stop()


@dataclass
class Newsroom:
    """The workspace, and whom it tells."""

    root: Path
    story: Story
    hook: Webhook
    _count: int = field(default=0)

    def notify(self, text: str, site: str = "") -> Self:
        """`text` goes into variorum.toml, `site` into the site's file; whoever they name is met."""
        (self.root / "variorum.toml").write_text(text, encoding="utf-8")
        (self.root / "sites").mkdir(exist_ok=True)
        file = self.root / "sites" / "riverside.toml"
        file.write_text(f'url = "{HOME}/"\n{site}', encoding="utf-8")
        self.tell()
        return self

    def happens(self, title: str, **more: Any) -> int:
        """Record a change, as a crawl would."""
        values = {
            "site": "riverside", "kind": "edited", "url": f"{HOME}/{self._count}/", "title": title,
            "seen_new": MORNING, "found_at": MORNING, "significance": 0.5,
        }  # fmt: skip
        self._count += 1
        return self.story.store.add_change(values | more)

    def tell(self, at: str = MORNING, *, patient: bool = False) -> list[Message]:
        """What is due is sent, at that moment."""
        return send_news(load_workspace(self.root), at=parse(at), patient=patient)

    def teller(self, **env: str) -> subprocess.Popen[bytes]:
        """A process that sends what is due, as the daemon starts it."""
        command = [sys.executable, "-m", "variorum.crawler.notify.notify", str(self.root)]
        return subprocess.Popen(command, env=os.environ | env, stderr=subprocess.DEVNULL)

    def command(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """The command `variorum` in this workspace, with all that it says."""
        line = [*VARIORUM, "-vv", "-C", str(self.root), *words]
        return subprocess.run(line, env=os.environ | env, capture_output=True, text=True, check=False)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query on the database."""
        with closing(Reader.open(self.root / "variorum.db")) as reader:
            return list(reader.rows(sql, {}))


@contextmanager
def newsroom(root: Path, notify: str | None = None) -> Iterator[Newsroom]:
    """The room, with a webhook as its target; `notify` may be another text of variorum.toml."""
    with Webhook() as hook, story_at(root / "variorum.db") as story:
        yield Newsroom(root, story, hook).notify(f'notify = "{hook.address()}"' if notify is None else notify)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to hold."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextlib.contextmanager
def killed_while_sending(room: Newsroom) -> Iterator[None]:
    """A process is killed after the service has got its message, and before it has heard so."""
    room.hook.goes_on.clear()
    before = len(room.hook.posts)
    with room.teller() as process:
        until(lambda: len(room.hook.posts) > before)
        yield
        process.send_signal(signal.SIGKILL)
    room.hook.goes_on.set()
