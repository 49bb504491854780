"""The filters that a reviewer chose, kept in the query of every URL. Pure but for the clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException

from variorum.storage.queries.change_list import KINDS, REVIEWED, SHELVES, Filters

MOST_LETTERS = 300
AGO = re.compile(r"(\d{1,5})([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parsed(query: Mapping[str, str]) -> Filters:
    """The filters that a query names. Raises HTTPException with 400 if one is invalid."""
    given = given_in(query, NAMES)
    return Filters(
        site=given["site"] or None,
        tag=given["tag"] or None,
        kind=one_of("kind", given["kind"], KINDS) or None,
        language=given["language"] or None,
        since=moment("since", given["since"]) if given["since"] else None,
        until=moment("until", given["until"], end=True) if given["until"] else None,
        weight=_weight(given["weight"]) if given["weight"] else 0.0,
        reviewed=one_of("reviewed", given["reviewed"], REVIEWED) or "no",
        words=given["words"],
        shelf=one_of("shelf", given["shelf"], SHELVES) or "news",
    )


def given_in(query: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The values of a query under these names. Raises HTTPException with 400 if one is longer than anybody
    types."""
    given = {name: query.get(name, "").strip() for name in names}
    for name, value in given.items():
        if len(value) > MOST_LETTERS:
            raise HTTPException(400, f"{name}: longer than {MOST_LETTERS} letters")
    return given


NAMES = tuple(field.name for field in fields(Filters))
_PLAIN = Filters()


def query(filters: Filters, **more: object) -> str:
    """The filters as a query with its question mark; `more` are other parameters of it. Empty if there are
    none."""
    parameters = {
        name: getattr(filters, name) for name in NAMES if getattr(filters, name) != getattr(_PLAIN, name)
    }
    parameters |= {name: value for name, value in more.items() if value not in (None, "")}
    return f"?{urlencode(parameters)}" if parameters else ""


def from_query(text: str) -> Filters:
    """The filters in a query that `query` made. Raises HTTPException with 400."""
    try:
        return parsed(dict(parse_qsl(text.removeprefix("?"), max_num_fields=50)))
    except ValueError as error:
        raise HTTPException(400, "more than 50 filters") from error


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    """The value, if it is empty or known. Raises HTTPException with 400."""
    if value and value not in known:
        raise HTTPException(400, f"{name}: {value!r} is none of {', '.join(known)}")
    return value


def _weight(value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise HTTPException(400, f"weight: {value!r} is no number from 0 to 1")
    return found


def moment(name: str, value: str, *, end: bool = False) -> str:
    """A date, a time, or an age, in the one form of all times; with `end`, a date means its end.

    Raises HTTPException with 400 for anything else.
    """
    try:
        if ago := AGO.fullmatch(value):
            found = datetime.now(UTC) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        else:
            found = datetime.fromisoformat(value)
        if end and len(value) == len("2026-05-31"):
            found += timedelta(days=1, seconds=-1)
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise HTTPException(
            400, f"{name}: {value!r} is neither a date or time like 2026-05-31 nor an age like 12h or 2d"
        ) from None
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")
