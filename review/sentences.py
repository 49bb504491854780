"""Says stored sentences about sites and pages in the language of the reader: issues, and reasons of the plan.

They are stored in English, as `crawler/tracking/run_counts.py`, `crawler/tracking/finalize.py` and
`crawler/health/visits.py` write them. A sentence of another form stays as it is stored. What a value means
follows from its name: see `_VALUES`; any other value is itself such a sentence, or a text that is not ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from variorum.crawler.times import UNITS
from variorum.review import formats
from variorum.review.languages import N_, gettext

FORMS = (
    # A run that ended early.
    N_("%(why)s, after %(count)s pages; the other pages wait for the next run"),
    N_("%(why)s, before any page was fetched; the other pages wait for the next run"),
    N_("the worker that crawled the site was lost"),
    N_("a signal ended the run"),
    N_("the run took longer than `max_run_seconds` in variorum.toml allows"),
    N_("the run needed more memory than it may have"),
    N_("the run ended early (%(why)s); %(error)s"),
    # A site as a whole.
    N_(
        "the site has moved to %(address)s: %(count)s of %(pages)s pages fetched redirect there."
        " Change `url` in its file, or add it to `also`"
    ),
    N_("%(count)s of %(pages)s pages are not found at once; none counts as gone"),
    N_("%(count)s of %(pages)s pages answer “not found” at once; none counts as gone. Look at the site."),
    N_(
        "%(count)s of %(pages)s pages have changed at once: does the site have a new design?"
        " The other pages wait for the next run"
    ),
    N_("the site refused or failed %(count)s times in a row, so the run stopped; last error: %(error)s"),
    N_("no page could be fetched; last error: %(error)s"),
    N_("%(count)s pages; first error: %(error)s"),
    N_("no new page since %(time)s, where one used to appear every day: are new pages still found?"),
    N_(
        "no new page since %(time)s, where one used to appear every %(count)s days:"
        " are new pages still found?"
    ),
    N_(
        "none of the %(count)s pages fetched is an article; %(articles)s of them were articles before;"
        " last error: %(error)s"
    ),
    N_("none of the %(count)s pages fetched is an article; last error: %(error)s"),
    N_("none of the %(count)s pages fetched is an article. Is `url` the right address?"),
    N_("%(pages)s pages, where at least %(least)s are expected"),
    N_("%(pages)s pages, where at most %(most)s are expected"),
    N_("no page in %(language)s"),
    N_(
        "crawler trap: %(named)s not followed. If no page is missing, add them to `exclude` in the site file"
        " to close this issue."
    ),
    N_("paused"),
    N_("paused until %(date)s"),
    # When a page is fetched again, and why.
    N_("it is a list of pages, and brings a new one %(often)s"),
    N_("changed once in 30 days, fetched %(fetches)s times in all"),
    N_("changed %(count)s times in 30 days, fetched %(fetches)s times in all"),
    N_("its date of publication is not known: such pages of this site change %(often)s"),
    N_("%(age)s old: pages of this site of that age change %(often)s on average"),
    N_("it differs at each fetch, so that its changes do not count"),
    N_("its own visits show that it changes about as often as these"),
    N_("its own visits show that it changes more often than these"),
    N_("its own visits show that it changes less often than these"),
    N_("what was last seen of it is to be confirmed in the next run"),
    N_("%(source)s says that it has changed; on this site that is right %(right)s times in 10"),
    N_("%(source)s reports no change of it, and announces %(share)s of the changes of this site"),
    N_("the API"),
    N_("the sitemap"),
    N_("the feed"),
    N_("it is gone: it is fetched again after a week, then after two, four and so on"),
    N_("it was never fetched: it is fetched in the next run, before pages that are known"),
)
_DAYS = dict(UNITS)
_NUMBERS = ["count", "pages", "articles", "least", "most", "fetches", "right"]


def translated(sentence: str) -> str | None:
    """The sentence in the current language; None if it is of no known form."""
    for form in FORMS:
        if found := _pattern(form).fullmatch(sentence):
            return gettext(form) % {name: _value(name, text) for name, text in found.groupdict().items()}
    return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """What matches the sentences of a form, also where it counts one page or one time."""
    pieces = re.split(r"%\((\w+)\)s", form)
    words = [re.escape(piece) for piece in pieces[::2]]
    words = [re.sub(r"^\\ (page|time)s", r"\\ \1s?", piece) for piece in words]
    values = [f"(?P<{name}>{_VALUES.get(name, _ANY)[0]})" for name in pieces[1::2]]
    return re.compile("".join(map("".join, zip(words, [*values, ""], strict=True))), re.DOTALL)


def _value(name: str, text: str) -> str:
    return _VALUES.get(name, _ANY)[1](text)


def _number(text: str) -> str:
    return formats.number(int(text.replace(",", "")))


def _often(text: str) -> str:
    return formats.every(_length(text.removeprefix("every ")))


def _length(text: str) -> float:
    """The days of `3 days` or of `hour`."""
    count, _, noun = text.rpartition(" ")
    return int(count.replace(",", "") or 1) * _DAYS[noun.removesuffix("s")]


def _text(text: str) -> str:
    return translated(text) or f"\u2068{text}\u2069"


_UNIT = f"(?:{'|'.join(_DAYS)})s?"
_ANY: tuple[str, Callable[[str], str]] = (".+?", _text)
_VALUES: dict[str, tuple[str, Callable[[str], str]]] = {
    **dict.fromkeys(_NUMBERS, (r"[\d,]+", _number)),
    "time": (r"\d{4}-\d\d-\d\dT[\d:.]+Z", formats.moment),
    "often": (rf"every (?:[\d,]+ )?{_UNIT}", _often),
    "age": (rf"[\d,]+ {_UNIT}", lambda text: formats.span(_length(text))),
    "share": (r"\d+%", lambda text: formats.percent(int(text[:-1]))),
}
"""How a value of that name is written in English, and how it is said."""
