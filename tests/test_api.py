"""The read API: whole lists by cursors, texts as of a time, exports; for holders of a token, to read only."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.command import variorum, workspace
from tests.local_site import article
from tests.reviewed import Desk, morning
from tests.tracked import HOME
from variorum.crawler.config.secret import token_of
from variorum.crawler.errors import Misuse
from variorum.review.app import allow_tokens
from variorum.storage.export import documents

TOKEN, OTHER = "a-token-of-a-program", "a-token-of-another-one"
PASSWORD = "open sesame"
DOCUMENT = Path(__file__).parent.parent / "review" / "openapi.json"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning that is only read."""
    with morning(tmp_path_factory.mktemp("morning"), hosts=["127.0.0.1", "testserver"]) as desk:
        yield desk


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A review page with a password and two tokens."""
    with morning(tmp_path_factory.mktemp("closed"), password=PASSWORD) as desk:
        allow_tokens(desk.client.app, [TOKEN, OTHER])
        yield desk


def asked(desk: Desk, address: str) -> Any:
    """The JSON at an address."""
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


# ---- what it gives


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_the_pages_of_a_site_come_once_each_however_they_are_asked_for(read: Desk, limit: int) -> None:
    found, after = [], 0
    while after is not None:
        part = asked(read, f"/pages.json?site=riverside&limit={limit}&after={after}")
        assert len(part["pages"]) <= limit
        found += [page["url"] for page in part["pages"]]
        after = part["after"]
    assert found == [page.url for page in read.story.store.pages("riverside")]


def test_pages_in_one_state_are_listed_alone(read: Desk) -> None:
    assert [page["url"] for page in asked(read, "/pages.json?state=gone")["pages"]] == [f"{HOME}/lost/"]


def test_a_page_is_found_by_its_address_in_any_spelling(read: Desk) -> None:
    page = read.story.page("/bridge/").id
    for spelled in (f"{HOME}/bridge/", "riverside.example/bridge/", f"{HOME}/bridge/#top", f"{HOME}/bridge"):
        assert [one["page"] for one in asked(read, f"/pages.json?url={quote(spelled)}")["pages"]] == [page]
    assert read.get(f"/pages.json?url={quote(HOME)}/never/").status_code == 404
    assert read.get("/pages.json?url=mailto:me").status_code == 400


def test_a_text_is_that_of_a_version_or_of_a_time(read: Desk) -> None:
    page = read.story.page("/bridge/").id
    first, last = read.story.versions("/bridge/")
    address = f"/page/{page}/version.json"
    assert asked(read, address)["text"] == last.text
    assert asked(read, f"{address}?number=1")["text"] == first.text
    assert asked(read, f"{address}?as_of={first.captured_at}")["text"] == first.text
    assert asked(read, f"{address}?as_of={last.captured_at[:10]}")["version"] == 2
    assert read.get(f"{address}?as_of=2020-01-01").status_code == 404
    assert read.get(f"{address}?number=1&as_of=2026-01-01").status_code == 400


def test_whoever_polls_gets_each_change_once_and_in_the_order_in_which_it_was_found(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        found, after, more = [], 0, True
        while more:
            part = asked(desk, f"/changes/after/{after}.json?limit=2&site=riverside")
            found += [change["id"] for change in part["changes"]]
            after, more = part["after"], part["more"]
        assert found == [change.id for change in desk.story.changes()]
        assert asked(desk, f"/changes/after/{after}.json") == {"changes": [], "after": after, "more": False}
        with desk.story.run() as run:
            run.sees("/bridge/", article("The bridge", "It was built in 1900.", "It still stands."))
        [new] = asked(desk, f"/changes/after/{after}.json?kind=edited")["changes"]
        assert new["url"] == f"{HOME}/bridge/"
        assert asked(desk, f"/changes/after/{after}.json?kind=gone")["changes"] == []


def test_an_export_is_that_of_the_command_and_goes_on_from_its_cursor(tmp_path: Path) -> None:
    with morning(tmp_path) as desk:
        for unit in ("page", "version", "paragraph", "passage"):
            whole = desk.get(f"/export.jsonl?unit={unit}")
            lines = [json.loads(line) for line in whole.text.splitlines()]
            ids = [one["id"] for one in documents(desk.story.reader, unit)]
            assert [line["id"] for line in lines] == ids
            assert whole.headers["content-type"].startswith("application/jsonl")
        cursor = whole.headers["variorum-cursor"]
        assert desk.get(f"/export.jsonl?since={cursor}").text == ""
        with desk.story.run() as run:
            run.sees("/bridge/", article("The bridge", "It was built in 1900.", "It still stands."))
        [line] = desk.get(f"/export.jsonl?since={cursor}").text.splitlines()
        assert "1900" in json.loads(line)["text"]
        assert "1887" in desk.get("/export.jsonl?as_of=2026-03-01T10:00Z").text


@pytest.mark.parametrize(
    ("address", "status", "named"),
    [
        ("/pages.json?sites=riverside", 400, "sites"),
        ("/pages.json?site=", 400, "site"),
        ("/pages.json?site=a&site=b", 400, "site"),
        ("/pages.json?site=nowhere", 404, "nowhere"),
        ("/pages.json?limit=0", 400, "limit"),
        ("/pages.json?limit=1001", 400, "limit"),
        ("/pages.json?after=-1", 400, "after"),
        ("/pages.json?state=lost", 400, "state"),
        ("/changes/after/0.json?kind=odd", 400, "kind"),
        ("/export.jsonl?unit=word", 400, "unit"),
        ("/export.jsonl?since=yesterday", 400, "cursor"),
        ("/export.jsonl?since=99999.9.9.9.9", 404, "another database"),
        ("/page/1/version.json?as_of=soon", 400, "as_of"),
        ("/page/99999/version.json", 404, "99999"),
    ],
)
def test_a_wrong_parameter_is_named(read: Desk, address: str, status: int, named: str) -> None:
    answer = read.get(address)
    assert (answer.status_code, named in answer.json()["error"]) == (status, True), answer.text


# ---- who may ask


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


ADDRESSES = ("/sites.json", "/changes.json", "/pages.json", "/export.jsonl", "/feed.json", "/openapi.json")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_token_opens_what_is_for_programs(closed: Desk, address: str) -> None:
    assert closed.get(address).status_code == 401
    for token in (TOKEN, OTHER):
        assert closed.get(address, **bearer(token)).status_code == 200


def test_no_other_token_opens_anything(closed: Desk) -> None:
    as_password = b64encode(f"x:{TOKEN}".encode()).decode()
    others = (f"{TOKEN}x", TOKEN[:-1], PASSWORD, "")
    wrongs = [f"Bearer {other}" for other in others]
    for wrong in ("", *wrongs, f"Token {TOKEN}", f"Basic {as_password}"):
        answer = closed.get("/sites.json", authorization=wrong)
        assert (answer.status_code, list(answer.json())) == (401, ["error"]), wrong
    odd = closed.client.get("/sites.json", headers={"authorization": b"Bearer \xd9\x85\xff"})
    assert odd.status_code == 401


@pytest.mark.parametrize("address", ["/", "/sites", "/page/1", "/capture/1/raw", "/static/keys.js"])
def test_a_token_opens_no_page(closed: Desk, address: str) -> None:
    assert closed.get(address, **bearer(TOKEN)).status_code == 401


@pytest.mark.parametrize("address", ["/verdict", "/pages.json", "/export.jsonl"])
def test_a_token_changes_nothing(closed: Desk, address: str) -> None:
    before = closed.events()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert closed.client.request(method, address, headers=bearer(TOKEN)).status_code == 401
    assert closed.events() == before


def test_without_a_password_no_token_is_needed(read: Desk) -> None:
    assert read.get("/sites.json").status_code == 200


@pytest.mark.parametrize("value", ["تست" * 8, "with a\nline break, long enough"])
def test_a_token_that_no_header_can_carry_is_refused(value: str) -> None:
    with pytest.raises(Misuse, match="ASCII"):
        token_of("api", "env:TOKEN", {"TOKEN": value})


def test_the_line_end_of_a_secret_file_is_no_part_of_a_token() -> None:
    assert token_of("api", "env:TOKEN", {"TOKEN": "a token of a secret file\n"}) == "a token of a secret file"


def test_a_token_is_named_in_the_settings_and_never_written_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(tmp_path / "w")
    (root / "variorum.toml").write_text('[api]\ntokens = ["s3cret-in-the-file"]\n')
    found = variorum("-C", root, "status")
    assert (found.exit_code, "s3cret" in found.stderr, "api.tokens" in found.stderr) == (2, False, True)
    (root / "variorum.toml").write_text('[api]\ntokens = ["env:PRESS_TOKEN"]\n')
    with morning(tmp_path):
        (tmp_path / "variorum.db").rename(root / "variorum.db")
    monkeypatch.delenv("PRESS_TOKEN", raising=False)
    found = variorum("-C", root, "review", "--port", "0")
    assert (found.exit_code, "PRESS_TOKEN, which is not set" in found.stderr) == (2, True)
    monkeypatch.setenv("PRESS_TOKEN", "short")
    found = variorum("-C", root, "review", "--port", "0")
    assert (found.exit_code, "at least 16" in found.stderr, "short" in found.stderr) == (2, True, False)


# ---- what its document says

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


PATHS = sorted(json.loads(DOCUMENT.read_text("utf-8"))["paths"])


@pytest.fixture(scope="module")
def api(read: Desk) -> Any:
    """The API as its document describes it, answered by the real application."""
    return schemathesis.openapi.from_asgi("/openapi.json", read.client.app)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("path", PATHS)
def test_an_address_answers_as_its_document_says(api: Any, path: str, mode: GenerationMode) -> None:
    operation = api[path]["GET"]

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    def answers(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    if mode is GenerationMode.POSITIVE or operation.query or operation.path_parameters:
        answers()


def test_an_answer_other_than_documented_would_be_told(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("variorum.review.api.pages.page_object", lambda row: {"page": f"{row.id}"})
    case = api["/pages.json"]["GET"].Case()
    with pytest.raises(FailureGroup):
        case.call_and_validate(checks=CHECKS)
