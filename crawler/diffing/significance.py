"""Computes the significance of an edit, from 0 to 1, and explains it in words.

One formula over one table: each signal of an edit counts as an independent chance that a reader should look,
so the whole is 1 - (1 - w1·x1)(1 - w2·x2)…, with x the strength of the signal, from 0 to 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from variorum.crawler.diffing import signals
from variorum.crawler.diffing.hunks import Relink
from variorum.crawler.diffing.negations import negations
from variorum.crawler.diffing.tokens import without_struck

WEIGHTS = {
    "share": 0.95,  # a text rewritten as a whole is another text, whatever else is true
    "run": 0.45,  # a passage put in or taken out at one place: strength 1 from LONG_RUN words on
    "negation": 0.6,  # one small word turns a sentence into its opposite
    "title": 0.5,  # what most readers see, and all that some do
    "number": 0.4,  # a claim one can check
    "name": 0.4,  # who did it
    "quotation": 0.4,  # the words of somebody
    "date": 0.35,  # when it happened
    "link": 0.35,  # where a reader is sent
    "move": 0.1,  # the same words in another order
}
FLOOR = 0.05
"""The least significance of an edit that is more than typography."""
OF_WORDS = 0.1
"""The least significance of an edit in which a word came or went: it may be a name, in a script without
capital letters, or turn the sense."""
LONG_RUN = 60
MOST_PHRASES = 3

KINDS: dict[str, Callable[[str], Counter[str]]] = {
    "number": signals.numbers,
    "date": signals.dates,
    "name": signals.names,
    "negation": negations,
    "quotation": signals.quotations,
    "link": signals.addresses,
}

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"


@dataclass(frozen=True, slots=True)
class Edit:
    """One hunk with the counts that its significance needs."""

    op: Literal["insert", "delete", "replace", "move"]
    at: int
    """The block, counted from 0: in the new text, or in the old one for deleted blocks."""
    old: tuple[str, ...]
    new: tuple[str, ...]
    removed: int
    """The number of removed words."""
    added: int
    """The number of added words."""
    longest: int
    """The number of words in the longest removed or added run."""
    struck: int = 0
    """The number of words that are struck out now, and were not before."""
    restored: int = 0
    """The number of words that were struck out, and are not now or are removed."""

    @property
    def is_move_only(self) -> bool:
        """Whether all its words are unchanged at another place."""
        return self.op == "move" and self.old == self.new


@dataclass(frozen=True, slots=True)
class Judgement:
    """The significance of a diff, and its reason."""

    significance: float
    explanation: str


def judge(
    edits: Sequence[Edit],
    title: tuple[str, str] | None,
    words_old: int,
    words_new: int,
    links: Sequence[Relink] = (),
) -> Judgement:
    """The significance of all edits together; `words_old` and `words_new` are the lengths of the texts.

    `links` are those whose target changed while their words did not.
    """
    found = [_kinds(edit) for edit in edits]
    true_edits = [edit for edit in edits if not edit.is_move_only]
    changed = sum(edit.removed + edit.added for edit in true_edits)
    strengths = {
        "share": changed / max(1, words_old + words_new),
        "run": min(1.0, max((edit.longest for edit in true_edits), default=0) / LONG_RUN),
        "title": float(title is not None),
        "move": float(any(edit.op == "move" for edit in edits)),
        **{kind: float(any(kind in kinds for kinds in found)) for kind in KINDS},
    }
    strengths["link"] = max(strengths["link"], float(bool(links)))
    weight = 1 - prod(1 - WEIGHTS[sign] * strength for sign, strength in strengths.items())
    phrases = [_phrase(edit, kinds) for edit, kinds in zip(edits, found, strict=True)]
    phrases = [*(["title changed"] if title else []), *phrases, *_relinked(links)]
    least = OF_WORDS if changed else FLOOR
    return Judgement(round(max(least, weight), 3), _sentence(phrases))


def _kinds(edit: Edit) -> dict[str, str]:
    """What an edit affects and how: `{"number": "replaced", "negation": "added"}`."""
    if edit.is_move_only:
        return {}
    old, new = without_struck("\n".join(edit.old)), without_struck("\n".join(edit.new))
    touched = {kind: _turnover(find(old), find(new)) for kind, find in KINDS.items()}
    return {kind: verb for kind, verb in touched.items() if verb}


def _turnover(old: Counter[str], new: Counter[str]) -> str:
    return _verb((old - new).total(), (new - old).total())


def _verb(removed: int, added: int) -> str:
    """The verb for an edit, given the numbers of removed and added items."""
    if removed and added:
        return "replaced"
    return "removed" if removed else "added" if added else ""


def _phrase(edit: Edit, kinds: dict[str, str]) -> str:
    place = ordinal(edit.at)
    if edit.op == "replace":
        return f"{_what(edit, kinds)} in the {place} paragraph"
    if edit.op == "move" and not edit.is_move_only:
        return f"a paragraph moved to the {place} place and edited ({_what(edit, kinds)})"
    count = len(edit.old or edit.new)
    verb = {"insert": "added", "delete": "removed", "move": "moved"}[edit.op]
    if count > 1:
        return f"{count} paragraphs {verb}, from the {place} on"
    return f"a paragraph moved to the {place} place" if edit.op == "move" else f"the {place} paragraph {verb}"


def _relinked(links: Sequence[Relink]) -> list[str]:
    """«a link leads elsewhere», «2 links removed»."""
    verbs = Counter(
        "removed" if one.new is None else "added" if one.old is None else "leads elsewhere" for one in links
    )
    return [
        f"a link {verb}" if count == 1 else f"{count} links {verb.replace('leads', 'lead')}"
        for verb, count in verbs.items()
    ]


def _what(edit: Edit, kinds: dict[str, str]) -> str:
    """The parts of an explanation: «a number and a name replaced, a negation added», or the number of
    words; and what was struck out."""
    by_verb = {verb: [kind for kind in kinds if kinds[kind] == verb] for verb in kinds.values()}
    touched = [f"{_listed(named)} {verb}" for verb, named in by_verb.items()]
    removed, added = edit.removed - edit.struck, edit.added - edit.restored
    if not kinds and (count := max(removed, added, 0)):
        touched = [f"{_count(count)} {_verb(max(0, removed), max(0, added))}"]
    return ", ".join([*touched, *_strikes(edit)]) or "punctuation changed"


def _strikes(edit: Edit) -> list[str]:
    """«3 words struck out by the site», «2 words no longer struck out by the site»."""
    struck = f"{_count(edit.struck)} struck out by the site"
    restored = f"{_count(edit.restored)} no longer struck out by the site"
    return [phrase for count, phrase in ((edit.struck, struck), (edit.restored, restored)) if count]


def _count(count: int) -> str:
    return f"{count} {'word' if count == 1 else 'words'}"


def _listed(kinds: Sequence[str]) -> str:
    named = [f"a {kind}" for kind in kinds]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def ordinal(at: int) -> str:
    """The position of a block in words, counted from 0: first, second … tenth, 11th."""
    names = ORDINALS.split()
    if at < len(names):
        return names[at]
    number = at + 1
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _sentence(phrases: Sequence[str]) -> str:
    rest = len(phrases) - MOST_PHRASES
    more = [f"{rest} more {'edit' if rest == 1 else 'edits'}"] if rest > 0 else []
    return "; ".join([*phrases[:MOST_PHRASES], *more])
