"""Rules tried on the stored history, pieces of a template decided by a person, and texts read anew."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.command import objects, variorum, workspace
from tests.tracked import HOME, Story
from variorum.crawler.config.site import load_sites
from variorum.crawler.config.workspace import load_workspace
from variorum.crawler.extraction.boilerplate.template import Template, TemplateOverride
from variorum.crawler.preview.rules import propose
from variorum.crawler.tracking.template_learning import known
from variorum.storage.store import Store

PATHS = [f"/story-{n}/" for n in range(6)]


def page(n: int, text: str = "calm", quote: str = "one") -> str:
    return (
        f"<html><head><title>River {n}</title></head><body><div class='menu'>Home and news</div>"
        f"<div class='entry-content'><p>River {n} was {text} at noon.</p><div class='quote-of-day'>"
        f"<p>Quote of the day: {quote}.</p></div></div><div class='foot'>Printed in Dunmore.</div>"
        "</body></html>"
    )


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose site has changed its quotation twice on three pages, and one article."""
    root = workspace(tmp_path_factory.mktemp("watched") / "w", riverside=f'url = "{HOME}/"\n')
    site = load_sites(root / "sites", {})["riverside"]
    with closing(Story(load_workspace(root).database, site)) as story:
        with story.run() as run:
            for n, path in enumerate(PATHS):
                run.sees(path, page(n, quote=f"quote {n}"))
            for path in run.requested_again():
                run.sees(path, page(PATHS.index(path), quote=f"quote {PATHS.index(path)}"))
        with story.run() as run:
            for n in range(3):
                run.sees(PATHS[n], page(n, quote=f"another {n}"))
        with story.run() as run:
            run.sees(PATHS[4], page(4, text="wild", quote="quote 4"))
        story.store.db.conn.execute("UPDATE changes SET verdict = 'important' WHERE id = 1")
        story.store.db.conn.commit()
    return root


@pytest.fixture
def root(watched: Path, tmp_path: Path) -> Path:
    """A copy of that workspace."""
    return Path(shutil.copytree(watched, tmp_path / "w"))


# ---- rules test


def test_a_draft_rule_tells_which_edits_it_would_have_hidden(root: Path) -> None:
    [found] = objects("-C", root, "rules", "test", "riverside", "--remove", ".quote-of-day")
    assert found == {
        "site": "riverside",
        "hidden": 3,
        "of": 4,
        "important": 1,
        "unreadable": 0,
        "changes": [3, 2, 1],
    }
    result = variorum("-C", root, "rules", "test", "riverside", "--remove", ".quote-of-day")
    assert "hidden 3 of the last 4 edits, 1 of them marked important" in result.stdout


def test_a_rule_that_matches_nothing_hides_nothing(root: Path) -> None:
    [found] = objects("-C", root, "rules", "test", "riverside", "--remove", ".no-such-box")
    assert (found["hidden"], found["of"]) == (0, 4)


def test_a_draft_select_that_leaves_the_article_out_says_what_it_could_not_read(root: Path) -> None:
    [found] = objects("-C", root, "rules", "test", "riverside", "--select", ".no-such-article")
    assert (found["hidden"], found["unreadable"]) == (0, 4)
    result = variorum("-C", root, "rules", "test", "riverside", "--select", ".no-such-article")
    assert "4 of them can't be extracted with this rule" in result.stderr


def test_rules_without_a_rule_or_with_a_bad_one_are_misuse(root: Path) -> None:
    assert variorum("-C", root, "rules", "test", "riverside").exit_code == 2
    bad = variorum("-C", root, "rules", "test", "riverside", "--remove", "p[")
    assert bad.exit_code == 2
    assert "no CSS selector" in bad.stderr


def test_the_narrowest_rule_that_would_have_hidden_a_change_is_proposed(root: Path) -> None:
    found = propose(load_workspace(root), 1)
    assert found == {
        "site": "riverside",
        "selector": ".quote-of-day",
        "toml": 'remove = [".quote-of-day"]',
        "hidden": 3,
        "of": 4,
        "important": 1,
    }


def test_no_rule_is_proposed_that_would_take_the_article_itself_away(root: Path) -> None:
    assert propose(load_workspace(root), 4) is None


# ---- template


def test_the_pieces_of_a_template_are_listed_with_their_evidence(root: Path) -> None:
    found = objects("-C", root, "template", "riverside")
    menu = next(one for one in found if "menu" in one["place"])
    assert (menu["decided"], menu["design"], menu["pages"] >= 3) == (None, "most", True)
    assert "Home and news" in variorum("-C", root, "template", "riverside").stdout or menu["why"] == "region"


def test_a_freed_piece_is_text_and_an_undone_decision_is_forgotten(root: Path) -> None:
    piece = objects("-C", root, "template", "riverside")[0]["id"]
    assert variorum("-C", root, "template", "riverside", "--free", piece).exit_code == 0
    decided = {one["id"]: one["decided"] for one in objects("-C", root, "template", "riverside")}
    assert decided[piece] == "freed"
    assert piece not in {one.id for one in template_of(root).pieces}
    variorum("-C", root, "template", "riverside", "--undo", piece)
    assert piece in {one.id for one in template_of(root).pieces}


def test_a_pinned_piece_stays_though_it_is_learned_no_more(root: Path) -> None:
    found = objects("-C", root, "template", "riverside")[0]
    variorum("-C", root, "template", "riverside", "--pin", found["id"])
    [decision] = [TemplateOverride(found["place"], found["text"], boilerplate=True)]
    assert {piece.id for piece in Template(version=9).decided([decision]).pieces} == {found["id"]}
    assert found["id"] in {piece.id for piece in template_of(root).pieces}


def test_a_decision_makes_no_change(root: Path) -> None:
    before = objects("-C", root, "changes")
    piece = next(one for one in objects("-C", root, "template", "riverside") if "foot" in one["place"])
    variorum("-C", root, "template", "riverside", "--free", piece["id"])
    site = load_sites(root / "sites", {})["riverside"]
    with closing(Story(load_workspace(root).database, site)) as story:
        story.later(days=2)
        with story.run() as run:
            run.sees(PATHS[5], page(5, quote="quote 5").replace("</body>", "<!-- other bytes --></body>"))
    assert objects("-C", root, "changes") == before


def test_an_unknown_piece_and_a_site_without_a_run_are_misuse(root: Path, tmp_path: Path) -> None:
    unknown = variorum("-C", root, "template", "riverside", "--free", "00000000")
    assert (unknown.exit_code, "has no piece" in unknown.stderr) == (2, True)


def template_of(root: Path) -> Template:
    with closing(Store.open(load_workspace(root).database)) as store:
        return known(store, "riverside")


# ---- reextract


def test_reading_all_texts_again_tells_what_differs_and_makes_no_change(root: Path) -> None:
    before = objects("-C", root, "changes")
    (root / "sites" / "riverside.toml").write_text(f'url = "{HOME}/"\nremove = ".quote-of-day"\n')
    result = objects("-C", root, "reextract", "riverside", "--dry-run")
    assert result == objects("-C", root, "reextract", "riverside")
    assert {one["url"].removeprefix(HOME) for one in result} == set(PATHS)
    assert result[0]["lost"] == ["Quote of the day: quote 0."]
    assert result[0]["gained"] == []
    assert objects("-C", root, "changes") == before
    assert "Quote" not in variorum("-C", root, "text", f"{HOME}/story-0/").stdout


def test_where_nothing_is_read_otherwise_nothing_is_told(root: Path) -> None:
    variorum("-C", root, "reextract")
    result = variorum("-C", root, "reextract", "--json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Every version was already extracted by the current rules.\n"
