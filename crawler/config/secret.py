"""Names secrets by their environment variables: variorum.toml has `env:NAME`, never the secret itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from variorum.crawler.errors import Misuse


def check_reference(text: str) -> None:
    """Raise ValueError unless the text names an environment variable, like `env:NAME`."""
    if not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*", text):
        raise ValueError("secrets are not written into the file")


def secret_of(table: str, reference: str, environment: Mapping[str, str]) -> str:
    """The value of the variable that `env:NAME` names in a table of variorum.toml.

    Raises Misuse if it is not set.
    """
    name = reference.removeprefix("env:")
    if value := environment.get(name, "").strip():
        return value
    raise Misuse(f"[{table}] in variorum.toml names the environment variable {name}, which is not set.")


def token_of(table: str, reference: str, environment: Mapping[str, str]) -> str:
    """The same for a token, which is sent in a header. Raises Misuse if it can't be."""
    value = secret_of(table, reference, environment)
    if not (value.isascii() and value.isprintable()):
        raise Misuse(f"{reference} of [{table}] in variorum.toml: use ASCII letters, digits and signs alone.")
    return value
