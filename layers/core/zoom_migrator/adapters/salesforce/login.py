"""Logging in to an org as the product's External Client App."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

import jwt

from zoom_migrator.adapters.http_client.connection import Answer
from zoom_migrator.adapters.salesforce.answers import (
    Json,
    MalformedAnswer,
    an_object,
    document_in,
    fault_of,
    unexplained,
)
from zoom_migrator.adapters.salesforce.credentials import AppCredentials
from zoom_migrator.adapters.salesforce.errors import (
    CheckFailed,
    Refused,
    meaning_of_login_refusal,
)
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.hosts import my_domain_host
from zoom_migrator.domain.org import AuthKind, Environment, OrgRegistration
from zoom_migrator.domain.salesforce_id import organization_id

TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105 - a path
_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# Salesforce help, "OAuth 2.0 JWT Bearer Flow": the audience names the login service, not the org.
_AUDIENCES: Final = {
    Environment.PRODUCTION: "https://login.salesforce.com",
    Environment.SANDBOX: "https://test.salesforce.com",
}
_ASSERTION_LIFETIME_SECONDS: Final = 180
# Anything else could smuggle a second header into later requests.
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,4096}")
_IDENTITY: Final = re.compile(
    r"https?://[^/?#]+/id/(?P<org>00D[A-Za-z0-9]{12,15})/(?P<user>005[A-Za-z0-9]{12,15})"
)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request for an access token.

    Attributes:
        secrets: Parts of it that must never be shown.
    """

    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A login.

    Attributes:
        host: Where calls with this token go.
        org_id: The org that was logged in to, in 18 characters.
    """

    token: str = field(repr=False)
    host: str
    org_id: str
    user_id: str


def token_request(
    registration: OrgRegistration, credentials: AppCredentials, now: datetime
) -> TokenRequest:
    """What to send to the token endpoint of an org.

    Raises:
        CheckFailed: The credentials lack what this kind of login needs.
    """
    if not credentials.consumer_key:
        raise _missing("consumer_key")
    if registration.auth_kind is AuthKind.CLIENT_CREDENTIALS:
        return _client_credentials_request(credentials)
    return _jwt_bearer_request(registration, credentials, now)


def session_in(
    answer: Answer, registration: OrgRegistration, settings: SalesforceSettings
) -> Session:
    """The login that a token endpoint's answer grants.

    Raises:
        CheckFailed: The login is refused, is for another org than the registered one, or names a
            host that no token may be sent to.
    """
    if answer.status != 200:
        fault = fault_of(answer)
        code = meaning_of_login_refusal(fault, answer.status)
        raise Refused(code, fault, str(fault) or unexplained(answer), answer.status)
    document = an_object(document_in(answer), "the token answer")
    token = document.get("access_token")
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise MalformedAnswer("access_token is not a token", answer.status)
    if str(document.get("token_type")).lower() != "bearer":
        raise MalformedAnswer("token_type is not Bearer", answer.status)
    org_id, user_id = _identity(document)
    if org_id != organization_id(registration.org_id):
        raise CheckFailed(
            FailureCode.WRONG_ORG, f"the host logged in to org {org_id}", answer.status
        )
    return Session(token, _host_for_calls(document, registration, settings), org_id, user_id)


def _client_credentials_request(credentials: AppCredentials) -> TokenRequest:
    if credentials.consumer_secret is None:
        raise _missing("consumer_secret")
    pair = f"{credentials.consumer_key}:{credentials.consumer_secret}"
    basic = base64.b64encode(pair.encode()).decode()
    return TokenRequest(
        headers={"Authorization": f"Basic {basic}"},
        body=urlencode({"grant_type": "client_credentials"}).encode(),
        secrets=(basic, credentials.consumer_secret),
    )


def _jwt_bearer_request(
    registration: OrgRegistration, credentials: AppCredentials, now: datetime
) -> TokenRequest:
    if credentials.private_key is None:
        raise _missing("private_key")
    claims = {
        "iss": credentials.consumer_key,
        "sub": registration.username,
        "aud": _AUDIENCES[registration.environment],
        "exp": int(now.timestamp()) + _ASSERTION_LIFETIME_SECONDS,
    }
    assertion = jwt.encode(claims, credentials.private_key, algorithm="RS256")
    return TokenRequest(
        headers={},
        body=urlencode({"grant_type": _JWT_BEARER, "assertion": assertion}).encode(),
        secrets=(assertion,),
    )


def _missing(name: str) -> CheckFailed:
    return CheckFailed(FailureCode.CREDENTIALS_MISSING, f"the Salesforce secret has no {name}")


def _identity(document: Json) -> tuple[str, str]:
    """Ids of org and user, from the identity address in the answer."""
    address = document.get("id")
    found = _IDENTITY.fullmatch(address) if isinstance(address, str) else None
    if found is None:
        raise MalformedAnswer("id is not an identity address")
    try:
        return organization_id(found["org"]), found["user"]
    except ValueError:
        raise MalformedAnswer("id names no org") from None


def _host_for_calls(
    document: Json, registration: OrgRegistration, settings: SalesforceSettings
) -> str:
    address = document.get("instance_url")
    if not isinstance(address, str):
        raise MalformedAnswer("instance_url is not an address")
    loopback = settings.loopback()
    if loopback is not None and address.rstrip("/") == loopback.origin:
        return registration.host
    return allowed_host(address, settings)


def allowed_host(address: str, settings: SalesforceSettings) -> str:
    """A host that credentials and tokens may be sent to.

    Raises:
        CheckFailed: It lies outside the allowed domains.
    """
    try:
        return my_domain_host(address, settings.allowed_domains)
    except ValueError as error:
        raise CheckFailed(FailureCode.HOST_NOT_ALLOWED, str(error)) from None
