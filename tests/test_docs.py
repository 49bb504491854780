"""The documents name what there is: every command, option and key, and no file that does not exist."""

from __future__ import annotations

import re
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner

from variorum.crawler.cli.__main__ import COMMANDS, Commands, main
from variorum.crawler.config.site import SITE_KEYS, load_site
from variorum.crawler.config.workspace import SETTINGS_FILE, load_workspace
from variorum.crawler.extras import install_command, packages_of

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = ("crawler", "docs", "spiders", "storage", "tests")


def sections(path: Path, heading: str) -> dict[str, str]:
    """The text below each heading of a level, by the first word in its code after `variorum`."""
    parts = re.split(
        rf"^{heading} `(?:variorum )?([^`\s]+)[^`]*`$", path.read_text(encoding="utf-8"), flags=re.M
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def command(name: str) -> click.Command:
    assert isinstance(main, Commands)
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def options(one: click.Command) -> list[click.Option]:
    """The options of a command, and of those below it."""
    own = [option for option in one.params if isinstance(option, click.Option)]
    if not isinstance(one, click.Group):
        return own
    context = click.Context(one)
    below = [one.get_command(context, name) for name in one.list_commands(context)]
    return own + [option for command in below if command for option in options(command)]


def test_every_command_is_documented_and_no_other() -> None:
    assert list(sections(ROOT / "docs/commands.md", "##")) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_documented(name: str) -> None:
    section = sections(ROOT / "docs/commands.md", "##")[name]
    assert [o.opts[-1] for o in options(command(name)) if f"`{o.opts[-1]}`" not in section] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_the_documents_name_exists(name: str) -> None:
    section = sections(ROOT / "docs/commands.md", "##")[name]
    known = {text for option in options(command(name)) for text in option.opts}
    assert set(re.findall(r"`(--?[a-z-]+)`", section)) <= known


def test_every_key_of_a_site_file_is_documented_and_no_other() -> None:
    assert set(sections(ROOT / "docs/site-file.md", "###")) == set(SITE_KEYS)


@pytest.mark.parametrize("key", SITE_KEYS)
def test_the_example_of_a_key_is_a_site_file(key: str, tmp_path: Path) -> None:
    section = sections(ROOT / "docs/site-file.md", "###")[key]
    (example,) = re.findall(r"```toml\n(.*?)```", section, flags=re.S)
    assert list(tomllib.loads(example)) == [key]
    given = "" if key == "url" else 'url = "https://example.org/"\n'
    (tmp_path / "example.toml").write_text(given + example, encoding="utf-8")
    load_site(tmp_path / "example.toml")


@pytest.mark.parametrize("key", [key for key in SITE_KEYS if key != "url"])
def test_a_key_left_out_means_what_the_documents_say(key: str, tmp_path: Path) -> None:
    section = sections(ROOT / "docs/site-file.md", "###")[key]
    (tmp_path / "example.toml").write_text('url = "https://example.org/"')
    site = msgspec.to_builtins(load_site(tmp_path / "example.toml"))
    assert "Left out: " in section
    for default in re.findall(r"Left out: `(\[\]|\"[^`]*\"|[0-9.]+|true|false)`", section):
        assert site[key] == (
            tuple(value) if isinstance(value := tomllib.loads(f"v = {default}")["v"], list) else value
        )


def test_the_examples_of_who_is_told_can_be_read(tmp_path: Path) -> None:
    text = (ROOT / "docs/notifications.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n# (\S+)\n(.*?)```", text, flags=re.S)
    assert len(examples) == text.count("```toml") > 3
    for name, example in examples:
        file = tmp_path / Path(name).name
        given = "" if name == SETTINGS_FILE else 'url = "https://example.org/"\n'
        file.write_text(given + example, encoding="utf-8")
        found = load_workspace(tmp_path) if name == SETTINGS_FILE else load_site(file)
        assert set(tomllib.loads(example)) <= set(dir(found))


def test_the_words_of_the_glossary_are_explained_once_and_in_order() -> None:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    words = [
        line.removeprefix("- **").partition("**")[0].casefold() for line in lines if line.startswith("- ")
    ]
    assert len(words) > 20
    assert all(first < second for first, second in pairwise(words))


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_what_a_document_links_to_exists(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_a_file_that_a_document_names_exists(path: Path) -> None:
    named = re.findall(rf"\b(?:{'|'.join(FOLDERS)})/[\w./-]*\w", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_each_promise_names_tests_that_exist() -> None:
    text = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+\.py)`: `(test_\w+)`", text)
    assert len(named) >= text.count("\n- ")
    assert [one for one in named if f"def {one[1]}(" not in (ROOT / one[0]).read_text(encoding="utf-8")] == []


def test_the_program_prints_its_documents() -> None:
    listed = CliRunner().invoke(main, ["docs"]).stdout
    assert {line.partition("\t")[0] for line in listed.splitlines()[1:]} == {
        path.stem for path in (ROOT / "docs").glob("*.md")
    }
    assert CliRunner().invoke(main, ["docs", "export"]).stdout == (ROOT / "docs/export.md").read_text("utf-8")
    unknown = CliRunner().invoke(main, ["docs", "site-fil"])
    assert (unknown.exit_code, 'did you mean "site-file"?' in unknown.stderr) == (2, True)


def test_the_command_that_installs_an_extra_names_its_packages() -> None:
    stated = ["click>=8", 'playwright<2,>=1.65; extra == "browser"', 'pyarrow<27,>=22; extra == "parquet"']
    assert packages_of("browser", stated) == ["playwright<2,>=1.65"]
    assert install_command("browser").startswith(f"{sys.executable} -m pip install ")
