"""Forms as browsers send them without a script."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request

FORM_TYPE: Final = "application/x-www-form-urlencoded"
FORM_LIMIT_BYTES: Final = 8 * 1024
_MAX_FIELDS: Final = 20


def read_form(request: Request, *, limit: int = FORM_LIMIT_BYTES) -> Mapping[str, str]:
    """The fields of a form, by name; each was sent once.

    Raises:
        Refusal: It is too long, of another type, malformed, or repeats a field, so that two
            readers could understand it in two ways.
    """
    content = request.body(limit)
    if request.header("content-type").partition(";")[0].strip().lower() != FORM_TYPE:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_a_form")
    try:
        pairs = parse_qsl(
            content.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise _malformed() from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _malformed()
    return fields


def _malformed() -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, "malformed_form")
