"""The OAuth endpoints: JWT bearer and client credentials logins, and userinfo.

Sources: RFC 7523 and the platform's help pages on the two flows; the wording of the refusals is
what clients report from real orgs.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from local.salesforce.errors import OAuthError
from local.salesforce.model import Approval, SimulatedUser
from local.salesforce.org import Row, RunningOrg
from local.salesforce.records import email_of

LOGIN_HOST: Final = "login.salesforce.com"
TEST_HOST: Final = "test.salesforce.com"
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_NOT_APPROVED: Final = "user hasn't approved this consumer"
# CumulusCI sends "now" as expiry and is let in: about three minutes of skew are allowed.
_SKEW_SECONDS: Final = 180
# The sf CLI sends milliseconds; no expiry in seconds reaches this before the year 5138.
_FIRST_MILLISECONDS: Final = 100_000_000_000


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """The app that integrations log in through: its id, its secret and its certificate's key."""

    consumer_key: str
    public_key: RSAPublicKey
    consumer_secret: str | None = None

    @classmethod
    def from_pem(
        cls, consumer_key: str, pem: str | bytes, consumer_secret: str | None = None
    ) -> ConnectedApp:
        """Read the key from a PEM certificate or a PEM public key.

        Raises:
            ValueError: The PEM holds no RSA key.
        """
        data = pem.encode() if isinstance(pem, str) else pem
        if b"BEGIN CERTIFICATE" in data:
            key = x509.load_pem_x509_certificate(data).public_key()
        else:
            key = load_pem_public_key(data)  # type: ignore[assignment]
        if not isinstance(key, RSAPublicKey):
            raise ValueError("the connected app needs an RSA certificate or public key")
        return cls(consumer_key, key, consumer_secret)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request to the token endpoint.

    Attributes:
        form: The decoded form.
        authorization: The Authorization header, or an empty text.
        host: The host it was sent to, without port.
        base_url: The request's own address if that is a loopback address, otherwise None.
    """

    form: dict[str, str]
    authorization: str
    host: str
    base_url: str | None

    @classmethod
    def read(cls, body: bytes, authorization: str, host: str, base_url: str | None) -> TokenRequest:
        """Decode a request."""
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        return cls(form, authorization, host, base_url)

    @property
    def grant_type(self) -> str:
        """The grant type, or an empty text."""
        return self.form.get("grant_type", "")

    def assertion_subject(self) -> str | None:
        """Return the username in the assertion; nothing is verified here."""
        parts = self.form.get("assertion", "").split(".")
        if len(parts) != 3:
            return None
        subject = _decoded_json(parts[1]).get("sub")
        return subject if isinstance(subject, str) else None


def token(
    request: TokenRequest, org: RunningOrg | None, app: ConnectedApp, now: Callable[[], float]
) -> Row:
    """Log in and return the token answer.

    Args:
        request: The request.
        org: The org that host and username lead to, or None.
        app: The app that the simulator's orgs know.
        now: The clock, in seconds since 1970.

    Raises:
        OAuthError: The login is refused.
    """
    if request.grant_type == JWT_BEARER:
        user, org = _jwt_user(request, org, app, now())
    elif request.grant_type == "client_credentials":
        user, org = _client_credentials_user(request, org, app)
    elif request.grant_type in ("password", "refresh_token"):
        # Username-password is off by default; no flow here hands out refresh tokens.
        expired = request.grant_type == "refresh_token"
        raise OAuthError(
            "invalid_grant", "expired access/refresh token" if expired else "authentication failure"
        )
    else:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return {
        "access_token": org.issue_token(user.username),
        "scope": "api id web",
        "instance_url": request.base_url or f"https://{org.host}",
        "id": identity_url(org, user),
        "token_type": "Bearer",
    }


def identity_url(org: RunningOrg, user: SimulatedUser) -> str:
    """Return the identity address: login host, org id, user id."""
    host = TEST_HOST if org.document.sandbox else LOGIN_HOST
    return f"https://{host}/id/{org.org_id}/{org.user_id(user)}"


def userinfo(org: RunningOrg, user: SimulatedUser, base_url: str | None) -> Row:
    """Return the answer of the userinfo endpoint for the user of a token."""
    site = base_url or f"https://{org.host}"
    first, _, last = user.name.rpartition(" ")
    picture = f"{site}/profilephoto/005/F"
    return {
        "sub": identity_url(org, user),
        "user_id": org.user_id(user),
        "organization_id": org.org_id,
        "preferred_username": user.username,
        "nickname": user.username.partition("@")[0],
        "name": user.name,
        "email": email_of(user),
        "email_verified": True,
        "given_name": first or None,
        "family_name": last,
        "zoneinfo": "America/Los_Angeles",
        "photos": {"picture": picture, "thumbnail": picture.replace("/F", "/T")},
        "profile": f"{site}/{org.user_id(user)}",
        "picture": picture,
        "address": {"country": "US"},
        "urls": {
            "enterprise": f"{site}/services/Soap/c/{{version}}/{org.org_id[:15]}",
            "metadata": f"{site}/services/Soap/m/{{version}}/{org.org_id[:15]}",
            "partner": f"{site}/services/Soap/u/{{version}}/{org.org_id[:15]}",
            "rest": f"{site}/services/data/v{{version}}/",
            "sobjects": f"{site}/services/data/v{{version}}/sobjects/",
            "query": f"{site}/services/data/v{{version}}/query/",
        },
        "active": user.active,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": -28_800_000,
        "updated_at": "2024-01-15T09:00:00Z",
        "is_salesforce_integration_user": False,
    }


def wrong_org(answer: Row, org_id: str) -> Row:
    """Return a token answer whose identity names another org."""
    host, _, user_id = str(answer["id"]).rpartition("/")
    return {**answer, "id": f"{host.rpartition('/')[0]}/{org_id}/{user_id}"}


def _jwt_user(
    request: TokenRequest, org: RunningOrg | None, app: ConnectedApp, now: float
) -> tuple[SimulatedUser, RunningOrg]:
    claims = _verified_claims(request.form.get("assertion", ""), app)
    if _expired(claims.get("exp"), now):
        raise OAuthError("invalid_grant", "expired authorization code")
    subject = claims.get("sub")
    user = org.document.user_named(subject) if org and isinstance(subject, str) else None
    if org is None or user is None:
        raise OAuthError("invalid_grant", _NOT_APPROVED)
    audiences = claims.get("aud")
    accepted = _audiences(org, request.base_url)
    if not accepted & set(audiences if isinstance(audiences, list) else [audiences]):
        raise OAuthError("invalid_grant", "audience is invalid")
    _check_may_log_in(org, user)
    if user.approval is Approval.NOT_APPROVED:
        raise OAuthError("invalid_grant", _NOT_APPROVED)
    if user.approval is Approval.NOT_ADMIN_APPROVED:
        raise OAuthError("invalid_grant", "user is not admin approved to access this app")
    return user, org


def _verified_claims(assertion: str, app: ConnectedApp) -> Row:
    parts = assertion.split(".")
    if len(parts) != 3:
        raise OAuthError("invalid_grant", "invalid assertion")
    claims = _decoded_json(parts[1])
    if claims.get("iss") != app.consumer_key:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if _decoded_json(parts[0]).get("alg") != "RS256":
        raise OAuthError("invalid_grant", "invalid assertion")
    try:
        app.public_key.verify(
            _decoded(parts[2]),
            f"{parts[0]}.{parts[1]}".encode(),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )
    except (InvalidSignature, binascii.Error) as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error
    return claims


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _decoded_json(part: str) -> Row:
    try:
        value = json.loads(_decoded(part))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _expired(expiry: object, now: float) -> bool:
    try:
        seconds = float(expiry) if isinstance(expiry, int | float | str) else 0.0
    except ValueError:
        return True
    if seconds >= _FIRST_MILLISECONDS:
        seconds /= 1000
    return seconds + _SKEW_SECONDS < now


def _audiences(org: RunningOrg, base_url: str | None) -> set[object]:
    accepted: set[object] = {f"https://{TEST_HOST if org.document.sandbox else LOGIN_HOST}"}
    accepted.add(f"https://{org.host}")
    if base_url is not None:
        accepted |= {base_url, f"{base_url}/"}
    return accepted


def _check_may_log_in(org: RunningOrg, user: SimulatedUser) -> None:
    if not org.document.active:
        raise OAuthError("invalid_grant", "inactive organization")
    if not user.active:
        raise OAuthError("invalid_grant", "inactive user")


def _client_credentials_user(
    request: TokenRequest, org: RunningOrg | None, app: ConnectedApp
) -> tuple[SimulatedUser, RunningOrg]:
    if org is None or request.host in (LOGIN_HOST, TEST_HOST):
        raise OAuthError("invalid_grant", "request not supported on this domain")
    key, secret = _client(request)
    if key != app.consumer_key:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if app.consumer_secret is None or not hmac.compare_digest(
        secret.encode(), app.consumer_secret.encode()
    ):
        raise OAuthError("invalid_client", "invalid client credentials")
    run_as = org.document.run_as
    user = org.document.user_named(run_as) if run_as is not None else None
    if user is None:
        raise OAuthError("invalid_grant", "no client credentials user enabled")
    _check_may_log_in(org, user)
    return user, org


def _client(request: TokenRequest) -> tuple[str, str]:
    scheme, _, credentials = request.authorization.partition(" ")
    if scheme.lower() != "basic":
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    try:
        key, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("invalid_client", "invalid client credentials") from error
    return key, secret
