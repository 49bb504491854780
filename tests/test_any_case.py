"""Words in upper or lower case, in ASCII and in other text."""

from __future__ import annotations

import re

import pytest

from variorum.crawler.extraction.html.any_case import AnyCase

EXPRESSION = r"\b(log ?in|ok)\b"
TEXTS = ["Log In", "LOGIN", "ok", "OK.", "O\u212a", "LOG\u0130N", "login …", "a blog in here", "Nö: OK", ""]


@pytest.mark.parametrize("text", TEXTS)
def test_it_finds_what_an_expression_that_ignores_case_finds(text: str):
    ignoring, ours = re.compile(EXPRESSION, re.IGNORECASE), AnyCase(EXPRESSION)
    assert ours.occurs_in(text) == (ignoring.search(text) is not None)
    assert ours.is_all_of(text) == (ignoring.fullmatch(text) is not None)
