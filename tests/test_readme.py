"""The tour of the README, run word for word. Only the address of its example site is another: a local one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.command import variorum
from tests.local_site import LocalSite, article
from tests.test_docs import ROOT, sections

EXAMPLE = "https://example.org"
HARBOUR = "/news/harbour/"
SETTINGS = 'contact = "tests@example.org"\n[defaults]\ndelay = 0\n'
"""What the reader is asked to fill in, and no pause between requests, since the site is our own."""
PATH = f"{shlex.quote(sys.executable)} -c 'import json; print(json.loads(input())[\"path\"])'"
"""Prints `path` of a JSON object."""
JSON_COMMANDS = {
    "crawl": "crawl example --json",
    "changes": "changes --json",
    "show": "show 1 --json",
    "history": f"history {EXAMPLE}{HARBOUR} --json",
    "text": f"text {EXAMPLE}{HARBOUR} --json",
    "export": "export",
    "search": "search harbour --json",
    "extract": f"extract old.html --url {EXAMPLE}{HARBOUR} --json",
    "compare": f"compare old.html new.html --url {EXAMPLE}{HARBOUR} --json",
    "check": "check example --pages 1 --json",
    "doctor": "doctor --json",
    "evidence": "evidence 1 -o again --json",
    "pages": "pages example --json",
    "plan": "plan example --json",
    "why": f"why {EXAMPLE}{HARBOUR} --json",
    "verify": "verify --json",
    "backup": "backup --into .. --json",
    "restore": f'restore "$(variorum backup --into kept --json | {PATH})" ../restored --json',
    "upgrade-check": "upgrade-check --json",
    "prune": "prune --json",
}

OLD = article("The harbour", "The council met on Monday.", "The new pier will cost 214 thousand crowns.")
NEW = OLD.replace("214", "241")


@dataclass
class Tour:
    """A reader at a shell, and the site that the reader follows."""

    site: LocalSite
    folder: Path
    output: dict[str, str] = field(default_factory=dict)
    """What each command printed, by its line in the README."""

    def run(self, line: str) -> None:
        """Do what one line says, as a shell would."""
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            (self.folder / "variorum.toml").write_text(SETTINGS, encoding="utf-8")
        elif line == "variorum watch":
            self.output[line] = self._watch()
        else:
            self.output[line] = self._do(line)
        if line.startswith("variorum crawl"):  # and some day later
            self.site.pages[HARBOUR] = NEW

    def json(self, line: str) -> list[dict[str, object]]:
        """The objects that a command prints; only what has to be put together by a shell needs one."""
        if "$(" in line:
            output = self._do(f"variorum {line}")
        else:
            with contextlib.chdir(self.folder):
                done = variorum(*shlex.split(self._here(line)))
            assert done.exit_code == 0, f"{line}\n{done.output}"
            output = done.stdout
        return [json.loads(text) for text in output.splitlines()]

    def _do(self, line: str) -> str:
        done = subprocess.run(
            ["sh", "-c", self._here(line)],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _watch(self) -> str:
        """Start the daemon, and stop it as soon as it watches."""
        command = shlex.split("variorum watch")
        daemon = subprocess.Popen(
            command, cwd=self.folder, env=environment(), stderr=subprocess.PIPE, text=True
        )
        assert daemon.stderr is not None
        output = next((line for line in daemon.stderr if "watching" in line), "")
        daemon.send_signal(signal.SIGTERM)
        output += daemon.communicate()[1]
        assert daemon.returncode == 0, output
        return output

    def _here(self, line: str) -> str:
        return line.replace(EXAMPLE, self.site.url)


def environment() -> dict[str, str]:
    """Where `variorum` is the one of this Python, and no workspace is named."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**{k: v for k, v in os.environ.items() if k != "VARIORUM_HOME"}, "PATH": path}


def commands_of_the_tour() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = readme.partition("## A tour in five minutes\n")[2].partition("\n## ")[0]
    return [line for block in re.findall(r"```sh\n(.*?)```", tour, flags=re.S) for line in block.splitlines()]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with LocalSite() as site:
        site.pages["/"] = article(
            "A Small Blog", "News of a small town.", extra=f'<a href="{HARBOUR}">Harbour</a>'
        )
        site.pages[HARBOUR] = OLD
        site.pages["/news/ferry/"] = article("The ferry", "It sails at nine.", "And again at five.")
        locs = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in (HARBOUR, "/news/ferry/"))
        site.pages["/sitemap.xml"] = (
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</urlset>'
        )
        tour = Tour(site, tmp_path_factory.mktemp("tour"))
        for line in commands_of_the_tour():
            tour.run(line)
        (tour.folder / "kept").mkdir()
        (tour.folder / "old.html").write_text(OLD, encoding="utf-8")
        (tour.folder / "new.html").write_text(NEW, encoding="utf-8")
        yield tour


def test_the_tour_of_the_readme_runs_and_finds_the_edit(tour: Tour) -> None:
    assert "[-214-]{+241+}" in tour.output["variorum show 1"]
    (change,) = [json.loads(line) for line in tour.output["variorum changes --since 7d --json"].splitlines()]
    assert (change["kind"], change["url"]) == ("edited", tour.site.url + HARBOUR)
    assert "241" in tour.output[f"variorum text {EXAMPLE}{HARBOUR}"]
    assert "214" in tour.output[f"variorum text {EXAMPLE}{HARBOUR} --version 1"]


def test_the_export_of_the_tour_has_each_article_once(tour: Tour) -> None:
    lines = (tour.folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    titles = [json.loads(line)["title"] for line in lines]
    assert sorted(title for title in titles if title.startswith("The")) == ["The ferry", "The harbour"]


def test_the_daemon_of_the_tour_watches_the_site_and_stops(tour: Tour) -> None:
    assert "stopped" in tour.output["variorum watch"]
    assert "failed" not in tour.output["variorum watch"]


@pytest.mark.parametrize("name", JSON_COMMANDS)
def test_json_has_the_keys_that_the_documents_name(tour: Tour, name: str) -> None:
    (output,) = re.findall(r"^JSON: `(.*)`$", sections(ROOT / "docs/commands.md", "##")[name], flags=re.M)
    found = tour.json(JSON_COMMANDS[name])
    assert found
    assert all(set(output.split()) <= one.keys() for one in found)


def test_every_command_whose_json_keys_are_named_is_tried() -> None:
    documented = sections(ROOT / "docs/commands.md", "##")
    keyed = {name for name, section in documented.items() if "JSON: `" in section}
    assert keyed - {"notify"} == set(JSON_COMMANDS)  # the tour has nobody to tell
