"""A note by which a site admits an edit is recognised in six languages, and told with the change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blog import front, post, text_of
from tests.command import variorum
from tests.local_site import LocalSite
from tests.quick import Quick
from variorum.crawler.diffing.correction_notes import adds_note
from variorum.crawler.diffing.diff import TitledText, compare
from variorum.crawler.output.terminal import NOTED, SILENCE

NOTES = (
    "Correction: An earlier version of this article misstated the name.",
    "CORRECTION (12 May 2026) — The figure was wrong.",
    "[Update, 3 pm: the road is open again]",
    "An earlier version of this story said twelve.",
    "Editor’s note: we removed a name.",
    "*This article was amended on 3 May 2026.*",
    "In einer früheren Version dieses Artikels hieß es zwölf.",
    "Korrektur vom 3. Mai: es waren zwölf.",
    "Rectificatif du 3 mai : ils étaient douze.",
    "Cet article a été modifié le 3 mai.",
    "Korrigjim: numri ishte i gabuar.",
    "اصلاحیه: در نسخه پیشین نام اشتباه بود.",
    "به‌روزرسانی: جاده باز شد.",
    "تصحيح: ورد الاسم خطأ.",
    "تم تحديث هذا المقال.",
)
NO_NOTES = (
    "Correction officers were seen at the gate: none spoke.",
    "Updated figures show that the price rose.",
    "Update von Windows: so geht es.",
    "The correction: it came late.",
    "تصحيح المسار أولوية الحكومة",
    "اصلاحیه قانون اساسی تصویب شد",
    "Précisions et détails du projet",
)
TEXT = "The tower of the harbour is open again.\nIts keepers climb it at dusk."


def admitted(old: str, new: str) -> bool:
    """Whether the diff of the two texts adds a note."""
    found = compare(TitledText("t", old), TitledText("t", new))
    return found is not None and adds_note(found.hunks)


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_came_in_is_recognised_before_and_after_a_text(note: str) -> None:
    assert admitted(TEXT, f"{note}\n{TEXT}")
    assert admitted(TEXT, f"{TEXT}\n{note}")


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_stood_there_or_went_is_none_that_came_in(note: str) -> None:
    assert not admitted(f"{note}\n{TEXT}", TEXT)
    assert not admitted(f"{note}\n{TEXT}", f"{note}\n{TEXT}\nThe doors are blue now.")


@pytest.mark.parametrize("text", NO_NOTES)
def test_other_sentences_with_such_words_are_no_notes(text: str) -> None:
    assert not admitted(TEXT, f"{TEXT}\n{text}")


def test_the_change_says_that_the_site_noted_the_correction(local_site: LocalSite, tmp_path: Path) -> None:
    paths = ["/posts/lamp/", "/posts/mill/"]
    dated = '<meta property="article:modified_time" content="2026-03-01T10:00:00Z">'
    local_site.pages |= {path: post(path, head=dated) for path in paths} | {"/": front(paths)}
    watched = Quick.make(tmp_path / "w", local_site.url)
    watched.crawl()
    told = [*text_of("/posts/lamp/"), "Correction: An earlier version of this text gave a wrong number."]
    local_site.pages["/posts/lamp/"] = post("/posts/lamp/", head=dated, paragraphs=told)
    silent = [*text_of("/posts/mill/"), "The wheel was mended by two brothers from the next village."]
    local_site.pages["/posts/mill/"] = post("/posts/mill/", head=dated, paragraphs=silent)
    watched.crawl()
    found = {change.url.removeprefix(local_site.url): change for change in watched.changes()}
    lamp, mill = found["/posts/lamp/"], found["/posts/mill/"]
    assert lamp.explanation.endswith("; modified date not updated; the site noted a correction")
    assert mill.explanation.endswith("; modified date not updated")
    assert (lamp.silent, mill.silent) == (0, 1)
    assert NOTED in variorum("-C", watched.root, "show", lamp.id).stdout
    assert SILENCE[1] in variorum("-C", watched.root, "show", mill.id).stdout
