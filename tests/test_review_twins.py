"""The JSON twins: each page has one, and the OpenAPI document says of each what it really holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.reviewed import WORKERS, Desk, morning
from variorum.review import workers
from variorum.review.app import API, PAGES

TYPES = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip
TWINS = {
    "/changes.json": "/changes.json?reviewed=all",
    "/change/{id}.json": "/change/{change}.json",
    "/change/{id}/rule.json": "/change/{change}/rule.json",
    "/page/{id}.json": "/page/{page}.json",
    "/page/{id}/since.json": "/page/{page}/since.json",
    "/page/{id}/{from}..{to}.json": "/page/{page}/1..2.json",
    "/capture/{id}.json": "/capture/1.json",
    "/sites.json": "/sites.json",
    "/site/{name}.json": "/site/riverside.json?until=2026-03-04",
    "/site/{name}/pages.json": "/site/riverside/pages.json",
    "/running.json": "/running.json",
    "/pages.json": "/pages.json?site=riverside&limit=3",
    "/page/{id}/version.json": "/page/{page}/version.json",
    "/changes/after/{id}.json": "/changes/after/1.json?limit=3",
    "/search.json": "/search.json?words=1887",
    "/feed.json": "/feed.json",
    "/workers.json": "/workers.json",
}
RULE = {"site": "riverside", "selector": "p", "toml": "", "hidden": 1, "of": 2, "important": 0}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A morning in which a word was said, there is an issue, and several machines crawl."""
    with morning(
        tmp_path_factory.mktemp("morning"), propose=lambda number: RULE, cluster=lambda: WORKERS
    ) as desk:
        desk.say(desk.change("/bridge/"), "important", note="Look again.")
        desk.story.store.raise_issue("riverside", "silence", "nothing new", "2026-03-01T06:00:00Z")
        yield desk


@pytest.fixture(scope="module")
def document(read: Desk) -> dict[str, Any]:
    """The OpenAPI document of the review page."""
    found: dict[str, Any] = read.get("/openapi.json").json()
    return found


def named(path: str) -> str:
    """A route as the document spells it."""
    return re.sub(r":\w+", "", path).replace("{pair}", "{from}..{to}")


def test_each_page_that_is_read_has_a_twin_and_each_twin_is_documented(document: dict[str, Any]) -> None:
    routes = {
        named(route.path)
        for page in (*API, *PAGES, workers)
        for route in page.routes
        if "POST" not in route.methods
    }
    twins = {path for path in routes if path.endswith(".json")}
    assert twins == set(TWINS)
    assert {path for path in document["paths"] if path.endswith(".json")} == twins
    pages = routes - twins - {
        "/", "/feed.atom", "/export.jsonl", "/capture/{id}/raw", "/page/{id}/compare", "/running/events"
    }  # fmt: skip
    assert {f"{path}.json" for path in pages} <= twins


@pytest.mark.parametrize("path", TWINS)
def test_a_twin_holds_what_its_document_says_and_nothing_else(
    read: Desk, document: dict[str, Any], path: str
) -> None:
    address = TWINS[path].format(change=read.change("/bridge/"), page=read.story.page("/bridge/").id)
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    (schema,) = (one["schema"] for one in content.values())
    assert faults(document, schema, read.get(address).json(), path) == []


@pytest.mark.parametrize("path", [path for path in TWINS if "{id}" in path or "{name}" in path])
def test_a_twin_of_what_is_not_there_says_so_in_json(read: Desk, path: str) -> None:
    address = TWINS[path].format(change=99999, page=99999).replace("/1.", "/99999.").replace("river", "no")
    answer = read.get(address)
    assert (answer.status_code, list(answer.json())) == (404, ["error"])


def test_a_key_too_few_or_too_many_or_of_another_kind_would_be_told(document: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"enum": ["x", None]}}}
    assert faults(document, schema, {"a": 1, "b": None}, "") == []
    for wrong in ({"a": 1}, {"a": 1, "b": "x", "c": 1}, {"a": "1", "b": "x"}, {"a": 1, "b": "y"}, None):
        assert len(faults(document, schema, wrong, "")) == 1, wrong


def faults(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> list[str]:
    """Where a value is other than its schema says; all properties must be there, and no others."""
    schema = merged(document, schema)
    if "anyOf" in schema:
        found = [faults(document, one, value, at) for one in schema["anyOf"]]
        return min(found, key=len)
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{at}: {value!r} is none of {schema['enum']}"]
    kinds = schema.get("type", [])
    if not any(is_of(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [f"{at}: {value!r} is no {kinds}"]
    properties = schema.get("properties", {})
    if isinstance(value, dict) and properties and set(value) != set(properties):
        return [f"{at}: {set(value) ^ set(properties)} in one of both only"]
    parts = [(properties[key], value[key], f"{at}.{key}") for key in properties] if value else []
    if isinstance(value, list):
        parts = [(schema.get("items", {"type": [*TYPES]}), one, f"{at}[{n}]") for n, one in enumerate(value)]
    return [fault for of, one, where in parts for fault in faults(document, of, one, where)]


def is_of(value: object, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def merged(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference names; those that must all hold as one."""
    if "$ref" in schema:
        *_, section, name = schema["$ref"].split("/")
        return merged(document, document["components"][section][name])
    if "allOf" in schema:
        parts = [merged(document, one) for one in schema["allOf"]]
        return {"type": "object", "properties": {k: v for one in parts for k, v in one["properties"].items()}}
    return schema
