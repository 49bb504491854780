"""A workspace whose sites are changed on the review page, and a browser without scripts before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from httpx import Response
from starlette.testclient import TestClient

from tests.empty_store import begin_store
from tests.reviewed import BASE, SAME_ORIGIN
from variorum.crawler.config.workspace import Workspace, load_workspace
from variorum.review.app import add_workspace, make_app


@dataclass(frozen=True)
class Office:
    """The review page of a workspace."""

    workspace: Workspace
    client: TestClient

    def text(self, address: str, status: int = 200) -> str:
        """The page at an address."""
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, address: str, form: Mapping[str, object], **headers: str) -> Response:
        """The answer to a form with our token; redirects are not followed."""
        found = re.search(r'name="token" value="([^"]+)"', self.text("/sites/new"))
        assert found
        values = {"token": found[1], **form}
        return self.client.post(address, data=values, headers=SAME_ORIGIN | headers, follow_redirects=False)

    def digest(self, page: str) -> str:
        """What the form that writes a file says of the file that it was made for."""
        found = re.search(r'name="digest" value="([^"]*)"', page)
        assert found, page
        return found[1]

    def write(self, name: str, text: str) -> Response:
        """Show the difference of a draft, then write it."""
        shown = self.post(f"/site/{name}/file", {"text": text, "do": "show"})
        assert shown.status_code == 200, shown.text
        values = {"text": text, "do": "write", "digest": self.digest(shown.text)}
        return self.post(f"/site/{name}/file", values)

    def file(self, name: str) -> Path:
        """The file of a site."""
        return self.workspace.sites_folder / f"{name}.toml"


@contextmanager
def office(root: Path) -> Iterator[Office]:
    """The review page of the workspace in a folder."""
    workspace = load_workspace(root)
    begin_store(workspace.database)
    app = make_app(workspace.database, hosts=["127.0.0.1"], password=None)
    add_workspace(app, workspace)
    with closing(TestClient(app, base_url=BASE, raise_server_exceptions=False)) as client:
        yield Office(workspace, client)
