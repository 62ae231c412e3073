"""JSON answers, read strictly: what does not have the documented shape is an error, not a guess."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.http_client.wording import public_name
from zoom_migrator.adapters.salesforce.errors import CheckFailed, Fault, fault_in
from zoom_migrator.domain.check import ApiUsage
from zoom_migrator.domain.failure import FailureCode

_ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_NEXT_PAGE: Final = re.compile(
    r"/services/data/v[0-9]{2,3}\.0/(?:tooling/)?query/[A-Za-z0-9-]{1,100}"
)
# "api-usage=25/5000; per-app-api-usage=17/250(appName=x)"; REST API guide, Limit Info header.
_API_USAGE: Final = re.compile(r"(?<![\w-])api-usage=([0-9]{1,12})/([0-9]{1,12})")
_MAX_NUMBER: Final = 2**31
# These sessions are refused for what they are, not for their age: a new one would be no better.
_NOT_CURED_BY_A_NEW_SESSION: Final = (
    "not valid for use with the rest api",
    "not attached to agent",
)

type Json = Mapping[str, object]


class MalformedAnswer(CheckFailed):
    """An answer does not have the shape it should have."""

    def __init__(self, what: str, http_status: int | None = None) -> None:
        super().__init__(FailureCode.MALFORMED_ANSWER, what, http_status)


def document_in(answer: Answer) -> object:
    """The JSON value in an answer's body.

    Raises:
        MalformedAnswer: The body is not JSON.
    """
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        kind = "an HTML page" if is_html(answer) else "a body that is not JSON"
        raise MalformedAnswer(f"HTTP {answer.status} with {kind}", answer.status) from None


def is_html(answer: Answer) -> bool:
    """Whether a body is a page for people, as maintenance and login pages are."""
    return answer.body[:256].lstrip()[:1] == b"<"


def fault_of(answer: Answer) -> Fault:
    """The error that a refusal reports; empty where it reports none that can be read."""
    try:
        return fault_in(document_in(answer))
    except MalformedAnswer:
        return Fault()


def unexplained(answer: Answer) -> str:
    """What to say of a refusal that reports no error."""
    if 300 <= answer.status < 400:
        # Not shortened here: a secret in it could not be recognised any more.
        target = answer.headers.get("Location", "nowhere").partition("?")[0]
        return f"HTTP {answer.status}, redirected to {target}; redirects are not followed"
    return f"HTTP {answer.status} with {'an HTML page' if is_html(answer) else 'no reason given'}"


def asks_for_new_session(answer: Answer) -> bool:
    """Whether an org refuses a request only because the login has become invalid."""
    if answer.status < 400:
        return False
    fault = fault_of(answer)
    said = fault.message.lower()
    return fault.code == "INVALID_SESSION_ID" and not any(
        words in said for words in _NOT_CURED_BY_A_NEW_SESSION
    )


def an_object(value: object, what: str) -> Json:
    """A JSON object.

    Raises:
        MalformedAnswer: It is something else; this and all other readers name what was read.
    """
    if not isinstance(value, dict):
        raise MalformedAnswer(f"{what} is not an object")
    return value


def a_list(value: object, what: str) -> list[object]:
    """A JSON array."""
    if not isinstance(value, list):
        raise MalformedAnswer(f"{what} is not an array")
    return value


def a_name(document: Json, field: str) -> str:
    """A text for people, possibly null, made fit to be shown."""
    value = document.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedAnswer(f"{field} is not a text")
    return public_name(value)


def an_id(document: Json, field: str, prefix: str = "") -> str:
    """A record id, of a certain kind of record if a prefix is given."""
    value = document.get(field)
    if not isinstance(value, str) or not is_id(value, prefix):
        raise MalformedAnswer(f"{field} is not an id {prefix}".rstrip())
    return value


def is_id(value: str, prefix: str) -> bool:
    """Whether a text is a record id of that kind."""
    return _ID.fullmatch(value) is not None and value.startswith(prefix)


def a_flag(document: Json, field: str) -> bool:
    """A boolean."""
    value = document.get(field)
    if not isinstance(value, bool):
        raise MalformedAnswer(f"{field} is not true or false")
    return value


def a_number(document: Json, field: str) -> int:
    """A number that counts something."""
    value = document.get(field)
    # In Python true and false are numbers; in JSON they are not.
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MAX_NUMBER:
        raise MalformedAnswer(f"{field} is not a number")
    return value


def a_moment(document: Json, field: str) -> datetime | None:
    """A point in time, or None for null; Salesforce writes ``2024-01-15T09:00:00.000+0000``."""
    value = document.get(field)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedAnswer(f"{field} is not a point in time")
    return moment


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query's answer.

    Attributes:
        total: Rows on all pages together.
        following: Path of the next page, or None on the last one.
    """

    total: int
    rows: list[Json]
    following: str | None


def page_in(document: object) -> Page:
    """Read a page of a query's answer.

    Raises:
        MalformedAnswer: It is not one, or its next page would lie elsewhere.
    """
    page = an_object(document, "a query's answer")
    rows = [an_object(row, "a row") for row in a_list(page.get("records"), "records")]
    last = a_flag(page, "done")
    return Page(a_number(page, "totalSize"), rows, None if last else _next_page(page))


def _next_page(page: Json) -> str:
    path = page.get("nextRecordsUrl")
    if not isinstance(path, str) or _NEXT_PAGE.fullmatch(path) is None:
        raise MalformedAnswer("nextRecordsUrl is not a page of this query")
    return path


def api_usage_in(answer: Answer) -> ApiUsage | None:
    """How much of the org's daily allowance is used, if the answer says so."""
    found = _API_USAGE.search(answer.headers.get("Sforce-Limit-Info", ""))
    return ApiUsage(used=int(found[1]), limit=int(found[2])) if found else None
