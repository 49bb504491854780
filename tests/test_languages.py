"""The languages of the review page: every text is marked for translation, and every catalogue is whole."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from variorum.review.languages import DOMAIN, ENGLISH, LOCALE, languages

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "review/templates").glob("*.html"))
CATALOGUES = [code for code in languages() if code != ENGLISH]
OF_ANY_LANGUAGE = {"Variorum", "JSON", "HTTP", "UTC"}
"""Words that are the same in every language."""
SPOKEN = ("title", "aria-label", "placeholder", "alt")
"""Attributes whose value is read by people."""


# ---- templates


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_a_text_that_is_not_marked_for_translation(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


def test_a_text_that_is_not_marked_is_found() -> None:
    assert unmarked("<p>{{ _('One') }} two</p>") == ["two"]
    assert unmarked('<a title="Three" class="four">{% trans %}Five <b>six</b>{% endtrans %}</a>') == ["Three"]


def unmarked(template: str) -> list[str]:
    """The words of a template that are not marked for translation."""
    text = re.sub(
        r"{#.*?#}|{% *trans\b.*?{% *endtrans *%}|<kbd>.*?</kbd>|<!doctype[^>]*>", " ", template, flags=re.S
    )
    text = re.sub(r"{{.*?}}|{%.*?%}", "\x00", text, flags=re.S)
    spoken = re.findall(rf'(?<=[\s"])(?:{"|".join(SPOKEN)})="([^"]*)"', text)
    said = " ".join([re.sub(r"<[^>]*>", " ", text), *spoken]).replace("&amp;", " ")
    said = re.sub(r"\S*[/=]\S*", " ", said)  # an address, or what a macro makes for an attribute
    found = re.findall(r"[^\W\d_]{2,}", said)
    return [word for word in found if word not in OF_ANY_LANGUAGE]


# ---- catalogues


@cache
def texts() -> dict[object, Message]:
    """What is marked for translation in templates and code."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"][
        "mappings"
    ]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    options = {one["pattern"]: one for one in mappings}
    found = Catalog()
    for _, _, message, _, context in extract_from_dir(ROOT / "review", methods, options):
        found.add(message, context=context)
    return {key(one): one for one in found if one.id}


@cache
def catalogue(code: str) -> dict[object, Message]:
    path = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return {key(one): one for one in read_po(file, locale=code) if one.id}


def key(message: Message) -> object:
    return message.id if message.context is None else (message.context, message.id)


def forms(text: object) -> list[str]:
    """The plural forms of a text; one if it has none."""
    return [text] if isinstance(text, str) else [str(one) for one in text]  # type: ignore[attr-defined]


def values(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


def tags(text: str) -> Counter[str]:
    return Counter(re.findall(r"<[^>]*>", text))


@pytest.mark.parametrize("code", CATALOGUES)
def test_a_catalogue_has_every_text_and_no_other(code: str) -> None:
    assert set(texts()) - set(catalogue(code)) == set()
    assert set(catalogue(code)) - set(texts()) == set()


@pytest.mark.parametrize("code", CATALOGUES)
def test_every_text_of_a_catalogue_is_translated_in_every_plural_form(code: str) -> None:
    assert [one.id for one in catalogue(code).values() if one.fuzzy or not all(forms(one.string))] == []


@pytest.mark.parametrize("code", CATALOGUES)
def test_a_translation_has_the_values_and_the_tags_of_its_text(code: str) -> None:
    for one in catalogue(code).values():
        originals, translations = forms(one.id), forms(one.string)
        # Forms for one number alone may leave it out: "every day", "two pages" in Arabic.
        allowed = [values(text) for text in originals]
        allowed += [values(originals[-1]) - {"%(count)s"}] * (len(translations) > 1)
        for text in translations:
            assert values(text) in allowed, (one.id, text)
            assert text.count("%") == len(re.findall(r"%\(\w+\)s|%%", text)) + text.count("%%"), text
            assert tags(text) == tags(originals[0]), (one.id, text)
            assert '"' not in text, text
        assert values(translations[-1]) == values(originals[-1]), one.id


@pytest.mark.parametrize("code", CATALOGUES)
def test_a_catalogue_has_as_many_plural_forms_as_its_language(code: str) -> None:
    numbers = {len(forms(one.string)) for one in catalogue(code).values() if not isinstance(one.id, str)}
    assert numbers == {Catalog(locale=code).num_plurals}


PLURAL = re.compile(r"{% trans (\w+)=[^%]*%}(?:(?!{% endtrans).)*?{% pluralize ?(\w*) ?%}", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_plural_is_chosen_by_a_number(path: Path) -> None:
    """By `count`, which is the first variable, or named by `pluralize`."""
    assert [found[0] for found in PLURAL.finditer(path.read_text()) if "count" not in found.groups()] == []
