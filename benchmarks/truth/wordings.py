"""Words, sentences and paragraphs to put into articles, in the languages of the posts."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """What may be put into an article of one language."""

    words: tuple[str, ...]
    negations: tuple[tuple[str, str], ...]
    """What is said, and how it is denied."""
    sentences: tuple[str, ...]
    paragraphs: tuple[str, ...]
    """With a place for a number, which makes them new."""
    short: tuple[str, ...]


ENGLISH = Wording(
    words=("harbour", "orchard", "teachers", "bridge", "lantern", "southern", "yesterday", "quietly"),
    negations=(
        ("is", "is not"),
        ("was", "was not"),
        ("are", "are not"),
        ("were", "were not"),
        ("has", "has not"),
        ("have", "have not"),
        ("will", "will not"),
        ("could", "could not"),
    ),
    sentences=(
        "Nobody at the office wanted to say more about it.",
        "A second letter arrived two weeks later.",
        "The court will hear the matter in spring.",
    ),
    paragraphs=(
        "Correction: an earlier version of this text named {number} persons where there were fewer.",
        "The ministry answered on Tuesday that file {number} had been lost, and that it would look again.",
        "On that evening {number} people stood in front of the gate, and hardly one of them spoke.",
    ),
    short=("Updated on Monday.", "It rained.", "More to follow."),
)
PERSIAN = Wording(
    words=("باغ", "فردا", "معلمان", "آرام", "چراغ", "جنوبی", "روزنامه", "خانه"),
    negations=(
        ("است", "نیست"),
        ("بود", "نبود"),
        ("شد", "نشد"),
        ("دارد", "ندارد"),
        ("دارند", "ندارند"),
        ("می‌شود", "نمی‌شود"),
        ("می‌توانند", "نمی‌توانند"),
        ("کردند", "نکردند"),
        ("می‌گویند", "نمی‌گویند"),
    ),
    sentences=("هیچ‌کس در دفتر پاسخی نداد.", "نامهٔ دوم دو هفته بعد رسید.", "دادگاه در بهار به آن می‌پردازد."),
    paragraphs=(
        "تصحیح: در نسخهٔ پیشین این نوشته به‌اشتباه از {number} نفر نام برده شده بود.",
        "آن شب {number} نفر جلوی در ایستاده بودند و کمتر کسی سخن می‌گفت.",
    ),
    short=("این خبر به‌روز شد.", "باران می‌بارید."),
)
ARABIC = Wording(
    words=("البستان", "غدا", "المعلمون", "بهدوء", "الجنوبي", "الصحيفة", "المنزل"),
    negations=(
        ("وطالبت", "ولم تطالب"),
        ("وحضر", "ولم يحضر"),
        ("وقال", "وما قال"),
        ("وقالت", "وما قالت"),
        ("وتضم", "ولا تضم"),
        ("وسيقدم", "ولن يقدم"),
        ("نريد", "لا نريد"),
    ),
    sentences=("ولم يرد أحد في المكتب على السؤال.", "ووصلت رسالة ثانية بعد أسبوعين."),
    paragraphs=(
        "تصحيح: ذكرت نسخة سابقة من هذا النص خطأ {number} شخصا.",
        "وقف في ذلك المساء {number} شخصا أمام الباب ولم يتكلم منهم إلا القليل.",
    ),
    short=("تم التحديث يوم الاثنين.", "وهطل المطر."),
)
ALBANIAN = Wording(
    words=("kopshti", "dje", "mësuesit", "qetësisht", "fanari", "jugore", "gazeta"),
    negations=(
        ("është", "nuk është"),
        ("janë", "nuk janë"),
        ("ka", "nuk ka"),
        ("do", "nuk do"),
        ("tha", "nuk tha"),
        ("u mbajt", "nuk u mbajt"),
    ),
    sentences=("Askush në zyrë nuk deshi të thoshte më shumë.", "Një letër e dytë mbërriti dy javë më vonë."),
    paragraphs=(
        "Ndreqje: një variant i mëparshëm i këtij teksti përmendte gabimisht {number} veta.",
        "Atë mbrëmje {number} veta qëndruan para derës dhe pothuajse askush nuk foli.",
    ),
    short=("U përditësua të hënën.", "Binte shi."),
)
GERMAN = Wording(
    words=("Garten", "gestern", "Lehrerinnen", "leise", "Laterne", "südlichen", "Zeitung"),
    negations=(
        ("ist", "ist nicht"),
        ("sind", "sind nicht"),
        ("war", "war nicht"),
        ("wird", "wird nicht"),
        ("hat", "hat nicht"),
        ("sagte", "sagte nicht"),
        ("kostet", "kostet nicht"),
    ),
    sentences=("Im Amt wollte niemand mehr dazu sagen.", "Ein zweiter Brief kam zwei Wochen später."),
    paragraphs=(
        "Berichtigung: In einer früheren Fassung war von {number} Personen die Rede.",
        "An jenem Abend standen {number} Menschen vor dem Tor, und kaum einer sprach.",
    ),
    short=("Ergänzt am Montag.", "Es regnete."),
)
SIGNS = (
    (PERSIAN, re.compile(r"[پچژگی‌ۀٔ]")),
    (ARABIC, re.compile(r"[\u0600-\u06ff]")),
    (ALBANIAN, re.compile(r"\b(një|dhe|është|për|të|nga)\b")),
    (GERMAN, re.compile(r"\b(der|die|und|nicht|das|ist|für)\b")),
)


def of(text: str) -> Wording:
    """The wording for the language of a text; English where nothing tells another."""
    return next((wording for wording, sign in SIGNS if sign.search(text)), ENGLISH)
