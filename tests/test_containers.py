"""The container files, where no Docker is: they can be read, and what they start is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from tests.ports import free_port
from tests.postgres import Postgres, needs_postgres
from variorum.crawler.cli.__main__ import Commands, main
from variorum.crawler.config.workspace import load_workspace

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
OURS = [name for name, service in COMPOSE["services"].items() if service.get("image") == "variorum"]


def parsed(words: list[str]) -> None:
    """Raise what click raises for a command that does not exist, or has no such option."""
    assert isinstance(main, Commands)
    command = main.get_command(click.Context(main), words[0])
    assert command is not None
    command.make_context(words[0], words[1:], resilient_parsing=True)


@pytest.mark.parametrize("service", OURS)
def test_what_a_service_starts_is_a_command(service: str) -> None:
    parsed(COMPOSE["services"][service]["command"])


def test_what_the_image_starts_is_a_command() -> None:
    [command] = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, flags=re.M)
    parsed(json.loads(command))
    assert re.search(r"^USER variorum$", DOCKERFILE, flags=re.M)


@pytest.mark.parametrize("config", COMPOSE["configs"])
def test_the_settings_of_a_service_can_be_read(config: str, tmp_path: Path) -> None:
    (tmp_path / "variorum.toml").write_text(COMPOSE["configs"][config]["content"], "utf-8")
    cluster = load_workspace(tmp_path).cluster
    assert cluster is not None
    assert cluster.listening[1] == 8300
    assert cluster.address.endswith(":8300")
    secrets = {one.removeprefix("env:") for one in (cluster.database, cluster.token)}
    [users] = [
        one for one in COMPOSE["services"].values() if one.get("configs", [{}])[0].get("source") == config
    ]
    assert secrets <= set(users["environment"])


@needs_postgres
def test_the_health_checks_tell_whether_hub_and_worker_serve(tmp_path: Path) -> None:
    pytest.importorskip("procrastinate", reason="the extra `cluster` is not installed")
    from tests.cluster import Cluster

    [of_hub] = re.findall(r"^ +CMD (\[.*\])$", DOCKERFILE, flags=re.M)
    of_worker = COMPOSE["services"]["worker"]["healthcheck"]["test"][1:]
    with Postgres() as postgres:
        cluster = Cluster(tmp_path, postgres, "http://127.0.0.1:9")
        metrics = free_port()

        def codes() -> tuple[int, int]:
            hub = [word.replace("127.0.0.1:8300", cluster.listen) for word in json.loads(of_hub)]
            worker = [word.replace(":9100", f":{metrics}") for word in of_worker]
            return exit_code(hub), exit_code(worker)

        assert codes() == (1, 1)
        with cluster.hub() as hub, cluster.worker("one", "--metrics", str(metrics)) as one:
            cluster.until(lambda: codes() == (0, 0), hub, one)


def exit_code(words: list[str]) -> int:
    assert words[0] == "python"
    return subprocess.run([sys.executable, *words[1:]], check=False, stderr=subprocess.DEVNULL).returncode


def test_what_the_image_copies_is_in_the_repository_and_not_ignored() -> None:
    copied = {
        name for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, flags=re.M) for name in line.split()
    }
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"}
    assert copied == kept
    assert all((ROOT / name).exists() for name in copied)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert {name.partition("/")[0] for name in wheel["wheel"]["only-include"]} <= copied
