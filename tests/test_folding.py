"""Words as they are looked for: every spelling of a word is found by every other."""

from __future__ import annotations

import tracemalloc
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.storage.text_index.folding import folded, folded_words, words

ZWNJ, SOFT_HYPHEN, RIGHT_TO_LEFT = "\u200c", "\u00ad", "\u200f"

SAME = {
    "Arabic and Persian yeh and kaf": ("کاربری", "كاربري", "کاربرى"),
    "vowel signs": ("کتاب", "كِتَابٌ", "كتاب"),
    "joined, apart, together": (f"می{ZWNJ}خواهم", "می خواهم", "میخواهم", "مي خواهم", "مي\u00a0خواهم"),
    "the same, denied": (f"نمی{ZWNJ}خواهم", "نمی خواهم", "نمیخواهم"),
    "a joiner": (f"خانه{ZWNJ}ای", "خانه\u200dای", "خانهای"),
    "heh": ("خانه", "خانة", "خانۀ", "خانهٔ"),
    "hamza and madda": ("احمد", "أحمد", "إحمد", "آحمد", "ٱحمد"),
    "hamza on its chair": ("مسیول", "مسئول"),
    "tatweel": ("شما", "شمـــا"),
    "digits": ("123", "۱۲۳", "١٢٣", "１２３"),
    "Albanian": ("Tiranë", "tirane", "TIRANË", "tirane\u0308"),
    "more Albanian": ("çështje", "ceshtje", "Çështje"),
    "case, German": ("straße", "STRASSE"),
    "case, Turkish": ("İstanbul", "istanbul"),
    "soft hyphen and marks of direction": ("window", f"win{SOFT_HYPHEN}dow", f"{RIGHT_TO_LEFT}window"),
    "a ligature": ("الله", "ﷲ"),
}


@pytest.mark.parametrize("spellings", SAME.values(), ids=SAME)
def test_a_word_is_one_however_it_is_spelled(spellings: tuple[str, ...]) -> None:
    assert {folded(one) for one in spellings} == {folded(spellings[0])}
    assert len(folded_words(spellings[0])) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("نه", "ن ه"), ("کتاب", "کباب"), ("no where", "nowhere"), ("می", "م"), ("1.5", "15")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_a_verb_prefix_at_the_end_of_a_paragraph_joins_nothing() -> None:
    assert folded_words("می\nخواهم") == ["می", "خواهم"]
    assert folded_words("می، خواهم می") == ["می", "خواهم", "می"]


def test_words_of_a_length_that_no_word_has_are_not_kept_in_memory() -> None:
    tracemalloc.start()
    try:
        for number in range(10):
            text = f"{'so ' * 10_000}{number}{'o' * 100_000}"
            assert folded_words(text)[-1] == list(words(text))[-1].folded == text[30_000:]
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 500_000


def test_each_word_knows_where_it_stands_in_the_text() -> None:
    text = "«Tiranë», می خواهم: isn't it_so?"
    assert [(word.folded, text[word.start : word.end]) for word in words(text)] == [
        ("tirane", "Tiranë"),
        ("میخواهم", "می خواهم"),
        ("isn", "isn"),
        ("t", "t"),
        ("it", "it"),
        ("so", "so"),
    ]


@given(st.text())
def test_folding_twice_is_folding_once_and_leaves_letters_and_digits(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert all(char.isalnum() for char in once if char != " ")


@given(st.text() | st.text(alphabet="abé ی\u200c\u064b\u0301\u2028\x1c_-中文", max_size=60))
def test_the_words_of_a_text_are_the_same_with_their_places_and_without(text: str) -> None:
    assert folded_words(text) == [word.folded for word in words(text)]


@given(st.text(alphabet="abcéñیيكئۀآabc ١۲\u064b\u0301", max_size=30))
def test_normal_forms_of_unicode_fold_alike(text: str) -> None:
    forms = {folded(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(forms) == 1
