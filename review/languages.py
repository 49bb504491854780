"""The languages of the review page: its texts come from gettext catalogues, numbers and dates from CLDR.

The texts in templates and code are English, and are the keys of the catalogues in `locale/`. A text without a
translation stays English. Each request has its preferences in a context variable, so that a function deep
below a page says its texts in the language of its reader.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "review"
ENGLISH = "en"
UTC = "UTC"


@dataclass(frozen=True)
class Preferences:
    """In which language and time zone a reader reads."""

    language: str = ENGLISH
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(UTC))

    @property
    def locale(self) -> Locale:
        """The conventions of the language: its direction, numbers and dates."""
        return _locale(self.language)


_current: ContextVar[Preferences | None] = ContextVar("preferences", default=None)
_PLAIN = Preferences()


def current() -> Preferences:
    """The preferences of the reader whose request is being answered."""
    return _current.get() or _PLAIN


def use(preferences: Preferences) -> None:
    """Answer in this language and zone from here on; each request has a context of its own."""
    _current.set(preferences)


@cache
def languages() -> dict[str, str]:
    """The languages with a catalogue, by their code, each under its own name; English is the first."""
    codes = sorted(path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return {code: Locale.parse(code).get_display_name(code) or code for code in (ENGLISH, *codes)}


def gettext(message: str) -> str:
    """The text in the current language."""
    return _translations(current().language).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The text in the current language, in the form for that number."""
    return _translations(current().language).ngettext(one, many, number)


def pgettext(context: str, message: str) -> str:
    """The text in the current language, where it means what `context` says."""
    return _translations(current().language).pgettext(context, message)


def N_(message: str) -> str:  # noqa: N802 - the name by which the tools of gettext find a text
    """Mark a text for the catalogues without translating it yet: it is made before there is a reader."""
    return message


@cache
def _translations(language: str) -> NullTranslations:
    """The catalogue of a language, compiled when it is first needed: there is one file of it."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _locale(language: str) -> Locale:
    # "English (Europe)" writes 1 Mar 2026, and never 3/1.
    return Locale.parse("en_150" if language == ENGLISH else language)
