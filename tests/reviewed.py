"""A morning at the review page: a site that changed overnight, and somebody who reads what did.

with morning(tmp_path) as desk:
    page = desk.get("/")
    desk.say(desk.change("/bridge/"), "important")
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from httpx import Response
from lxml import html
from starlette.testclient import TestClient

from tests.command import PERSIAN
from tests.local_site import article
from tests.tracked import HOME, Story, story_after
from variorum.review.app import add_workers, make_app
from variorum.review.web import ClusterState
from variorum.storage.reader import Reader

BASE = "http://127.0.0.1:8765"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
"""What a browser sends with a form of a page without referrer."""

RTL_OVERRIDE = "\u202e"
HOSTILE = f"</title><script>alert(1)</script>\x1b[31m{RTL_OVERRIDE}<img src=x onerror=alert(2)>{{{{7*7}}}}"
WORKERS: dict[str, Any] = {
    "at": "2026-03-01T06:00:00Z",
    "version": "Variorum 1 with trafilatura 2",
    "trouble": "PostgreSQL can't be used: it is gone",
    "fallback": True,
    "workers": [
        {
            "name": "one",
            "queues": ["eu", "default"],
            "version": "1",
            "runs": ["riverside"],
            "silent_seconds": 3,
            "lost": True,
        }
    ],
    "runs": [{"site": "riverside", "worker": "one", "seconds": 70}],
    "queues": [{"name": "eu", "todo": 4, "doing": 1, "stalled": 2, "failed": 0}],
}
"""What a hub says when something is wrong."""
LONG_LINE = "word " * 40_000
"""200,000 characters without a paragraph."""
ZWNJ_MOVED = PERSIAN.replace("می‌خواهند", "میخواهند").replace("قدیم", "تازه")
NOTICE = "Written for you by Thomas Marsden, who has lived here for {} years and more."

EVENING = {
    "/bridge/": article("The bridge", "It was built in 1887.", "Nobody knows by whom.", "It still stands."),
    "/fa/house/": article("خانه", PERSIAN, lang="fa"),
    "/hostile/": article(HOSTILE, "These words are harmless enough to be read by anyone at all."),
    "/long/": article(
        "A long line", LONG_LINE + "ends in spring.", "A short one about the sea and the shore."
    ),
    "/lost/": article("Lost and found", "An umbrella was found in the market on Monday morning."),
    **{
        f"/mill/{n}/": article(
            f"Mill {n}", f"The mill number {n} grinds the corn of village {n}.", NOTICE.format(40)
        )
        for n in range(3)
    },
}
NIGHT = {
    "/bridge/": article("The bridge", "It was built in 1878.", "Nobody knows by whom.", "It still stands."),
    "/fa/house/": article("خانه", ZWNJ_MOVED, lang="fa"),
    "/hostile/": article(
        HOSTILE, "These words <b>are</b> harmless \x07enough to be read by no one at all. </p>"
    ),
    "/long/": article(
        "A long line", LONG_LINE + "ends in autumn.", "A short one about the sea and the shore."
    ),
    **{
        f"/mill/{n}/": article(
            f"Mill {n}", f"The mill number {n} grinds the corn of village {n}.", NOTICE.format(41)
        )
        for n in range(3)
    },
}


@dataclass
class Desk:
    """The review page of a story, and a browser without scripts before it."""

    story: Story
    path: Path
    """Of the database."""
    client: TestClient

    def get(self, address: str, **headers: str) -> Response:
        """Request a page and return the response."""
        return self.client.get(address, headers=headers)

    def text(self, address: str) -> str:
        """What a page that is there says, and its HTML."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def tree(self, address: str) -> Any:
        """Request a page and return its elements."""
        return html.fromstring(self.text(address))

    def titles(self, address: str = "/") -> list[str]:
        """Of the entries of a list."""
        return [" ".join(one.text_content().split()) for one in self.tree(address).cssselect(".entry .title")]

    def change(self, path: str, kind: str | None = None) -> int:
        """The number of the change of the page at that path."""
        found = [c for c in self.story.changes() if unquote(c.url) == HOME + path and kind in (None, c.kind)]
        assert len(found) == 1, found
        return found[0].id

    def token(self) -> str:
        """What stands in every form."""
        found = re.search(r'name="token" value="([^"]+)"', self.text(f"/change/{self.story.changes()[0].id}"))
        assert found
        return found[1]

    def post(self, address: str, form: Mapping[str, object], **headers: str) -> Response:
        """What a form is answered with; it is not followed."""
        return self.client.post(address, data=form, headers=SAME_ORIGIN | headers, follow_redirects=False)

    def say(self, change: int, verdict: str, **more: object) -> str:
        """Give a verdict; the address to which it leads."""
        answer = self.post("/verdict", {"token": self.token(), "change": change, "verdict": verdict, **more})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def verdicts(self) -> dict[int, str]:
        """What is said of which change."""
        with closing(Reader.open(self.path)) as reader:
            return {change.id: change.verdict for change in reader.changes() if change.verdict}

    def events(self) -> list[tuple[int, str | None, str | None, str]]:
        """All that was ever said: change, verdict, note, reviewer."""
        with closing(Reader.open(self.path)) as reader:
            rows = reader.rows("SELECT * FROM verdicts ORDER BY id", {})
            return [(one["change"], one["verdict"], one["note"], one["reviewer"]) for one in rows]


@contextmanager
def morning(folder: Path, **app: Any) -> Iterator[Desk]:
    """The desk after the night in which the site has changed."""
    path = folder / "variorum.db"
    with story_after(night, path) as story, desk(story, path, **app) as found:
        yield found


@contextmanager
def desk(story: Story, path: Path, cluster: ClusterState | None = None, **app: Any) -> Iterator[Desk]:
    """The desk at which a story is reviewed; with a `cluster`, there is a page of workers."""
    made = make_app(path, **({"hosts": ["127.0.0.1"], "password": None} | app))
    if cluster:
        add_workers(made, cluster)
    with closing(TestClient(made, base_url=BASE, raise_server_exceptions=False)) as client:
        yield Desk(story, path, client)


def night(story: Story) -> None:
    """The site in the evening, and after the night; the lost page is missed twice."""
    with story.run() as run:
        for path, body in EVENING.items():
            run.sees(path, body)
    for _ in range(2):
        with story.run() as run:
            run.lists("sitemap", "/opening/", *EVENING)
            for path, body in NIGHT.items():
                run.sees(path, body)
            run.sees(
                "/opening/", article("An opening", "The library opens its doors again on the first of May.")
            )
            run.misses("/lost/")
