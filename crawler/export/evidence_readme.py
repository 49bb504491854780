"""Writes the README of an evidence folder: its contents, what is missing, and the commands that check it.

Commands have no text of the site: only numbers, digests and names of our own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from variorum.crawler.output.terminal import harmless
from variorum.storage.maintenance.evidence import Side
from variorum.storage.rows import ChangeRow
from variorum.storage.seals import START, SealRow

PRUNED = "the raw page was pruned, as the retention requires; its digest is in the seal"


def lacking(change: ChangeRow, sides: Sequence[Side], raw: Collection[int], captures: int) -> list[str]:
    """What a reader may miss in the folder, and why it is missing."""
    if not sides:
        return ["it concerns the site as a whole: it has no versions, raw pages or seals"]
    found = [
        f"version {side.version.number}: {_why_no_page(side)}"
        for side in sides
        if side.version.number not in raw
    ]
    if change.kind == "gone":
        found.append("after it there is no page: checks.jsonl lists the checks that did not find it")
    if change.seen_old is None:
        found.append("there was no page before it")
    if not captures:
        found.append("no raw page is stored, so there is no captures.warc.gz")
    return found


def _why_no_page(side: Side) -> str:
    if side.seal.body == "pruned":
        return PRUNED
    if side.version.extractor.startswith(("text of ", "excerpt of ")):
        return f"it came as a text ({side.capture.origin}), without the page that it was extracted from"
    return "its raw page is not stored"


def text(
    change: ChangeRow,
    sides: Sequence[Side],
    raw: Collection[int],
    captures: int,
    start: str,
    lacks: Sequence[str],
) -> str:
    """The README; `start` is the link before the first line of store-links.txt."""
    lines = [
        f"# Evidence for change {change.id}",
        "",
        *_about(change),
        "",
        "## Contents",
        "",
        *_files(change, sides, raw, captures),
        "",
        *(["## What is missing", "", *(f"- {one}" for one in lacks), ""] if lacks else []),
        "## How to check it",
        "",
        "In this folder, with `sh`, `sha256sum`, `grep`, `cut`, `zcat` and `python3` (on macOS,"
        " `shasum -a 256` and `gzcat`). Each of these fails if something was altered.",
        "",
        *_commands(sides, raw, captures, start),
        *(_meaning() if sides else []),
    ]
    return "".join(f"{line}\n" for line in lines)


def _about(change: ChangeRow) -> list[str]:
    checks = f"{change.checks_between} check{'s' * (change.checks_between != 1)}"
    happened = f"after {change.seen_old} and " if change.seen_old else ""
    return [
        f"- kind: {change.kind}",
        f"- page: {_one_line(change.url)}",
        *([f"- before at: {_one_line(change.old_url)}"] if change.old_url else []),
        f"- title: {_one_line(change.title or '')}",
        f"- it happened {happened}not after {change.seen_new}, with {checks} between"
        " that showed neither (UTC)",
        f"- found at: {change.found_at}{', from imported captures' * change.backfilled}",
    ]


def _one_line(text: str) -> str:
    """Text of a site within a line: without markup and line breaks."""
    return harmless(" ".join(text.split())).replace("`", "'").replace("<", "&lt;")


def _files(change: ChangeRow, sides: Sequence[Side], raw: Collection[int], captures: int) -> list[str]:
    names = {change.old_version: "before it", change.version: "after it"}
    if change.old_version == change.version:
        names = {change.version: "before and after it"}
    if change.page_removed:
        names = {change.version: "before it"}
    found = ["- `change.json`: the change, with its hunks", "- `diff.txt`: the same, to be read"]
    if change.page is not None:
        found.append("- `checks.jsonl`: each check of the page in that time, with its outcome")
    for side in sides:
        number = side.version.number
        found.append(
            f"- `version-{number}/`: the version {names.get(number, '')}; `text.txt` has title and text"
            + (", `page.bin` the raw page" if number in raw else "")
            + ", `about.json` the facts about both"
        )
    if captures:
        found.append("- `captures.warc.gz`: the captures at both ends, for pywb and others")
    if sides:
        found += [
            "- `page-seals.jsonl`: the seals of the page, a line each, as they were hashed",
            "- `store-links.txt`: of each seal of the whole store from then on, its number and its link in"
            " the chain of its page",
            "- `head.txt`: the last link of the store's chain when this folder was made",
        ]
    return [*found, "- `manifest-sha256.txt`: the digests of all these files"]


def _commands(sides: Sequence[Side], raw: Collection[int], captures: int, start: str) -> list[str]:
    found = [
        "Nothing was altered since this folder was written, and the JSON is complete:",
        *_block("sha256sum -c manifest-sha256.txt", "python3 -m json.tool change.json > /dev/null"),
    ]
    if captures:
        found += [
            "The captures can be unpacked:",
            *_block(_holds(f'"$(zcat captures.warc.gz | grep -a -c "^WARC-Type: re[sv]")" = {captures}')),
        ]
    if not sides:
        return found
    checks = [command for side in sides for command in _of_side(side, has_page=side.version.number in raw)]
    return [
        *found,
        "Each text, and each raw page, is the sealed one:",
        *_block(*checks),
        "The seals are linked in the page's chain, and that is part of the store's chain:",
        *_block(*_page_chain(len({side.seal.id for side in sides}), sides)),
        "The store's chain leads from there to its head (some hundred lines a second):",
        *_block(*_store_chain(start)),
    ]


def _of_side(side: Side, *, has_page: bool) -> list[str]:
    """The commands for one version; a seal's line has the digest of the text before that of the page."""
    folder, seal = f"version-{side.version.number}", side.seal
    digest = "sha256sum < {} | cut -c1-64"
    found = [
        f"digest=$({digest.format(f'{folder}/text.txt')})",
        _sealed(seal, "text_digest"),
    ]
    if has_page:
        found += [
            f"digest=$({digest.format(f'{folder}/page.bin')})",
            _sealed(seal, "body_digest"),
        ]
    return found


def _sealed(seal: SealRow, name: str) -> str:
    """The command that searches the line of the seal for the digest."""
    pattern = f'{{\\"id\\":{seal.id},\\"version\\":{seal.version},.*\\"{name}\\":\\"$digest\\"'
    return f'grep "^{pattern}" page-seals.jsonl'


def _holds(condition: str) -> str:
    """The command that succeeds with a message if the condition is true, and fails if not."""
    return f'[ {condition} ] && echo "this holds" || false'


def _page_chain(count: int, sides: Sequence[Side]) -> list[str]:
    wanted = "|".join(str(number) for number in sorted({side.seal.id for side in sides}))
    return [
        f"link={START}",
        "found=$(while IFS= read -r line; do",
        '  link=$(printf \'%s\\n%s\\n\' "$link" "$line" | sha256sum | cut -c1-64)',
        "  id=${line#*:}",
        '  echo "${id%%,*} $link"',
        f'done < page-seals.jsonl | grep -E "^({wanted}) " | grep -c -x -F -f store-links.txt)',
        _holds(f'"$found" = {count}'),
    ]


def _store_chain(start: str) -> list[str]:
    return [
        f"link={start}",
        "while read -r id page; do",
        '  link=$(printf \'%s\\n%s\\n\' "$link" "$page" | sha256sum | cut -c1-64)',
        "  head=$id:$link",
        "done < store-links.txt",
        _holds('"$head" = "$(cat head.txt)"'),
    ]


def _block(*commands: str) -> list[str]:
    return ["", "```sh", *commands, "```", ""]


def _meaning() -> list[str]:
    return [
        "## What this proves",
        "",
        "A seal is a line of JSON with the digests of a version, its address and its time. Its link in the"
        " chain of its page is the SHA-256 of the link before (64 zeros before the first), a line feed, the"
        " line and a line feed. Its link in the store's chain is the SHA-256 of the store's link before, a"
        " line feed, that link and a line feed. So nothing that was sealed can be altered and the head stay"
        " the same. That the store was not written anew as a whole shows where that head, or a later one that"
        " follows upon it, was noted elsewhere before anybody had a reason to do so.",
        "",
        "The site's own answers are not signed: that it sent these bytes, the person vouches for who ran the"
        " crawl. A version's last seal says what it is now; where its text was read anew by later rules, the"
        " seals before it are in the page's chain too, and `diff.txt` says what was told at the time.",
    ]
