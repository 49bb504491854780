"""Adding, editing, pausing, renaming and removing sites on the review page, as the command line does it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.blog import front, sitemap
from tests.command import Press, next_second, variorum, workspace
from tests.local_site import LocalSite, article
from tests.managed import Office, office
from tests.reviewed import BASE
from variorum.crawler.config.site import load_site
from variorum.crawler.errors import Misuse
from variorum.crawler.lock import held, run_lock, watch_lock
from variorum.crawler.managing.site_files import Draft, draft_of, write
from variorum.crawler.times import iso, now
from variorum.storage.reader import Reader
from variorum.storage.store import Store

ONE = '# Ours.\nurl = "https://one.example/"  # since May\n'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """A workspace of one site that was never crawled."""
    with office(workspace(tmp_path, one=ONE)) as found:
        yield found


@pytest.fixture
def crawled(press: Press, tmp_path: Path) -> Iterator[Office]:
    """A workspace of one site that was crawled."""
    shutil.copytree(press.root, tmp_path / "press")
    with office(replace(press, root=tmp_path / "press").root) as found:
        yield found


# ---- edit


def test_an_edit_is_shown_as_a_difference_before_it_is_written(desk: Office) -> None:
    text = ONE + 'every = "1h"\n'
    shown = desk.post("/site/one/file", {"text": text, "do": "show"})
    assert "<ins>every = &#34;1h&#34;</ins>" in shown.text
    assert desk.file("one").read_text() == ONE
    assert desk.write("one", text).headers["location"] == "/site/one/file?done=written"
    assert desk.file("one").read_text() == text
    assert "The file is written" in desk.text("/site/one/file?done=written")


def test_faults_are_named_and_never_written(desk: Office) -> None:
    bad = ONE + 'evry = "1h"\nbudget = 0\n'
    shown = desk.post("/site/one/file", {"text": bad, "do": "show"})
    assert shown.status_code == 422
    assert "evry: unknown key; did you mean &#34;every&#34;?" in shown.text
    digest = desk.digest(desk.post("/site/one/file", {"text": ONE + "delay = 2\n", "do": "show"}).text)
    assert desk.post("/site/one/file", {"text": bad, "do": "write", "digest": digest}).status_code == 409
    assert desk.file("one").read_text() == ONE
    told = desk.post("/site/one/file/faults", {"text": bad}).json()["faults"]
    assert [fault.partition(":")[0] for fault in told] == ["evry", "budget"]
    assert desk.post("/site/one/file/faults", {"text": ONE}).json() == {"faults": []}


def test_an_edit_by_somebody_else_in_the_meantime_is_kept(desk: Office) -> None:
    shown = desk.post("/site/one/file", {"text": ONE + "delay = 2\n", "do": "show"})
    desk.file("one").write_text(ONE + "delay = 9\n")
    form = {"text": ONE + "delay = 2\n", "do": "write", "digest": desk.digest(shown.text)}
    answer = desk.post("/site/one/file", form)
    assert (answer.status_code, "was changed or removed meanwhile" in answer.text) == (409, True)
    assert desk.file("one").read_text() == ONE + "delay = 9\n"


def test_of_many_who_write_at_once_one_is_told_that_it_is_written(desk: Office) -> None:
    texts = [f"{ONE}delay = {seconds}\n" for seconds in range(1, 9)]
    drafts = [draft_of(desk.workspace, "one", text) for text in texts]
    written = []

    def save(draft: Draft) -> None:
        with suppress(Misuse):
            write(draft, draft.digest)
            written.append(draft.text)

    with ThreadPoolExecutor(len(drafts)) as pool:
        list(pool.map(save, drafts))
    assert written == [desk.file("one").read_text()]


def test_a_link_that_leads_nowhere_breaks_no_page(desk: Office) -> None:
    desk.file("gone").symlink_to("/nowhere/gone.toml")
    assert desk.client.get("/").status_code == 200
    assert desk.client.get("/site/gone/file").status_code in (404, 409)


def test_a_folder_that_refuses_is_named(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, _: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("variorum.crawler.managing.site_files.write_whole", refuse)
    answer = desk.write("one", ONE + "delay = 2\n")
    assert (answer.status_code, "one.toml: Permission denied" in answer.text) == (503, True)


def test_lists_that_are_nested_too_deep_are_a_fault(desk: Office) -> None:
    told = desk.post("/site/one/file/faults", {"text": "x = " + "[" * 5000}).json()["faults"]
    assert "nested too deep" in told[0]


def test_a_file_keeps_its_kind_of_line_breaks(desk: Office) -> None:
    desk.file("one").write_bytes(ONE.replace("\n", "\r\n").encode())
    assert "\\u000d" not in desk.text("/site/one/file")
    desk.write("one", ONE + "delay = 2\n")
    assert desk.file("one").read_bytes() == (ONE + "delay = 2\n").replace("\n", "\r\n").encode()


def test_two_sites_never_start_at_one_address(desk: Office) -> None:
    form = {"text": 'url = "https://one.example"\n', "do": "show"}
    assert "it is watched already, as one" in desk.post("/site/two/file", form).text


@pytest.mark.parametrize("name", ["..", "UPPER", ".hidden", "a%0Ab", "a" * 101, "two.json"])
def test_a_name_that_no_site_can_have_gets_no_file(desk: Office, name: str) -> None:
    form = {"text": 'url = "https://two.example/"\n', "do": "write", "digest": ""}
    assert desk.post(f"/site/{name}/file", form).status_code in (404, 405, 409)
    assert [path.name for path in desk.workspace.sites_folder.iterdir()] == ["one.toml"]


# ---- pause


def test_a_pause_writes_what_the_command_writes(desk: Office) -> None:
    shown = desk.post("/site/one/pause", {"until": "2999-12-24"})
    assert "<ins>paused = 2999-12-24</ins>" in shown.text
    assert desk.file("one").read_text() == ONE
    desk.write("one", ONE + "paused = 2999-12-24\n")
    assert "paused until 2999-12-24" in desk.text("/site/one/file")
    resumed = desk.post("/site/one/pause", {"resume": "1"})
    assert "<del>paused = 2999-12-24</del>" in resumed.text


def test_a_pause_ends_on_a_later_day_or_is_refused(desk: Office) -> None:
    answer = desk.post("/site/one/pause", {"until": "2020-01-01"})
    assert (answer.status_code, "is not after today" in answer.text) == (400, True)


# ---- rename and remove


def test_a_renamed_site_keeps_its_history(crawled: Office) -> None:
    assert crawled.post("/site/press/rename", {"new": "towns"}).headers["location"].startswith("/site/towns/")
    assert not crawled.file("press").exists()
    assert "The bridge" in crawled.text("/?site=towns&reviewed=all")
    taken = crawled.post("/site/towns/rename", {"new": "towns"})
    assert (taken.status_code, "choose another name" in taken.text) == (409, True)


def test_a_removal_says_what_goes_and_wants_the_name(crawled: Office) -> None:
    assert "7 pages, 9 versions, 5 changes" in crawled.text("/site/press/remove")
    assert crawled.post("/site/press/remove", {"what": "all", "sure": "pres"}).status_code == 400
    assert crawled.file("press").exists()
    assert crawled.post("/site/press/remove", {"what": "all", "sure": "press"}).status_code == 303
    assert not crawled.file("press").exists()
    crawled.text("/site/press/remove", status=404)
    assert variorum("-C", crawled.workspace.root, "changes").stdout == ""


def test_a_removed_file_leaves_a_history_that_can_be_read_and_removed_later(crawled: Office) -> None:
    crawled.post("/site/press/remove", {"what": "file", "sure": "press"})
    assert "Its file is gone" in crawled.text("/site/press")
    assert "The bridge" in crawled.text("/?reviewed=all")
    assert crawled.post("/site/press/remove", {"what": "all", "sure": "press"}).status_code == 303
    assert "The bridge" not in crawled.text("/?reviewed=all")


def test_nothing_is_removed_while_a_run_writes(crawled: Office) -> None:
    with held(run_lock(crawled.workspace.database, "press"), "a run of press"):
        assert crawled.post("/site/press/remove", {"what": "all", "sure": "press"}).status_code == 409
    assert crawled.file("press").exists()


# ---- run now


def due(desk: Office) -> str | None:
    with closing(Reader.open(desk.workspace.database)) as reader:
        row = reader.site("one")
    return row.next_due if row else None


def test_a_run_that_is_asked_for_is_due_at_once_for_the_daemon(desk: Office) -> None:
    with closing(Store.open(desk.workspace.database)) as store:
        store.enrol("one", "https://one.example/")
        store.set_next_due("one", "2999-01-01T00:00:00Z", "every 6h, UTC", 0)
    assert desk.post("/site/one/run", {}).headers["location"] == "/site/one/file?done=run"
    assert (due(desk) or "9") <= iso(now())
    with closing(Reader.open(desk.workspace.database)) as reader:
        row = reader.site("one")
    assert ((row is not None and row.asked_at) or "9") <= iso(now())
    assert "No <code>variorum watch</code> runs in this workspace" in desk.text("/site/one/file?done=run")
    with held(watch_lock(desk.workspace.database), "`variorum watch`"):
        assert "The run starts now." in desk.text("/site/one/file?done=run")


def test_a_run_that_was_asked_for_is_told_with_what_it_brought_once_it_has_ended(crawled: Office) -> None:
    crawled.post("/site/press/run", {})
    address = "/site/press/file?done=run"
    next_second()
    assert "the last run ended" not in crawled.text(address)
    assert variorum("-C", crawled.workspace.root, "crawl", "press").exit_code == 0
    with closing(Reader.open(crawled.workspace.database)) as reader:
        last = reader.last_run("press")
    assert last and last.ended_at
    for told in (crawled.text(address), crawled.text("/site/press")):
        assert f'the last run ended <time datetime="{last.ended_at}"' in told
        assert f"<span>fetched: {last.fetched}</span>" in told
    assert "The run starts" not in crawled.text(address)
    assert 'href="/?site=press"' in crawled.text(address)


def test_no_run_is_asked_for_of_a_site_that_is_paused_or_crawled(desk: Office) -> None:
    with held(run_lock(desk.workspace.database, "one"), "a run of one"):
        assert "is being crawled now" in desk.post("/site/one/run", {}).text
    desk.write("one", ONE + "paused = true\n")
    assert "resume it first" in desk.post("/site/one/run", {}).text
    assert due(desk) is None


def test_quiet_hours_and_retry_after_are_said_to_delay_the_run(desk: Office) -> None:
    with held(watch_lock(desk.workspace.database), "`variorum watch`"):
        hour = now().hour
        desk.write("one", ONE + f'quiet = "{hour:02}:00-{(hour + 2) % 24:02}:00"\n')
        desk.post("/site/one/run", {})
        assert "after the quiet hours" in desk.text("/site/one/file?done=run")
        with closing(Store.open(desk.workspace.database)) as store:
            store.rest("one", "2999-01-01T00:00:00Z")
        shown = desk.text("/site/one/file?done=run")
        assert "(Retry-After): the run starts after <time" in shown
        assert "1 Jan 2999" in shown


# ---- add


@pytest.fixture
def blog(local_site: LocalSite) -> LocalSite:
    """A small site with a sitemap."""
    pages = {
        f"/{n}/": article(f"Mill {n}", f"The mill number {n} grinds the corn of the village {n}.")
        for n in range(4)
    }
    local_site.pages |= {
        "/": front(list(pages)),
        "/sitemap.xml": sitemap(local_site.url, list(pages)),
        **pages,
    }
    return local_site


def test_a_site_is_probed_and_previewed_and_only_then_added(tmp_path: Path, blog: LocalSite) -> None:
    with office(workspace(tmp_path)) as desk:
        (tmp_path / "variorum.toml").write_text("[defaults]\ndelay = 0\n")
    with office(tmp_path) as desk:
        shown = desk.post("/sites/new", {"url": f"{blog.url}/", "name": "mills"})
        assert shown.status_code == 200, shown.text
        assert "sitemaps: " in shown.text
        assert shown.text.count('<p class="sample"') >= 3
        assert list(desk.workspace.sites_folder.iterdir()) == []
        text = variorum("-C", tmp_path, "add", blog.url, "--name", "mills").stdout.rstrip("\n") + "\n"
        assert desk.file("mills").read_text() == text
        desk.file("mills").unlink()
        assert desk.write("mills", text).status_code == 303
        assert desk.file("mills").read_text() == text
        assert "is watched already" in desk.post("/sites/new", {"url": blog.url}).text


def test_one_page_alone_is_added(tmp_path: Path, blog: LocalSite) -> None:
    (workspace(tmp_path) / "variorum.toml").write_text("[defaults]\ndelay = 0\n")
    with office(tmp_path) as desk:
        shown = desk.post("/sites/new", {"url": f"{blog.url}/2/", "page": "1"})
        assert "watch = &#34;all&#34;" in shown.text
        assert shown.text.count('<li class="card">') == 1


@pytest.mark.parametrize("url", ["", "no address", "http://127.0.0.1:1/", "ftp://example.org/"])
def test_an_address_that_cannot_be_read_is_told_beside_the_form(desk: Office, url: str) -> None:
    answer = desk.post("/sites/new", {"url": url})
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_a_page_for_a_script_says_that_it_must_be_rendered(desk: Office, local_site: LocalSite) -> None:
    local_site.pages["/app/"] = (
        "<!doctype html><title>App</title><div id=root></div>"
        "<noscript>You need to enable JavaScript to run this app.</noscript><script src=a.js></script>"
    )
    answer = desk.post("/sites/new", {"url": f"{local_site.url}/app/", "page": "1"})
    assert (answer.status_code, "`render = true`" in answer.text) == (422, True)
    assert "--render" not in answer.text


# ---- who may


def test_no_site_is_changed_where_the_settings_forbid_it(tmp_path: Path) -> None:
    (workspace(tmp_path, one=ONE) / "variorum.toml").write_text("[review]\nmanage = false\n")
    with office(tmp_path) as desk:
        for address in ("/sites/new", "/site/one/file", "/site/one/remove"):
            desk.text(address, status=404)
        assert "Add a site" not in desk.text("/sites")


FORMS = ["/sites/new", "/site/one/file", "/site/one/file/faults", "/site/one/pause", "/site/one/rename",
         "/site/one/remove", "/site/one/run"]  # fmt: skip


@pytest.mark.parametrize("address", FORMS)
def test_no_form_is_taken_from_another_page_or_without_our_token(desk: Office, address: str) -> None:
    form = {"text": "", "do": "write", "new": "two", "what": "all", "sure": "one", "url": BASE}
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert desk.post(address, form, **foreign).status_code == 403
    assert desk.post(address, form | {"token": "x"}).status_code == 403
    assert desk.file("one").read_text() == ONE
    assert load_site(desk.file("one"))
