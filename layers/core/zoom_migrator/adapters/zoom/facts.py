"""What Zoom's API says of a person, read from its answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.http_client.wording import legible
from zoom_migrator.adapters.zoom.refusals import api_refusal, json_in, malformed, said_in
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure

USER_TARGET: Final = "/v2/users/me"
SETTINGS_TARGET: Final = "/v2/users/me/settings"
_ID: Final = re.compile(r"[\x21-\x7e]{1,100}")
_EMAIL: Final = re.compile(r"[\x21-\x7e]{1,252}@[\x21-\x7e]{1,252}")
_MAX_ROLE_CHARACTERS: Final = 64
# Source: Zoom's API reference, type of a user. None of the two others can hold a meeting.
_WITH_MEETINGS: Final = (1, 2)
_WITHOUT_MEETINGS: Final = (4, 99)


def user_in(answer: Answer, secrets: Iterable[str]) -> ZoomUser | ZoomFailure:
    """Who an access token belongs to."""
    document = _document_in(answer, secrets)
    if isinstance(document, ZoomFailure):
        return document
    user_id, account_id = document.get("id"), document.get("account_id")
    email, kind = document.get("email"), document.get("type")
    if not _is(_ID, user_id) or not _is(_ID, account_id):
        return malformed(answer, "id or account_id is missing")
    if not _is(_EMAIL, email):
        return malformed(answer, "email is not an e-mail address")
    role = document.get("role_name")
    return ZoomUser(
        user_id=str(user_id),
        account_id=str(account_id),
        email=str(email),
        user_type=kind if isinstance(kind, int) and not isinstance(kind, bool) else None,
        role_name=legible(role, _MAX_ROLE_CHARACTERS) if isinstance(role, str) else "",
    )


def products_in(
    answer: Answer, user: ZoomUser, secrets: Iterable[str]
) -> ZoomProducts | ZoomFailure:
    """What a person may use; what is not told is unknown."""
    document = _document_in(answer, secrets)
    if isinstance(document, ZoomFailure):
        return document
    feature = document.get("feature")
    features = feature if isinstance(feature, dict) else {}
    return ZoomProducts(
        meetings=_meetings(user),
        phone=_possession(features.get("zoom_phone")),
        webinar=_possession(features.get("webinar")),
    )


def _document_in(answer: Answer, secrets: Iterable[str]) -> Mapping[str, object] | ZoomFailure:
    document = json_in(answer)
    said = said_in(document)
    # Some errors come with HTTP 200, so the body decides; no good answer has code and message.
    refused = said.number is not None and bool(said.text)
    if answer.status != HTTPStatus.OK or refused:
        return api_refusal(answer, said, secrets)
    if not isinstance(document, dict):
        return malformed(answer, "the answer is no JSON object")
    return document


def _meetings(user: ZoomUser) -> Possession:
    if user.user_type in _WITH_MEETINGS:
        return Possession.YES
    return Possession.NO if user.user_type in _WITHOUT_MEETINGS else Possession.UNKNOWN


def _possession(value: object) -> Possession:
    if not isinstance(value, bool):
        return Possession.UNKNOWN
    return Possession.YES if value else Possession.NO


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
