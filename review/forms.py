"""Reads the forms of our pages: only forms of ours, and of each field only text."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from variorum.review.guard import check_token
from variorum.review.web import house


async def form_of(request: Request) -> FormData:
    """The form that was sent. Raises HTTPException with 400 if it is none, with 403 if it is not ours."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise HTTPException(400, "This must be sent as a form.")
    form = await request.form()
    check_token(form, house(request).token)
    return form


def text(form: FormData, name: str) -> str:
    """The text of a field; empty if there is none."""
    value: Any = form.get(name, "")
    return value if isinstance(value, str) else ""


def number(form: FormData, name: str) -> int:
    """The number in a field. Raises HTTPException with 400."""
    value = text(form, name)
    if not (value.isascii() and value.isdigit() and len(value) < 16):  # noqa: PLR2004
        raise HTTPException(400, f"{name}: {value!r} is no number")
    return int(value)
