"""Who may ask the review page for what: a name of ours, a form of ours, the password where there is one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import variorum, workspace
from tests.reviewed import SAME_ORIGIN, Desk, morning


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with morning(tmp_path_factory.mktemp("guarded")) as desk:
        yield desk


def form(desk: Desk) -> dict[str, object]:
    return {"token": desk.token(), "change": desk.change("/bridge/"), "verdict": "noise"}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "[::1"],
)
def test_a_foreign_host_is_refused_so_that_no_name_can_be_made_to_point_here(read: Desk, host: str) -> None:
    assert read.get("/", host=host).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765"])
def test_a_host_of_ours_is_answered(read: Desk, host: str) -> None:
    assert read.get("/", host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "none", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_form_from_another_page_is_refused_though_it_has_the_token(
    read: Desk, headers: dict[str, str]
) -> None:
    answer = read.client.post("/verdict", data=form(read), headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert read.events() == []


@pytest.mark.parametrize("token", ["", "x", "\u0645"])
def test_a_form_without_the_token_of_our_pages_is_refused(read: Desk, token: str) -> None:
    assert read.post("/verdict", form(read) | {"token": token}).status_code == 403
    assert read.events() == []


def test_a_verdict_comes_only_as_a_bounded_form(read: Desk) -> None:
    values = {key: str(value) for key, value in form(read).items()}
    as_json = read.client.post("/verdict", json=values, headers=SAME_ORIGIN, follow_redirects=False)
    too_long = read.post("/verdict", form(read) | {"note": "x" * 70_000})
    assert (as_json.status_code, too_long.status_code) == (400, 413)
    assert read.events() == []


@pytest.mark.parametrize("address", ["/verdict", "/verdict/undo"])
def test_nothing_is_changed_by_following_a_link(read: Desk, address: str) -> None:
    number = read.change("/bridge/")
    answer = read.get(f"{address}?change={number}&verdict=noise&batch=1&token={read.token()}")
    assert answer.status_code == 405
    assert read.events() == []


def test_every_answer_says_what_it_may_not_do_in_a_browser(read: Desk) -> None:
    for address in ("/", "/no-such-page", "/static/keys.js", "/changes.json"):
        headers = read.get(address).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; "), address
        assert "unsafe" not in headers["content-security-policy"], address
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_with_a_password_nothing_is_shown_without_it(tmp_path: Path) -> None:
    with morning(tmp_path, password="open sesame") as desk:
        for wrong in ("", "Basic", "Basic !!", f"Basic {b64encode(b'mira:open').decode()}", "Bearer x"):
            answer = desk.get("/", authorization=wrong)
            assert (answer.status_code, "The bridge" in answer.text) == (401, False), wrong
        right = b64encode("میرا:open sesame".encode()).decode()
        assert "The bridge" in desk.get("/", authorization=f"Basic {right}").text


def test_whether_it_is_well_is_told_without_the_password_and_nothing_else(tmp_path: Path) -> None:
    with morning(tmp_path, password="open sesame") as desk:
        assert desk.get("/health").json() == {"ok": True}
        assert [desk.get(path).status_code for path in ("/health/", "/healthy", "/sites.json")] == [401] * 3
        assert desk.get("/health", host="evil.example").status_code == 400
        desk.path.write_bytes(b"no database any more" * 1000)
        assert desk.get("/health").status_code == 503


def test_an_address_that_others_reach_is_refused_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VARIORUM_PASSWORD", raising=False)
    found = variorum("-C", workspace(tmp_path / "w"), "review", "--host", "0.0.0.0", "--port", "0")
    assert found.exit_code == 2
    assert "VARIORUM_PASSWORD" in found.stderr
