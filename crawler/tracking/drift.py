"""Whether a difference is ours: what stands on the page stood still, and only our choice of it moved.

The page's whole visible text is the second witness. Each block that a diff puts in or takes out is looked for
in both captures: where it stands as often in the one as in the other, the site did nothing to it.
"""

from __future__ import annotations

from crawler.boilerplate.template import Template, design_of
from crawler.diffing.diff import Diff
from crawler.page.blocks import blocks
from crawler.page.markup import parse
from crawler.reading.parts import split

MARK = "- "


def is_dress(diff: Diff, old: bytes, new: bytes, template: Template) -> bool:
    """True where one design shows a title and the other none: a theme may call «Untitled» what has no name.

    Raises ExtractionError for a capture that can't be parsed.
    """
    if diff.hunks or not diff.title or all(diff.title):
        return False
    before, after = (design_of(parse(split(body)[0], ""), template) for body in (old, new))
    return before != after


def is_ours(diff: Diff, old: bytes, new: bytes, url: str) -> bool:
    """True where no block that the diff changes came to, or left, the captured page.

    False where the title changed or blocks changed places: of these, text alone is no witness.
    Raises ExtractionError for a capture that can't be parsed.
    """
    if diff.title or any(hunk.op == "move" for hunk in diff.hunks):
        return False
    changed = {block.removeprefix(MARK) for hunk in diff.hunks for block in hunk.old + hunk.new}
    before, after = _visible(old, url), _visible(new, url)
    return bool(changed) and all(0 < before.count(block) == after.count(block) for block in changed)


def _visible(body: bytes, url: str) -> str:
    return "\n".join(line for part in split(body) for line in blocks(parse(part, url)))
