"""Made-up articles in five languages, for sites that are made up too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.truth.articles import Article


@dataclass(frozen=True, slots=True)
class Tongue:
    """What articles of one language are made of. `{n}` is a number, `{place}` and `{name}` are names."""

    code: str
    titles: tuple[str, ...]
    sentences: tuple[str, ...]
    places: tuple[str, ...]
    names: tuple[str, ...]


ENGLISH = Tongue(
    "en",
    ("A new bridge for {place}", "{name} leaves {place} after {n} days", "What {place} owes {name}"),
    (
        "The council of {place} met on Monday and approved the plan with {n} votes.",
        "{name} said that the work was not yet finished, and that nobody knew when it would be.",
        "In {n} households the water has been cut off since spring.",
        "Critics say the money could have been spent better.",
        "“We have waited long enough”, {name} told the reporters who stood outside.",
        "The harbour was closed for {n} hours while divers looked for the anchor.",
        "Two years ago the same question was put to the court, which has not answered it.",
        "A letter that {name} wrote to the mayor of {place} remained without reply.",
        "There are {n} trees along the road, and each has a number of its own.",
        "Nothing of this was mentioned in the report that appeared in March.",
        "The school will reopen when the roof is mended; until then lessons are held in {place}.",
        "{name} was born in {place} and has lived there for {n} years.",
        "Those who came by train had to walk the last mile.",
        "It was the first time since the war that the bells were heard on both banks of the river.",
    ),
    ("Riverside", "Old Harbour", "Kelmore", "Tarn", "Saltmarsh"),
    ("Ada Quill", "Tom Barrow", "Mrs Finch", "Jonas Reed", "Dr Amsel"),
)
PERSIAN = Tongue(
    "fa",
    ("گزارش تازه از {place}", "{name} پس از {n} روز به {place} بازگشت", "پرسش‌های مردم {place}"),
    (
        "شورای شهر {place} روز دوشنبه این طرح را با {n} رأی تصویب کرد.",
        "{name} گفت که کار هنوز تمام نشده است و کسی نمی‌داند کی تمام می‌شود.",
        "در {n} خانه از بهار تاکنون آب قطع است.",
        "منتقدان می‌گویند که این پول را می‌شد بهتر خرج کرد.",
        "«ما به اندازهٔ کافی صبر کرده‌ایم»؛ این را {name} به خبرنگاران گفت.",
        "نامه‌ای که {name} به شهردار {place} نوشته بود، بی‌پاسخ ماند.",
        "کنار این جاده {n} درخت هست و هر درخت شماره‌ای دارد.",
        "در گزارشی که در اسفند منتشر شد، چیزی از این موضوع نیامده بود.",
        "مدرسه پس از تعمیر سقف باز می‌شود و تا آن روز کلاس‌ها در {place} برگزار می‌شوند.",
        "کسانی که با قطار آمده بودند، راه آخر را پیاده رفتند.",
    ),
    ("سبزدشت", "کهن‌رود", "نیک‌آباد", "بندر کوچک"),
    ("مینا رستگار", "آقای پاینده", "سهراب نیک‌نام", "خانم یزدانی"),
)
ARABIC = Tongue(
    "ar",
    ("تقرير جديد من {place}", "{name} يعود إلى {place} بعد {n} يوما", "أسئلة أهل {place}"),
    (
        "وافق مجلس {place} يوم الاثنين على الخطة بأغلبية {n} صوتا.",
        "وقال {name} إن العمل لم ينته بعد ولا أحد يعرف متى ينتهي.",
        "وانقطعت المياه عن {n} منزلا منذ الربيع.",
        "ويرى المنتقدون أنه كان من الممكن إنفاق المال على نحو أفضل.",
        "«لقد انتظرنا بما فيه الكفاية»، هكذا قال {name} للصحفيين أمام الباب.",
        "وبقيت الرسالة التي كتبها {name} إلى رئيس بلدية {place} دون رد.",
        "وعلى جانب الطريق {n} شجرة لكل منها رقم خاص بها.",
        "ولم يرد شيء من ذلك في التقرير الذي صدر في آذار.",
        "وستفتح المدرسة أبوابها بعد إصلاح السقف.",
    ),
    ("عين الريم", "وادي الزيتون", "الميناء القديم"),
    ("سلمى حداد", "السيد منصور", "يوسف الخطيب"),
)
ALBANIAN = Tongue(
    "sq",
    ("Një urë e re për {place}", "{name} kthehet në {place} pas {n} ditësh"),
    (
        "Këshilli i {place} u mblodh të hënën dhe miratoi planin me {n} vota.",
        "{name} tha se puna nuk ka përfunduar ende dhe askush nuk e di se kur do të përfundojë.",
        "Në {n} shtëpi nuk ka ujë që nga pranvera.",
        "Kritikët thonë se paratë mund të ishin shpenzuar më mirë.",
        "«Kemi pritur mjaft», u tha {name} gazetarëve para derës.",
        "Letra që {name} i shkroi kryetarit të {place} mbeti pa përgjigje.",
        "Përgjatë rrugës ka {n} pemë dhe secila ka numrin e vet.",
    ),
    ("Gurras", "Ujëmirë", "Porti i Vjetër"),
    ("Agim Deti", "Zonja Lule", "Besa Mali"),
)
GERMAN = Tongue(
    "de",
    ("Eine neue Brücke für {place}", "{name} kehrt nach {n} Tagen nach {place} zurück"),
    (
        "Der Rat von {place} hat dem Plan am Montag mit {n} Stimmen zugestimmt.",
        "{name} sagte, die Arbeit sei nicht fertig, und niemand wisse, wann sie es sein werde.",
        "In {n} Haushalten gibt es seit dem Frühjahr kein Wasser.",
        "Kritiker meinen, das Geld hätte besser ausgegeben werden können.",
        "„Wir haben lange genug gewartet“, sagte {name} den Reportern vor der Tür.",
        "Der Brief, den {name} an die Bürgermeisterin von {place} schrieb, blieb ohne Antwort.",
        "Entlang der Straße stehen {n} Bäume, und jeder hat seine eigene Nummer.",
        "Im Bericht vom März ist davon nicht die Rede.",
    ),
    ("Moorhausen", "Alt-Weiden", "Steinfurth"),
    ("Herr Lindner", "Klara Voss", "Frau Doktor Amsel"),
)
TONGUES = (ENGLISH, PERSIAN, ENGLISH, ARABIC, GERMAN, ENGLISH, PERSIAN, ALBANIAN, ENGLISH, ENGLISH, GERMAN)
"""In this order, over and over."""


def articles(count: int, rng: Random, tongues: Sequence[Tongue] = TONGUES) -> list[Article]:
    """So many articles, no two with the same title."""
    found: dict[str, Article] = {}
    while len(found) < count:
        article = _article(tongues[len(found) % len(tongues)], rng)
        found.setdefault(article.title, article)
    return list(found.values())


def _article(tongue: Tongue, rng: Random) -> Article:
    sentences = rng.sample(tongue.sentences, len(tongue.sentences))
    paragraphs = []
    while sentences:
        some = [sentences.pop() for _ in range(min(len(sentences), rng.randint(1, 3)))]
        paragraphs.append(" ".join(_filled(sentence, tongue, rng) for sentence in some))
    paragraphs = paragraphs[: rng.randint(3, len(paragraphs))]
    return Article(_filled(rng.choice(tongue.titles), tongue, rng), tuple(paragraphs))


def _filled(sentence: str, tongue: Tongue, rng: Random) -> str:
    return sentence.format(
        n=rng.randint(12, 998), place=rng.choice(tongue.places), name=rng.choice(tongue.names)
    )
