"""Says the stored explanation of a change in the language of the reader.

An explanation is stored in English, as `crawler/diffing/significance.py` and `crawler/tracking/records.py`
write it: phrases from a closed list. One that is not of that list stays as it is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from variorum.crawler.diffing.significance import ORDINALS
from variorum.review import formats
from variorum.review.languages import N_, gettext, ngettext
from variorum.review.sentences import translated

Say = Callable[[re.Match[str]], str | None]

WHOLE = frozenset(
    [
        *(N_("title changed"), N_("only typography differs"), N_("a new page"), N_("punctuation changed")),
        *(N_("the page is no longer there"), N_("the page is there again, as it was")),
        *(
            N_("the same text at another address"),
            N_("nearly the same text at another address"),
            N_("the modified date changed, and no word"),
        ),
        *(N_("modified date not updated"), N_("a link leads elsewhere"), N_("a link added")),
        *(N_("a link removed"), N_("the site noted a correction")),
    ]
)
"""Phrases without a value."""
_FAULTS = re.compile(r"; (?=\S+\.toml: )")
"""What stands between the faults of site files, which have semicolons of their own."""
KINDS = frozenset(
    [N_("a number"), N_("a date"), N_("a name"), N_("a negation"), N_("a quotation"), N_("a link")]
)


def explained(text: str) -> str | None:
    """The explanation in the current language; None if it has a phrase of another kind."""
    faults = _FAULTS.split(text)
    if len(faults) == 1 and (sentence := translated(text)) is not None:
        return sentence
    phrases = [_first(_PHRASES, phrase) for phrase in (faults if len(faults) > 1 else text.split("; "))]
    said = [phrase for phrase in phrases if phrase is not None]
    return gettext("; ").join(said) if len(said) == len(phrases) else None


def _first(forms: tuple[tuple[re.Pattern[str], Say], ...], text: str) -> str | None:
    """The text by the first form that it has."""
    if text in WHOLE:
        return gettext(text)
    if (sentence := translated(text)) is not None:
        return sentence
    found = ((form.fullmatch(text), say) for form, say in forms)
    return next((say(match) for match, say in found if match), None)


def _in_paragraph(match: re.Match[str]) -> str | None:
    what = _what(match["what"])
    text = gettext("%(what)s in paragraph %(place)s")
    return what and text % {"what": what, "place": _place(match)}


def _moved_and_edited(match: re.Match[str]) -> str | None:
    what = _what(match["what"])
    text = gettext("a paragraph moved to place %(place)s and edited (%(what)s)")
    return what and text % {"what": what, "place": _place(match)}


def _paragraphs(match: re.Match[str]) -> str:
    text = {
        "added": gettext("%(count)s paragraphs added, from paragraph %(place)s on"),
        "removed": gettext("%(count)s paragraphs removed, from paragraph %(place)s on"),
        "moved": gettext("%(count)s paragraphs moved, from paragraph %(place)s on"),
    }[match["verb"]]
    return text % {"count": _count(match), "place": _place(match)}


def _paragraph(match: re.Match[str]) -> str:
    text = {"added": gettext("paragraph %(place)s added"), "removed": gettext("paragraph %(place)s removed")}
    return text[match["verb"]] % {"place": _place(match)}


def _links(match: re.Match[str]) -> str:
    text = {
        "lead elsewhere": gettext("%(count)s links lead elsewhere"),
        "added": gettext("%(count)s links added"),
        "removed": gettext("%(count)s links removed"),
    }[match["verb"]]
    return text % {"count": _count(match)}


def _words(match: re.Match[str]) -> str:
    count = int(match["count"])
    text = {
        "replaced": ngettext("%(count)s word replaced", "%(count)s words replaced", count),
        "added": ngettext("%(count)s word added", "%(count)s words added", count),
        "removed": ngettext("%(count)s word removed", "%(count)s words removed", count),
        "struck out by the site": ngettext(
            "%(count)s word struck out by the site", "%(count)s words struck out by the site", count
        ),
        "no longer struck out by the site": ngettext(
            "%(count)s word no longer struck out by the site",
            "%(count)s words no longer struck out by the site",
            count,
        ),
    }[match["verb"]]
    return text % {"count": _count(match)}


def _kinds(match: re.Match[str]) -> str | None:
    kinds = re.split(r", | and ", match["what"])
    text = {
        "replaced": gettext("%(what)s replaced"),
        "added": gettext("%(what)s added"),
        "removed": gettext("%(what)s removed"),
    }[match["verb"]]
    named = formats.listed([gettext(kind) for kind in kinds])
    return text % {"what": named} if KINDS.issuperset(kinds) else None


def _what(text: str) -> str | None:
    """The parts of an edit: kinds of words, numbers of words, each with what happened to them."""
    parts = re.split(rf"(?<=ced|ded|ved|ite), (?={_STARTS})", text)
    said = [part for part in (_first(_PARTS, one) for one in parts) if part is not None]
    return formats.listed(said) if len(said) == len(parts) else None


def _count(match: re.Match[str]) -> str:
    return formats.number(int(match["count"]))


def _place(match: re.Match[str]) -> str:
    """The position of a paragraph as a number, for `first` as for `11th`."""
    word = match["place"]
    names = ORDINALS.split()
    return formats.number(names.index(word) + 1 if word in names else int(word[:-2]))


_PLACE = rf"(?P<place>{'|'.join(ORDINALS.split())}|\d+(?:st|nd|rd|th))"
_STRUCK = r"(?:no longer )?struck out by the site"
_STARTS = r"an? |\d+ words? |punctuation"
_PARTS: tuple[tuple[re.Pattern[str], Say], ...] = (
    (
        re.compile(
            r"(?P<count>\d+) words? (?P<verb>replaced|added|removed|(?:no longer )?struck out by the site)"
        ),
        _words,
    ),
    (re.compile(r"(?P<what>an? .*) (?P<verb>replaced|added|removed)"), _kinds),
)
_PHRASES: tuple[tuple[re.Pattern[str], Say], ...] = (
    (re.compile(rf"(?P<what>.+) in the {_PLACE} paragraph"), _in_paragraph),
    (re.compile(rf"a paragraph moved to the {_PLACE} place and edited \((?P<what>.+)\)"), _moved_and_edited),
    (
        re.compile(rf"a paragraph moved to the {_PLACE} place"),
        lambda match: gettext("a paragraph moved to place %(place)s") % {"place": _place(match)},
    ),
    (
        re.compile(rf"(?P<count>\d+) paragraphs (?P<verb>added|removed|moved), from the {_PLACE} on"),
        _paragraphs,
    ),
    (re.compile(rf"the {_PLACE} paragraph (?P<verb>added|removed)"), _paragraph),
    (re.compile(r"(?P<count>\d+) links (?P<verb>lead elsewhere|added|removed)"), _links),
    (
        re.compile(r"(?P<count>\d+) more edits?"),
        lambda match: (
            ngettext("%(count)s more edit", "%(count)s more edits", int(match["count"]))
            % {"count": _count(match)}
        ),
    ),
    (
        re.compile(r"and (?P<count>\d+) more"),
        lambda match: (
            ngettext("and %(count)s more", "and %(count)s more", int(match["count"]))
            % {"count": _count(match)}
        ),
    ),
    (
        re.compile(r"suspected since (?P<time>[0-9TZ:.+-]+)"),
        lambda match: gettext("suspected since %(time)s") % {"time": formats.moment(match["time"])},
    ),
)
