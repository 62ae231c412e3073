"""Calls of Zoom's token endpoint, and the tokens in its answers."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.http_client.wording import Spellings
from zoom_migrator.adapters.zoom.credentials import ZoomAppCredentials
from zoom_migrator.adapters.zoom.refusals import json_in, malformed, said_in, token_refusal
from zoom_migrator.domain.grant import IssuedTokens, TokenPair
from zoom_migrator.domain.zoom_failure import ZoomFailure

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path
REVOKE_PATH: Final = "/oauth/revoke"
# Anything else could smuggle a second header into later requests. Zoom's own tokens have less than
# 2,000 characters.
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,8192}")
_SCOPE: Final = re.compile(r"[\x21-\x7e]{1,200}")
_MAX_SCOPES: Final = 500
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]{1,253}/?")
_LONGEST_LIFE_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A call of the token endpoint.

    Attributes:
        secrets: Parts of it that must never be shown, in every way they may be repeated.
    """

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: Iterable[str] = field(repr=False)


def exchange_request(
    credentials: ZoomAppCredentials, code: str, verifier: str, redirect_uri: str
) -> TokenRequest:
    """What to send to exchange a code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _request(TOKEN_PATH, credentials, form, (code, verifier))


def refresh_request(credentials: ZoomAppCredentials, refresh_token: str) -> TokenRequest:
    """What to send to exchange a refresh token."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _request(TOKEN_PATH, credentials, form, (refresh_token,))


def revoke_request(credentials: ZoomAppCredentials, access_token: str) -> TokenRequest:
    """What to send to end a grant."""
    return _request(REVOKE_PATH, credentials, {"token": access_token}, (access_token,))


def tokens_in(
    answer: Answer, request: TokenRequest, *, now: datetime, default_api_url: str
) -> IssuedTokens | ZoomFailure:
    """The tokens in an answer, or why there are none.

    Args:
        now: When the request was sent; the tokens' life counts from here.
        default_api_url: For accounts whose answer names none.
    """
    document = json_in(answer)
    said = said_in(document)
    if answer.status != HTTPStatus.OK or not said.is_empty:
        return token_refusal(answer, said, request.secrets)
    if not isinstance(document, dict):
        return malformed(answer, "the token answer is no JSON object")
    pair = _pair_in(document)
    if pair is None:
        return malformed(answer, "the token answer lacks a token")
    if str(document.get("token_type")).lower() != "bearer":
        return malformed(answer, "token_type is not bearer")
    seconds = document.get("expires_in")
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return malformed(answer, "expires_in is not a number")
    if not 0 < seconds <= _LONGEST_LIFE_SECONDS:
        return malformed(answer, "expires_in is absurd")
    scopes = _scopes_in(document)
    if scopes is None:
        return malformed(answer, "scope is not a text of scopes")
    api_url = _api_url_in(document, default_api_url)
    return IssuedTokens(pair, now + timedelta(seconds=seconds), scopes, api_url)


def revoked_in(answer: Answer, request: TokenRequest) -> ZoomFailure | None:
    """Why an answer does not say that a grant has ended; None where it does."""
    document = json_in(answer)
    is_done = isinstance(document, dict) and document.get("status") == "success"
    if answer.status == HTTPStatus.OK and is_done:
        return None
    said = said_in(document)
    if answer.status == HTTPStatus.OK and said.is_empty:
        return malformed(answer, "the answer does not say success")
    return token_refusal(answer, said, request.secrets)


def _request(
    path: str, credentials: ZoomAppCredentials, form: Mapping[str, str], secrets: tuple[str, ...]
) -> TokenRequest:
    pair = f"{credentials.client_id}:{credentials.client_secret}"
    basic = base64.b64encode(pair.encode()).decode()
    return TokenRequest(
        path=path,
        headers={
            "Authorization": f"Basic {basic}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=urlencode(form).encode(),
        secrets=Spellings(basic, credentials.client_secret, *secrets),
    )


def _pair_in(document: Mapping[str, object]) -> TokenPair | None:
    access, refresh = document.get("access_token"), document.get("refresh_token")
    if not isinstance(access, str) or not isinstance(refresh, str):
        return None
    if _TOKEN.fullmatch(access) is None or _TOKEN.fullmatch(refresh) is None:
        return None
    return TokenPair(access, refresh)


def _scopes_in(document: Mapping[str, object]) -> tuple[str, ...] | None:
    value = document.get("scope")
    if not isinstance(value, str):
        return None
    scopes = tuple(sorted(set(value.split())))
    fine = len(scopes) <= _MAX_SCOPES and all(_SCOPE.fullmatch(scope) for scope in scopes)
    return scopes if fine else None


def _api_url_in(document: Mapping[str, object], default: str) -> str:
    """Where the account's API is, whether it is allowed or not.

    Tokens that were issued are never thrown away for this: the next call of the API refuses the
    address, says so, and the tokens are there when the setting has been mended.
    """
    value = document.get("api_url")
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return value.rstrip("/").lower()
    return default
