"""Known edits: each kind makes another article of one, or nothing where the article has no place for it.

Whether an edit is one of typography only is known by how it is made, and not by asking the program that is
being measured.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from math import ceil
from random import Random

from benchmarks.truth import wordings
from benchmarks.truth.articles import Article, shown

Change = Callable[[Article, Random], Article | None]
OfText = Callable[[str, Random], str | None]

TAG = re.compile(r"(<[^>]*>)")
WORD = re.compile(r"[^\W\d_]{4,}")
NUMBER = re.compile(r"\d+")
SENTENCE = re.compile(r"(?<=[.!?؟])\s+")
ARABIC = re.compile(r"[\u0600-\u06ff]")
ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
QUOTES = str.maketrans("“”„«»‘’–—", '"""""\'\'--')
LETTERS = str.maketrans("یکيك", "يكیک")
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ZWNJ, SOFT_HYPHEN = "\u200c", "\u00ad"
LEAST = 5
"""So many kinds of edits come in each round at least."""
NOTE_ON = 3
"""The same note is put below so many articles at once."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done to one page between two rounds."""

    page: str
    kind: str
    old: Article
    new: Article
    silent: bool = False
    """The site's own modified date stays as it was."""

    @property
    def typographic(self) -> bool:
        """Worth a version and no word to anyone."""
        return self.kind in TYPOGRAPHIC


# ---- edits of a piece of text


def _in_text(change: OfText) -> Change:
    """The change, made in some piece of text of the article."""

    def changed(article: Article, rng: Random) -> Article | None:
        for at, pieces, place in _pieces(article, rng):
            new = change(pieces[place], rng)
            if new is not None and new != pieces[place]:
                rewritten = "".join([*pieces[:place], new, *pieces[place + 1 :]])
                return _with(article, at, at + 1, rewritten)
        return None

    return changed


def _pieces(article: Article, rng: Random) -> Iterator[tuple[int, list[str], int]]:
    """Each piece of text in some order: its paragraph's number, that paragraph in pieces, and which it is."""
    numbers = list(range(len(article.paragraphs)))
    rng.shuffle(numbers)
    for at in numbers:
        paragraph = article.paragraphs[at]
        pieces = TAG.split(paragraph) if paragraph.startswith("<") else [paragraph]
        for place, piece in enumerate(pieces):
            if piece.strip() and not piece.startswith("<"):
                yield at, pieces, place


def _with(article: Article, start: int, end: int, *paragraphs: str) -> Article:
    old = article.paragraphs
    return replace(article, paragraphs=(*old[:start], *paragraphs, *old[end:]))


def _plain(text: str) -> str:
    """The text with its addresses blanked out, so that no edit is made within one."""
    return ADDRESS.sub(lambda found: " " * len(found[0]), text)


def _word(text: str, rng: Random) -> str | None:
    words = list(WORD.finditer(_plain(text)))
    if not words:
        return None
    old = rng.choice(words)
    new = rng.choice([word for word in wordings.of(text).words if word != old[0]])
    return text[: old.start()] + new + text[old.end() :]


def _number(text: str, rng: Random) -> str | None:
    numbers = list(NUMBER.finditer(_plain(text)))
    if not numbers:
        return None
    old = rng.choice(numbers)
    digits = str((int(old[0]) + rng.randint(1, 8)) % 10 ** len(old[0])).zfill(len(old[0]))
    new = digits.translate(PERSIAN_DIGITS) if ord(old[0][0]) > ord("9") else digits
    return text[: old.start()] + new + text[old.end() :]


def _negation(text: str, rng: Random) -> str | None:
    wording = wordings.of(text)
    for old, new in rng.sample(wording.negations, len(wording.negations)):
        found = list(re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", text))
        if found:
            chosen = rng.choice(found)
            return text[: chosen.start()] + new + text[chosen.end() :]
    return None


def _sentence_added(text: str, rng: Random) -> str | None:
    if len(text.split()) < 5:
        return None
    sentences = SENTENCE.split(text)
    sentences.insert(rng.randint(1, len(sentences)), rng.choice(wordings.of(text).sentences))
    return " ".join(sentences)


def _sentence_removed(text: str, rng: Random) -> str | None:
    sentences = SENTENCE.split(text)
    if len(sentences) < 2 or any(len(sentence.split()) < 3 for sentence in sentences):
        return None
    del sentences[rng.randrange(len(sentences))]
    return " ".join(sentences)


# ---- edits of typography


def _quotes(text: str, rng: Random) -> str | None:
    return text.translate(QUOTES)


def _joiners(text: str, rng: Random) -> str | None:
    """A zero-width non-joiner more or less, in Latin script a soft hyphen."""
    if ZWNJ in text:
        return text.replace(ZWNJ, "", 1)
    words = [found for found in WORD.finditer(_plain(text)) if len(found[0]) > 7]
    if not words or ARABIC.search(text):
        return None
    at = rng.choice(words).start() + 4
    return text[:at] + SOFT_HYPHEN + text[at:]


def _letters(text: str, rng: Random) -> str | None:
    """Persian ی and ک for their Arabic twins, and the other way round."""
    return text.translate(LETTERS)


def _digits(text: str, rng: Random) -> str | None:
    """Other digits for the same number."""
    ascii_digits = text.translate(DIGITS)
    if ascii_digits != text:
        return ascii_digits
    return text.translate(PERSIAN_DIGITS) if ARABIC.search(text) else None


# ---- edits of whole paragraphs


def _paragraph_added(article: Article, rng: Random) -> Article | None:
    wording = wordings.of(" ".join(article.lines))
    text = rng.choice(wording.paragraphs).format(number=rng.randint(100, 999))
    at = rng.randint(0, len(article.paragraphs))
    return _with(article, at, at, text)


def _short_paragraph_added(article: Article, rng: Random) -> Article | None:
    wording = wordings.of(" ".join(article.lines))
    at = rng.randint(0, len(article.paragraphs))
    return _with(article, at, at, rng.choice(wording.short))


def _paragraph_removed(article: Article, rng: Random) -> Article | None:
    shows = [at for at, paragraph in enumerate(article.paragraphs) if shown(paragraph)]
    if len(shows) < 3:
        return None
    at = rng.choice(shows)
    return _with(article, at, at + 1)


def _cut_down(article: Article, rng: Random) -> Article | None:
    """Nearly all of it is taken out: the first paragraph stays."""
    first = article.paragraphs[0]
    if first.startswith("<") or len(first) > 0.25 * len(article.text):
        return None
    return replace(article, paragraphs=(first,))


def _moved(article: Article, rng: Random) -> Article | None:
    plain = [at for at, paragraph in enumerate(article.paragraphs) if not paragraph.startswith("<")]
    if len(plain) < 3 or len(plain) != len(article.paragraphs):
        return None
    start, to = rng.sample(plain, 2)
    rest = [*article.paragraphs[:start], *article.paragraphs[start + 1 :]]
    rest.insert(to, article.paragraphs[start])
    return replace(article, paragraphs=tuple(rest)) if tuple(rest) != article.paragraphs else None


def _title(article: Article, rng: Random) -> Article | None:
    new = _word(article.title, rng)
    return replace(article, title=new) if new else None


CHANGES: Mapping[str, Change] = {
    "word": _in_text(_word),
    "number": _in_text(_number),
    "negation": _in_text(_negation),
    "sentence added": _in_text(_sentence_added),
    "sentence removed": _in_text(_sentence_removed),
    "paragraph added": _paragraph_added,
    "short paragraph added": _short_paragraph_added,
    "paragraph removed": _paragraph_removed,
    "cut down": _cut_down,
    "moved": _moved,
    "title": _title,
    "silent": _in_text(_word),
    "there and back": _in_text(_word),
    "note": _paragraph_added,
    "quotes": _in_text(_quotes),
    "joiners": _in_text(_joiners),
    "letters": _in_text(_letters),
    "digits": _in_text(_digits),
}
TYPOGRAPHIC = frozenset({"quotes", "joiners", "letters", "digits"})
IN_ARABIC_SCRIPT = frozenset({"letters", "digits"})
BACK = "back"
"""The second half of `there and back`."""


def planned(articles: Mapping[str, Article], rounds: int, rng: Random) -> list[list[Edit]]:
    """The edits of each round: every kind at least once in all, a page at most once a round."""
    now = dict(articles)
    kinds = _dealt(rounds, rng)
    plans: list[list[Edit]] = []
    for of_round in kinds:
        done = [_undone(edit) for edit in plans[-1] if edit.kind == "there and back"] if plans else []
        for kind in of_round:
            done += _made(kind, {page: now[page] for page in now if page not in {e.page for e in done}}, rng)
        now |= {edit.page: edit.new for edit in done}
        plans.append(done)
    return plans


def _dealt(rounds: int, rng: Random) -> list[list[str]]:
    """Which kinds come in which round: over and over, until every kind was there and each round has some."""
    kinds = list(CHANGES)
    rng.shuffle(kinds)
    kinds.insert(0, kinds.pop(kinds.index("there and back")))  # which needs a round after its own
    size = max(LEAST, ceil(len(kinds) / rounds))
    deck = cycle(kinds)
    return [[next(deck) for _ in range(size)] for _ in range(rounds)]


def _undone(edit: Edit) -> Edit:
    return Edit(edit.page, BACK, edit.new, edit.old)


def _made(kind: str, articles: Mapping[str, Article], rng: Random) -> list[Edit]:
    """The edit of that kind on a page that has a place for it; the same note on several."""
    pages = sorted(articles)
    rng.shuffle(pages)
    if kind == "note":
        return _noted(pages[:NOTE_ON], articles, rng)
    if kind in IN_ARABIC_SCRIPT:
        pages = [page for page in pages if ARABIC.search(articles[page].text)]
    for page in pages:
        old = articles[page]
        new = CHANGES[kind](old, rng)
        if new is not None and (new.headline, new.lines) != (old.headline, old.lines):
            return [Edit(page, kind, old, new, silent=kind == "silent")]
    return []


def _noted(pages: Sequence[str], articles: Mapping[str, Article], rng: Random) -> list[Edit]:
    note = rng.choice(wordings.ENGLISH.paragraphs).format(number=rng.randint(100, 999))
    noted = []
    for page in pages:
        old = articles[page]
        end = len(old.paragraphs)
        noted.append(Edit(page, "note", old, _with(old, end, end, note)))
    return noted
