"""Provides what all pages share: the database of a request, templates, and error pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from variorum.crawler.config.workspace import Workspace
from variorum.crawler.errors import VariorumError
from variorum.review import formats, safe_text, stored_text, terms
from variorum.review.guard import FOR_PROGRAMS, HEADERS
from variorum.review.languages import current, gettext, languages, ngettext, pgettext
from variorum.review.openings import Openings
from variorum.review.tags import know_tags
from variorum.storage.errors import NotFound, StoreError
from variorum.storage.reader import Reader

Propose = Callable[[int], Mapping[str, object] | None]
"""Returns the rule that would have hidden a change, tested on the latest edits; None if there is none."""

PlanOf = Callable[[str], Mapping[str, Any] | None]
"""How often the pages of a site are fetched, by its name; None where its file can't be read."""
WhyOf = Callable[[int], Mapping[str, Any] | None]
"""When a page is fetched next and why, by its number; None where the file of its site can't be read."""

ClusterState = Callable[[], Mapping[str, Any]]
"""Returns the workers, runs and queues of a cluster."""

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True)
class Application:
    """The shared state of the review page, in `request.app.state.house`."""

    database: Path
    templates: Environment
    reviewer: str
    """The default name of the reviewer."""
    propose: Propose | None
    plan: PlanOf | None = None
    why: WhyOf | None = None
    cluster: ClusterState | None = None
    workspace: Workspace | None = None
    """None where only a database is shown."""
    user_header: str | None = None
    """The header in which a reverse proxy names the reviewer."""
    openings: Openings = field(default_factory=Openings)
    """Who has opened which change lately."""
    token: str = field(default_factory=lambda: token_urlsafe(24))
    """The token in every form of ours; another site can't know it."""
    menu: tuple[tuple[str, str], ...] = ()
    """Names and addresses of the pages that every page links to."""

    @property
    def manages(self) -> bool:
        """Whether sites can be changed here."""
        return self.workspace is not None and self.workspace.review.manage


class Number(Convertor[int]):
    """A number of the database in an address: `{id:number}`."""

    regex = "[0-9]{1,15}"

    def convert(self, value: str) -> int:
        """Return the number in the address."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Return the number as digits."""
        return str(value)


register_url_convertor("number", Number())


def house(request: Request) -> Application:
    """The shared state of the review page."""
    found: Application = request.app.state.house
    return found


@contextmanager
def reading(request: Request) -> Iterator[Reader]:
    """Give a reader of the current database; a crawl may write to it at the same time."""
    with closing(Reader.open(house(request).database)) as reader, reader.held():
        know_tags(reader.db, house(request).workspace)
        yield reader


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page: the template, rendered with these values."""
    common = {
        "house": house(request),
        "path": request.url.path,
        "reader": current(),
        "languages": languages(),
        "here_with": lambda **choice: _here_with(request, choice),
    }
    text = house(request).templates.get_template(template).render(common | values)
    # A lone surrogate can't come out of the database, but may stand in an address.
    return HTMLResponse(text.encode("utf-8", "replace"), status)


def _here_with(request: Request, choice: Mapping[str, str]) -> str:
    """The query of this page with another language or zone in it."""
    kept = [one for one in request.query_params.multi_items() if one[0] not in ("lang", "zone")]
    return "?" + urlencode([*choice.items(), *kept])


DIGITS = re.compile(r"[0-9]{1,15}")


def number(request: Request, name: str) -> int | None:
    """A database number in the query; None if there is none."""
    value = request.query_params.get(name, "")
    return int(value) if DIGITS.fullmatch(value) else None


def see_other(address: str) -> RedirectResponse:
    """Redirect to the address with GET."""
    return RedirectResponse(address, 303)


# ---- errors


def _title(status: int) -> str:
    return {
        400: gettext("Bad request"),
        401: gettext("A password is needed"),
        403: gettext("Refused"),
        404: gettext("Not here"),
        405: gettext("Method not allowed"),
        409: gettext("Not done"),
        413: gettext("Too much"),
        500: gettext("Internal error"),
        503: gettext("The database can't be read"),
    }.get(status, gettext("An error"))


def refused(request: Request, error: Exception) -> Response:
    """Return every error as a page, or as JSON at an address for programs."""
    status, detail = _error_text(error)
    if request.url.path.endswith(FOR_PROGRAMS):
        return JSONResponse({"error": detail}, status, HEADERS)
    answer = page(request, "error.html", status=status, title=_title(status), detail=detail, code=status)
    answer.headers.update(HEADERS)  # a fault of ours is answered from outside the guard
    return answer


def _error_text(error: Exception) -> tuple[int, str]:
    match error:
        case HTTPException():
            return error.status_code, error.detail
        case NotFound():
            return 404, str(error)
        case StoreError():
            return 503, str(error)
        case VariorumError():
            return 409, str(error)
        case OSError() if error.filename:
            return 503, f"{error.filename}: {error.strerror}"
    return 500, "Something went wrong in Variorum itself. The log of `variorum review` says what."


# ---- templates


OF_THE_READER: Mapping[str, Callable[..., str]] = {
    "when": formats.when,
    "moment": formats.moment,
    "site_date": formats.site_date,
    "day": formats.day,
    "weekday": formats.weekday,
    "every": formats.every,
    "span": formats.span,
    "digits": formats.number,
    "decimal": formats.decimal,
    "percent": formats.percent,
    "day_of": formats.day_of,
    "stored": stored_text.stored,
    "term": terms.term,
}
"""Filters whose result depends on the language and the zone of the reader."""


def templates() -> Environment:
    """The templates: every value in them is escaped, and made harmless."""
    env = Environment(
        loader=PackageLoader("variorum.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: safe_text.harmless(value) if type(value) is str else value,
    )
    env.filters |= {
        "link": safe_text.link,
        "clipped": safe_text.clipped,
        "isolated": _isolated,
        "language": _language,
    }
    env.filters |= {name: _for_each_reader(one) for name, one in OF_THE_READER.items()}
    _translate(env)
    return env


def _for_each_reader(of_values: Callable[..., str]) -> Callable[..., str]:
    """The filter, called whenever a template is rendered: Jinja would apply it to a constant once for all."""

    @pass_context
    def called(context: Context, *values: Any) -> str:
        return of_values(*values)

    return called


def _translate(env: Environment) -> None:
    """Let templates have texts for translation: `{% trans %}`, `_()` and `pgettext()`."""
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    # Calls of the new style hand the values over, so that they are made harmless here.
    env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    env.globals |= {
        "gettext": lambda message, /, **values: _filled(gettext(message), values),
        "ngettext": lambda one, many, count, /, **values: _filled(ngettext(one, many, count), values),
        "pgettext": lambda context, message, /, **values: _filled(pgettext(context, message), values),
    }


def _filled(message: str, values: Mapping[str, Any]) -> Markup:
    """The text with its values: numbers as the reader writes them, other text escaped and harmless."""
    return Markup(message) % {name: _shown(value) for name, value in values.items()}  # noqa: S704 - ours


def _shown(value: Any) -> Any:
    if isinstance(value, int):
        return formats.number(value)
    return safe_text.harmless(value) if type(value) is str else value


def _isolated(text: str) -> Markup:
    """A text of a site or a reader within a sentence of ours: its direction does not reach out of it."""
    return Markup("<bdi>{}</bdi>").format(safe_text.harmless(text))


def _language(value: str | None) -> str:
    """The language as a valid attribute value; empty, which means "unknown", for anything else."""
    return value if value and LANGUAGE.fullmatch(value) else ""
