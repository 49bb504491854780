import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from variorum.crawler.diffing.diff import (
    Diff,
    Hunk,
    TitledText,
    apply,
    compare,
    from_json,
    revert,
    similarity,
    to_json,
)
from variorum.crawler.diffing.normalisation import plain
from variorum.crawler.diffing.tokens import tokens, words

BLOCK = st.sampled_from(["a b c", "d e", "a x c", "", "۴۰ نفر آمدند", "می‌خواهم بروم", "- item"])
BLOCKS = st.lists(BLOCK, max_size=8)
TEXTS = st.one_of(st.text(), BLOCKS.map("\n".join))
READINGS = st.builds(TitledText, title=st.sampled_from(["t", "u", "نامه‌ای"]), text=TEXTS)


def diff(old: str, new: str, *, title: str = "t", new_title: str = "t") -> Diff:
    found = compare(TitledText(title, old), TitledText(new_title, new))
    assert found is not None
    return found


@given(READINGS, READINGS)
def test_a_diff_makes_either_text_of_the_other(old, new):
    found = compare(old, new)
    hunks = found.hunks if found else ()
    assert apply(old.text, hunks) == new.text
    assert revert(new.text, hunks) == old.text


@given(READINGS, READINGS)
def test_a_diff_reads_back_from_its_json(old, new):
    found = compare(old, new)
    assert found is None or from_json(to_json(found)) == found


@given(READINGS)
def test_a_reading_does_not_differ_from_itself(reading):
    assert compare(reading, reading) is None


@given(READINGS, READINGS)
def test_the_words_of_a_replaced_block_joined_are_its_old_and_its_new_text(old, new):
    found = compare(old, new)
    for hunk in found.hunks if found else ():
        if hunk.op == "replace":
            assert "".join(text for op, text in hunk.words if op != "+") == hunk.old[0]
            assert "".join(text for op, text in hunk.words if op != "-") == hunk.new[0]


@given(READINGS, READINGS)
def test_significance_lies_between_0_and_1_and_is_0_for_typography_alone(old, new):
    found = compare(old, new)
    assert found is None or 0 <= found.significance <= 1
    assert found is None or (found.significance == 0) == found.typographic


@given(st.text())
def test_the_tokens_of_a_text_joined_are_the_text(text):
    assert "".join(tokens(text)) == text


def test_a_diff_is_refused_by_a_text_it_does_not_belong_to():
    with pytest.raises(ValueError, match="another text"):
        apply("other", diff("one\ntwo", "one\nthree").hunks)


# Blocks


def test_an_inserted_paragraph_is_one_insertion():
    assert diff("One.\nThree.", "One.\nTwo.\nThree.").hunks == (Hunk("insert", 1, 1, (), ("Two.",)),)


def test_neighbouring_deleted_paragraphs_are_one_deletion():
    found = diff("One.\nTwo.\nThree.\nFour.", "One.\nFour.")
    assert found.hunks == (Hunk("delete", 1, 1, ("Two.", "Three."), ()),)


def test_a_moved_paragraph_is_a_move_and_counts_no_words():
    rest = "A second.\nThe third.\nA fourth."
    found = diff(f"The first one.\n{rest}", f"{rest}\nThe first one.")
    assert found.hunks == (Hunk("move", 0, 3, ("The first one.",), ("The first one.",)),)
    assert (found.words_added, found.words_removed, found.typographic) == (0, 0, False)
    assert found.explanation == "a paragraph moved to the fourth place"


def test_an_edited_paragraph_is_found_again_beside_a_new_one():
    found = diff("The bridge is closed today.", "Entirely other words stand here.\nThe bridge is open today.")
    assert [(hunk.op, hunk.new_at) for hunk in found.hunks] == [("insert", 0), ("replace", 1)]


# Words


def test_one_changed_word_is_one_word_out_and_one_in():
    found = diff("The bridge is closed.", "The bridge is open.")
    assert found.hunks[0].words == (("=", "The bridge is"), ("-", " closed"), ("+", " open"), ("=", "."))
    assert (found.words_added, found.words_removed) == (1, 1)


def test_a_comma_after_a_word_does_not_replace_the_word():
    assert diff("yes and no", "yes, and no").hunks[0].words == (("=", "yes"), ("+", ","), ("=", " and no"))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("آن‌ها می‌گویند که آمدند", "آن‌ها نمی‌گویند که آمدند", " نمی‌گویند"),
        ("وقال أحد الآباءِ شيئًا", "وقال أحد الأمهاتِ شيئًا", " الأمهاتِ"),
        ("Në Tiranë u mbajt një tryezë", "Në Shkodër u mbajt një tryezë", " Shkodër"),
    ],
)
def test_words_of_every_script_are_whole_with_their_joiners_and_marks(old, new, word):
    assert [text for op, text in diff(old, new).hunks[0].words if op == "+"] == [word]


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        ("新码头的费用不要再借款", "新码头的费用要再借款", "不", ""),
        ("港の委員会は火曜日に話し合った", "港の委員会は水曜日に話し合った", "火", "水"),
        ("クレーンのない桟橋", "ボートのない桟橋", "クレーン", "ボート"),
        ("ประชุมเมื่อวันอังคารเพื่อตกลง", "ประชุมเมื่อวันพุธเพื่อตกลง", "อังคาร", "พุธ"),
        ("ঘাট মঙ্গলবার খোলা", "ঘাট শনিবার খোলা", "মঙ্গলবার", "শনিবার"),
        ("பாலம் செவ்வாய்க்கிழமை கூடி", "பாலம் சனிக்கிழமை கூடி", "செவ்வாய்க்கிழமை", "சனிக்கிழமை"),
        ("पुल मंगलवार को", "पुल शनिवार को", "मंगलवार", "शनिवार"),
        ("boat 👩‍👩‍👧 here", "boat 👩‍👩‍👦 here", "👩‍👩‍👧", "👩‍👩‍👦"),
    ],
)
def test_the_word_that_changed_is_cut_out_in_scripts_with_and_without_blanks(old, new, gone, come):
    pieces = diff(old, new).hunks[0].words
    assert [text.strip() for op, text in pieces if op == "-"] == [gone]
    assert [text.strip() for op, text in pieces if op == "+"] == ([come] if come else [])


@given(st.text() | st.text(st.sampled_from("a1 ~.[]³中のกเาัพ\u0301\u200d\u0600\r\n👩🇩🇪한ক্ষ̈க்ச")))
def test_no_token_cuts_a_letter_from_its_marks(text):
    ends = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    found = tokens(text)
    assert ends.issuperset(len("".join(found[:at])) for at in range(len(found)))


@pytest.mark.parametrize(
    ("text", "count"),
    [("港口委员会", 5), ("a man's 8² km²", 4), ("storm[3] and sea⁴.", 3), ("a ~~b c~~ d", 2)],
)
def test_words_are_counted_in_every_script_and_without_footnotes_and_what_is_struck_out(text, count):
    assert len(words(text)) == count


def test_a_removed_sentence_is_cut_at_its_own_border():
    old = "The pier is old. The crane is new. It rained in May."
    new = "The pier was old. It rained in May."
    pieces = diff(old, new).hunks[0].words
    assert [text for op, text in pieces if op == "-"] == [" is", " The crane is new."]


def test_an_added_clause_begins_after_the_comma():
    pieces = diff("One, two, four. Five six.", "Oh one, two, three, four. Five seven.").hunks[0].words
    assert (("+", " three,")) in pieces


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It isn't 4.50, or 12,000 m^-2", ["It", "isn't", "4.50", "or", "12,000", "m^-2"]),
        ("café naïve\nZürich’s rôle", ["café", "naïve", "Zürich’s", "rôle"]),
        ("plain words\nکتاب‌ها را\nplain again", ["plain", "words", "کتاب‌ها", "را", "plain", "again"]),
        ("cited[3]\n= one", ["cited", "3", "one"]),
        ("cited[3]\none", ["cited", "one"]),
    ],
)
def test_words_of_a_line_do_not_depend_on_what_other_lines_hold(text, found):
    assert words(text) == found


def test_a_text_of_very_many_equal_words_is_compared_as_a_whole_and_still_exactly():
    old, new = "x " * 5_000 + "end", "y " + "x " * 4_000 + "z end"
    found = diff(old, new)
    assert len(found.hunks[0].words) <= 4
    assert apply(old, found.hunks) == new


# Typography


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("علي كتب", "علی کتب"),
        ("می‌خواهم بروم", "میخواهم بروم"),
        ("می‌خواهم بروم", "می خواهم بروم"),
        ("۴۰ نفر و ٣٥", "40 نفر و 35"),
        ("۱۲٬۰۰۰", "12,000"),
        ("ســـلام", "سلام"),
        ("«Yes» – he said", "“Yes” — he said"),
        ("it’s", "it's"),
        ("cafe\u0301", "café"),
        ("soft\u00adhyphen and\u200b more", "softhyphen and more"),
        ("One. Two.", "One.\nTwo."),
        ("One\u00a0two", "One two"),
        ("Në Tiranë", "Ne\u0308 Tirane\u0308"),
        ("Write to desk@riverside.example.", "Write to [email\u00a0protected]."),
        ("دربارهٔ هزینهٔ اسکله بود", "دربارۀ هزینۀ اسکله بود"),
        ("دربارهٔ هزینهٔ اسکله بود", "درباره‌ی هزینه‌ی اسکله بود"),
        ("کتاب خانه ها را دید", "کتابخانه‌ها را دید"),
        ("الهيئة قالت إن الرصيف مغلق", "الهيئةُ قالَتْ إنَّ الرصيفَ مغلقٌ"),
        ("שלום לכולם", "שָׁלוֹם לכולם"),
        ("Ce soir !", "Ce soir!"),
        ("12\u202f% de plus", "12% de plus"),
        ("It was -5 today", "It was −5 today"),
        ("from 1990-1995", "from 1990 – 1995"),
        ("ﬁne ｗｉｄｅ", "fine wide"),
        ("在 2019 年", "在2019年"),
        ("The storm[3] and the sea[4].", "The storm[4] and the sea[5]."),
        ("The storm³ came", "The storm⁴ came"),
    ],
)
def test_two_spellings_of_the_same_words_differ_in_typography_only(old, new):
    found = diff(old, new)
    assert (found.typographic, found.significance) == (True, 0.0)
    assert found.explanation == "only typography differs"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("على الطاولة", "علي الطاولة"),
        ("no where", "nowhere"),
        ("40", "41"),
        ("She came.", "She came!"),
        ("Polish", "polish"),
        ("One.\nTwo.", "Two.\nOne."),
        ("می‌خواهم", "نمی‌خواهم"),
        ("qershor", "qershori"),
        ("Write to desk@riverside.example.", "Write to news@riverside.example."),
        ("Write to [email protected] today.", "Write to desk@riverside.example."),
        ("قال لا حق لأحد في هذا", "قال لاحق لأحد في هذا"),
        ("المُدرِّس قال", "المُدرَّس قال"),
        ("8² boats", "82 boats"),
        ("10 km² of it", "10 km³ of it"),
        ("H₂O", "H2O"),
        ("½ of it", "1/2 of it"),
        ("It was −5 today", "It was 5 today"),
        ("It was −5 today", "It was – 5 today"),
        ("5 % of it", "5 ‰ of it"),
        ("1, 5 and", "1,5 and"),
        ("5′ and", "5″ and"),
        ("The storm[3] and the sea[4].", "The storm[4] and the sea[3]."),
        ("The storm[3] and the sea[4].", "The storm[3] and the sea."),
        ("the ~~old~~ pier", "the old pier"),
    ],
)
def test_a_difference_of_meaning_is_not_taken_for_typography(old, new):
    assert not diff(old, new).typographic


@given(st.text())
def test_folding_typography_twice_folds_no_more(text):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("language", [None, "ar", "fa"])
def test_a_blank_between_arabic_words_is_meaning_on_a_persian_page_too(language):
    persian = "هیئت بندر گرد آمد تا دربارهٔ این اسکله تصمیم بگیرد."
    old, new = (f"{persian}\nقال المجلس {word} لأحد في هذا الرصيف." for word in ("لا حق", "لاحق"))
    found = compare(TitledText("t", old, language=language), TitledText("t", new, language=language))
    assert found is not None
    assert found.explanation == "a negation removed in the second paragraph"


def test_where_a_text_does_not_tell_persian_from_arabic_the_language_of_the_page_does():
    def is_typographic(language):
        found = compare(*(TitledText("t", text, language=language) for text in ("کتاب خانه", "کتابخانه")))
        return found is not None and found.typographic

    assert is_typographic("fa")
    assert not is_typographic("ar")


# Significance

LONG = "\n".join(f"Part {n} tells of the bridge and of the people that crossed it." for n in "abcdefghij")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("About 40 met Peter Brown.", "About 45 met Peter Smith.", "a number and a name replaced"),
        ("He said he knew.", "He said he never knew.", "a negation added"),
        ("آن‌ها می‌آیند.", "آن‌ها نمی‌آیند.", "a negation added"),
        ("Ai tha se erdhi.", "Ai tha se nuk erdhi.", "a negation added"),
        ("It closed in 2016.", "It closed in 2017.", "a date replaced"),
        ("در روز ۱۱ مرداد بود.", "در روز ۱۱ خرداد بود.", "a date replaced"),
        ("She said: «we want peace now».", "She said: «we want it now».", "a quotation replaced"),
        ("It was fine weather.", "It was foul weather.", "1 word replaced"),
        ("It ended.", "It ended!", "punctuation changed"),
        ("The bay holds 8² lakes.", "The bay holds 82 lakes.", "a number replaced"),
        ("It costs 5 € there.", "It costs 5 $ there.", "a number replaced"),
        ("Of these 5% came.", "Of these 5‰ came.", "a number replaced"),
        ("It fell to −5 then.", "It fell to 5 then.", "a number replaced"),
        ("It is a < b there.", "It is a > b there.", "a number replaced"),
        ("春天以前不要再借款", "春天以前要再借款", "a negation removed"),
        ("借金を増やさない。", "借金を増やした。", "a negation removed"),
        ("ขอไม่ให้กู้เงิน", "ขอให้กู้เงิน", "a negation removed"),
        ("Он не пришёл вчера.", "Он пришёл вчера.", "a negation removed"),
        ("Ouvert le dimanche.", "Ouvert le samedi.", "1 word replaced"),
        ("Le docteur Karim est venu.", "Le docteur Ahmedi est venu.", "a name replaced"),
        ("Komisyon gelmedi dün.", "Komisyon geldi dün.", "a negation removed"),
        ("Dijo que nunca vino.", "Dijo que vino.", "a negation removed"),
        ("The storm[3] ended.", "The storm[4] ended, then.", "1 word added"),
    ],
)
def test_the_explanation_names_what_was_touched_and_where(old, new, why):
    assert diff(f"{old}\n{LONG}", f"{new}\n{LONG}").explanation == f"{why} in the first paragraph"
    assert diff(f"{LONG}\n{old}", f"{LONG}\n{new}").explanation == f"{why} in the 11th paragraph"


def test_a_negation_a_number_or_a_name_weighs_more_than_another_word():
    def weight(new: str) -> float:
        return diff(f"{LONG}\nThen he saw 40 of Bell.", f"{LONG}\n{new}").significance

    other = weight("Then he met 40 of Bell.")
    assert weight("Then he saw 41 of Bell.") > other
    assert weight("Then he saw 40 of Ball.") > other
    assert weight("Then he never saw 40 of Bell.") > weight("Then he saw 41 of Bell.") > 0.3 > other


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("قالت مريم العبيدي ذلك، ثم خرجت.", "قالت مريم العبادي ذلك، ثم خرجت."),
        ("It closed against his advice, they say.", "It closed on his advice, they say."),
    ],
    ids=["a name in a script without capital letters", "a small word"],
)
def test_a_word_weighs_more_than_a_comma(old, new):
    without_comma = re.sub("[,،]", "", old)
    word, comma = (diff(f"{LONG}\n{old}", f"{LONG}\n{one}").significance for one in (new, without_comma))
    assert word > comma > 0


def test_a_longer_passage_weighs_more_than_a_shorter_one():
    short, long = (diff(LONG, LONG + "\n" + "and so on " * n).significance for n in (1, 20))
    assert 0.05 <= short < long < 1


def test_another_title_alone_has_no_hunks_and_says_so():
    found = diff("Text.", "Text.", new_title="u")
    assert (found.hunks, found.title, found.explanation) == ((), ("t", "u"), "title changed")


def test_many_edits_are_summed_up():
    found = diff(LONG, LONG.replace("crossed", "passed"))
    assert found.explanation.count("1 word replaced in the") == 3
    assert found.explanation.endswith("; 7 more edits")


# What the site strikes out


@pytest.mark.parametrize(
    ("old", "new", "why", "removed", "added"),
    [
        ("He was drunk then.", "He was ~~drunk~~ then.", "1 word struck out", 1, 0),
        ("The ~~old~~ pier is shut.", "The old pier is shut.", "1 word no longer struck out", 0, 1),
        ("was ~~four~~ six", "was ~~four~~ ~~six~~ seven", "1 word added, 1 word struck out", 1, 1),
        ("It is not so.", "It is ~~not~~ so.", "a negation removed, 1 word struck out", 1, 0),
        ("So the board met.", "~~So the board met.~~", "4 words struck out", 4, 0),
    ],
)
def test_words_that_are_struck_out_count_as_removed_and_say_why(old, new, why, removed, added):
    found = diff(f"{old}\n{LONG}", f"{new}\n{LONG}")
    assert found.explanation == f"{why} by the site in the first paragraph"
    assert (found.words_removed, found.words_added, found.typographic) == (removed, added, False)


def test_striking_out_a_sentence_weighs_what_its_removal_weighs():
    sentence = "In the end the board voted for half of the sum."
    whole = f"{LONG}\nThe net makers came. {sentence}"
    struck = diff(whole, whole.replace(sentence, f"~~{sentence}~~"))
    removed = diff(whole, whole.replace(f" {sentence}", ""))
    assert struck.significance == pytest.approx(removed.significance, abs=0.02)
    assert [text for op, text in struck.hunks[0].words if op != "="] == [f" {sentence}", f" ~~{sentence}~~"]


# Moved and edited

MOVING = "The crane of Ormhead lifts nets and boats in the early morning."


def test_a_paragraph_that_moved_and_was_edited_is_one_hunk_with_its_words():
    rest = "A second.\nThe third.\nA fourth."
    edited = MOVING.replace("nets", "barrels")
    found = diff(f"{MOVING}\n{rest}", f"{rest}\n{edited}")
    (hunk,) = found.hunks
    assert (hunk.op, hunk.old, hunk.new) == ("move", (MOVING,), (edited,))
    assert [text for op, text in hunk.words if op != "="] == [" nets", " barrels"]
    assert (found.words_removed, found.words_added) == (1, 1)
    assert found.explanation == "a paragraph moved to the fourth place and edited (1 word replaced)"


def test_two_paragraphs_that_changed_places_and_were_edited_are_each_the_same_paragraph():
    other = "Nobody pays the watchman of the gate since the storm of autumn."
    old = f"{MOVING}\nBetween.\n{other}"
    new = f"{other.replace('autumn', 'spring')}\nBetween.\n{MOVING.replace('nets', 'barrels')}"
    found = diff(old, new)
    assert sorted(hunk.op for hunk in found.hunks) == ["move", "move"]
    assert (found.words_removed, found.words_added) == (2, 2)


# Similarity


def test_a_text_is_like_itself_in_other_typography_and_unlike_another():
    persian = "خانواده‌ها در شهر گرد هم آمدند و نامه‌ای برای فرزندان خود نوشتند"
    assert similarity(persian, persian.replace("ی", "ي").replace("ک", "ك")) == 1.0
    assert similarity(persian, LONG) == 0.0


def test_one_word_of_a_long_persian_text_leaves_it_nearly_the_same():
    text = " ".join(f"واژهٔ شمارهٔ {n} از این نوشته" for n in "ابپتثجچحخدذرزژسشصضطظ")
    assert 0.9 < similarity(text, text.replace("ژ از", "ژ در")) < 1


@pytest.mark.parametrize(("a", "b", "expected"), [("", "", 1.0), ("", "word", 0.0), ("Yes.", "yes", 1.0)])
def test_short_and_empty_texts_have_a_similarity_too(a, b, expected):
    assert similarity(a, b) == expected


@pytest.mark.parametrize(
    ("old", "new", "typographic"),
    [
        ("He said “no” in 1998.", 'He said "no" in 1998.', True),
        ("He said “no” in 1998.", "He said “no” in 1999.", False),
        ("The final of it – a fish.", "The final of it – a ﬁsh.", True),
        ("See note [1] there.", "See note [2] there.", True),
        ("Write to me@sea.example soon.", "Write to [email protected] soon.", True),
    ],
)
def test_only_letters_that_no_typography_stands_for_show_at_once_that_words_differ(
    old: str, new: str, typographic: bool
):
    found = compare(TitledText("", old), TitledText("", new))
    assert found and found.typographic is typographic
