"""The words of closed lists as a reader sees them: kinds of changes, verdicts, states, outcomes, reasons.

In the database, in JSON and in addresses they stay English. A word that is in no list is shown as it is.
"""

from __future__ import annotations

from variorum.review.languages import N_, gettext

Known = frozenset[str]


def term(word: str | None) -> str:
    """The word in the current language."""
    return gettext(word) if word in TERMS else word or ""


OUTCOMES: Known = frozenset(
    [
        *(N_("ok"), N_("not modified"), N_("elsewhere"), N_("blocked"), N_("soft 404"), N_("truncated")),
        *(N_("suspect"), N_("wrong type"), N_("too large"), N_("maintenance"), N_("robots"), N_("address")),
        *(N_("timeout"), N_("failed"), N_("gone"), N_("moved")),
        # Errors, where there was no complete response.
        *(N_("dns"), N_("refused"), N_("cut"), N_("tls")),
    ]
)
"""What came of a fetch."""
TERMS: Known = OUTCOMES | frozenset(
    [
        # Kinds of changes, and of what else is in the history of a page. Each is said of a page.
        *(N_("new"), N_("edited"), N_("retitled"), N_("gone"), N_("returned"), N_("moved"), N_("template")),
        *(N_("baseline"), N_("drift"), N_("version"), N_("there")),
        # Verdicts on a change.
        *(N_("reviewed"), N_("important"), N_("noise")),
        # States of a page, and kinds of pages.
        *(N_("live"), N_("missing"), N_("frontier"), N_("article"), N_("listing"), N_("not known")),
        # Kinds of issues; `at_least` and `Retry-After` are names.
        *(N_("cut short"), N_("unreachable"), N_("run broke down"), N_("site moved"), N_("site file")),
        *(N_("no article"), N_("unlike expected"), N_("silence"), N_("trap"), N_("broken pages")),
        N_("many blocked"),
        *(N_("wordpress source"), N_("sitemap source"), N_("feed source"), N_("links source")),
        # How a run ended.
        *(N_("finished"), N_("budget"), N_("shutdown"), N_("refused"), N_("not begun")),
        *(N_("many missing"), N_("many changed")),
        # What a run is doing.
        *(N_("reading sources"), N_("fetching pages"), N_("finishing")),
    ]
)
