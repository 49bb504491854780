"""Takes the text from the element that a page marks as its text, as nearly every theme of a blog or paper
does.

If such an element has most of the probable text, it is the text: nothing in it gets lost, whatever the
classifier decides about a single line. Only known boilerplate is removed from it. A block outside is text
only if the classifier is very sure, as for a standfirst or notes.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from itertools import takewhile

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from variorum.crawler.extraction.classifier.classifier import Judged, knows
from variorum.crawler.extraction.html.blocks import Block, Place, blocks
from variorum.crawler.extraction.html.furniture import drop_furniture
from variorum.crawler.extraction.html.hints import outermost_marked
from variorum.crawler.extraction.html.stylesheet import StyleSheet
from variorum.crawler.extraction.html.teasers import drop_cards

MOST = 0.6
"""The share of the probable text that the element must have."""
BESIDE = 0.6
"""The least probability of a block outside the element."""
WITHIN = 0.15
"""The least probability of a block inside, relative to the mean of all inside."""
LIKELY = 0.6
"""The least probability of a block inside with a name of boilerplate."""
FEW = 6
MOST_OUTSIDE = 0.3
"""The share of text outside above which it is no standfirst and no note."""
LINKED = 0.8
"""The share of links from which a block leads elsewhere, and does not show where the text is."""
ENTRIES = frozenset(["li", "article", "div", "section"])
MANY = 3
"""The number of like places beside each other from which one of them is an entry of a list."""
CONTROLS = frozenset(["nav", "button", "dialog"])
OWN_POST = re.compile(r"(postid|page-id)-(?=\d+$)")


def marked_blocks(judged: Judged) -> list[Block] | None:
    """The blocks of the marked text, in order; None if the page marks none, or several."""
    every, found = judged.page.blocks, judged.probability
    says = [block.linked < LINKED and block.tag != "h1" for block in every]
    expected = found * np.array([len(block.words) for block in every]) * np.array(says)
    around = outermost_marked(block.place for block in every)
    holders = [around[block.place] for block in every]
    holder = _holder(holders, expected, sure=knows(judged))
    if holder is None:
        return None
    inside = [n for n, one in enumerate(holders) if one is holder]
    outside = [n for n in range(len(every)) if n < inside[0] or n > inside[-1]]
    sure = [
        n
        for n in outside
        if found[n] >= BESIDE and every[n].linked < LINKED and not _is_one_of_many(every[n], holder)
    ]
    if sum(len(every[n].words) for n in sure) > MOST_OUTSIDE * sum(len(every[n].words) for n in inside):
        sure = []
    before, after = ([every[n] for n in sure if (n < inside[0]) == first] for first in (True, False))
    mean = float(np.average(found[inside], weights=[len(every[n].words) + 1 for n in inside]))
    probable = [(every[n], float(found[n])) for n in inside]
    return [*before, *_within(holder, probable, WITHIN * mean, judged.page.url), *after]


def _is_one_of_many(block: Block, holder: Place) -> bool:
    """Whether a block outside is in an entry of a list, such as the lead of a teaser of another article."""
    around = set(holder.around())
    entries = takewhile(lambda place: place not in around, block.place.around())
    return any(
        place.tag in ENTRIES and place.above and place.above.alike[place.kind] >= MANY for place in entries
    )


def _within(holder: Place, inside: Sequence[tuple[Block, float]], least: float, url: str) -> list[Block]:
    """The blocks of the element with at least this probability, without improbable boilerplate."""
    element = holder.element
    sheet = StyleSheet.of(element.getroottree().getroot())
    drop_cards(element, url)
    there = set(element.iter())
    drop_furniture(element)
    left: defaultdict[HtmlElement, deque[Block]] = defaultdict(deque)
    for block in blocks(element, sheet):
        left[block.place.element].append(block)
    taken: list[Block] = []
    for block, probable in inside:
        at = block.place.element
        if left[at]:
            again = left[at].popleft()
            if probable >= least and not _is_control(block, holder):
                taken.append(again)
        elif at in there and probable >= LIKELY and len(block.words) >= FEW:
            taken.append(block)
    return taken


def _is_control(block: Block, holder: Place) -> bool:
    """Whether a block is in a control or menu within the element."""
    within = takewhile(lambda place: place is not holder, block.place.around())
    return any(place.tag in CONTROLS for place in within)


def _holder(holders: Sequence[Place | None], expected: NDArray[np.float64], *, sure: bool) -> Place | None:
    """Of the marked places around the blocks the one with most of the text; if the classifier is not
    `sure`, with any text."""
    known = dict.fromkeys(holder for holder in holders if holder is not None)
    own = [holder for holder in known if _is_own(holder)]
    if len(own) == 1 and len(known) > 1:
        return own[0]
    if len(known) != 1:
        return None
    (holder,) = known
    share = expected[[one is holder for one in holders]].sum()
    return holder if not sure or share >= MOST * expected.sum() else None


def _is_own(holder: Place) -> bool:
    """Whether a place belongs to the page's own post, if WordPress shows which of several that is."""
    around = list(holder.around())
    says = next((place.kind[1] for place in around if place.tag == "body"), "").split()
    own = {OWN_POST.sub("post-", name) for name in says if OWN_POST.match(name)}
    return any(place.element.get("id") in own for place in around)
