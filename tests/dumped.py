"""Dumps of pages of a small town's paper, as somebody may have kept them."""

from __future__ import annotations

from collections.abc import Sequence

BRIDGE = "The bridge was built in 1887 by people whose names nobody in the town can tell."
RIVER = "The river has risen by more than a metre and a half since the first day of March."
MARKET = "On Monday mornings the market begins before the sun is up, and ends when the last fish is sold."
LONG = " ".join(
    f"Sentence number {number} of a report on the river, like no other in it." for number in range(12)
)

MENU = """\
Riverside News
  • Home
  • News
  • About us
  • Contact us
"""
SHARE = "FacebookTwitterPinterestWhatsappTelegramSkypeEmail"


def below(*entries: tuple[str, str, Sequence[str], str]) -> str:
    """An archive whose articles end with their dates."""
    return "".join(
        f"A picture\n{category}\n\n{title}\n\n" + "\n\n".join(paragraphs) + f"\n\n{day} 0 comments\n{SHARE}\n"
        for category, title, paragraphs, day in entries
    )


ARCHIVE = below(
    ("Town", "The bridge is open", [BRIDGE, RIVER], "March 3, 2020"),
    ("River", "Water at the mill", [RIVER, "Nobody was hurt.", MARKET], "March 2, 2020"),
    ("Town", "A market on Monday", [MARKET], "February 27, 2020"),
)


def single(title: str, *paragraphs: str, day: str = "March 3, 2020") -> str:
    return f"{MENU}\n{title}\n\n{day}\n\n" + "\n\n".join(paragraphs)


def spaced(*paragraphs: str) -> str:
    """Paragraphs with blank lines between them."""
    return "\n\n".join(paragraphs) + "\n"
